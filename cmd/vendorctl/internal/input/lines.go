// Package input reads what is to be sent or applied, from files and standard input.
package input

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"
)

// maxLine bounds a line of a batch, in bytes.
const maxLine = 4 << 20

// maxDocument bounds a file that is read at once, in bytes.
const maxDocument = 16 << 20

// Open opens a file, or standard input for "-". Size is 0 if it is not known.
func Open(path string, stdin io.Reader) (r io.ReadCloser, size int64, err error) {
	if path == "-" {
		if f, ok := stdin.(*os.File); ok { // redirected from a file it has a size
			size = sizeOf(f)
		}
		return io.NopCloser(stdin), size, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	return f, sizeOf(f), nil
}

func sizeOf(f *os.File) int64 {
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		return info.Size()
	}
	return 0
}

// Object reads one JSON or YAML document from a file, or standard input for "-".
func Object(path string, stdin io.Reader, into any) error {
	r, _, err := Open(path, stdin)
	if err != nil {
		return err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return err
	}
	if len(text) > maxDocument {
		return fmt.Errorf("%s: is larger than %d bytes", path, maxDocument)
	}
	if text, err = ToJSON(text); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// ToJSON turns a YAML document, which JSON is too, into JSON.
func ToJSON(text []byte) ([]byte, error) {
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil, errors.New("is empty")
	}
	if json.Valid(text) { // numbers stay as they are written
		return text, nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one document")
	}
	return json.Marshal(value)
}

// Batch gathers what lines say, and sends it.
type Batch interface {
	// Add takes one line. An error leaves the line out. Full says that it is time to send.
	Add(line []byte) (full bool, err error)
	// Send sends what was added since the last time. What it could not send is lost to
	// the batch: the lines are named to the user.
	Send(ctx context.Context) error
	// Len is how many items wait for Send.
	Len() int
}

// Report is what became of the lines of an input.
type Report struct {
	Lines int // that were read, from the first one on
	Sent  int // items that the vendor took
	Bad   int // lines that could not be read or sent by themselves
}

// Options of Send.
type Options struct {
	Size int64 // of the input in bytes, 0 if it is not known
	Skip int   // lines to leave out at the beginning
	// Bad is told of lines that are left out.
	Bad      func(line int, err error)
	Progress *Progress
}

// Send reads lines and sends them in batches, one after the other. Bad lines are left
// out. It stops at the first batch that cannot be sent; the error names the lines
// that are to be sent again.
func Send(ctx context.Context, r io.Reader, batch Batch, o Options) (Report, error) {
	var report Report
	counted := &counter{Reader: r}
	scanner := bufio.NewScanner(counted)
	scanner.Buffer(nil, maxLine)
	delivered := o.Skip // lines that are done with
	flush := func() error {
		n := batch.Len()
		if n == 0 {
			return nil
		}
		if err := batch.Send(ctx); err != nil {
			return fmt.Errorf("lines %d to %d were not sent; send again with --skip-lines %d: %w", delivered+1, report.Lines, delivered, err)
		}
		report.Sent += n
		delivered = report.Lines
		o.Progress.Update(counted.n, o.Size, report)
		return nil
	}
	for scanner.Scan() {
		report.Lines++
		line := bytes.TrimSpace(scanner.Bytes())
		if report.Lines <= o.Skip || len(line) == 0 {
			continue
		}
		full, err := batch.Add(line)
		if err != nil {
			report.Bad++
			o.Bad(report.Lines, err)
		}
		if full {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
	if err := flush(); err != nil {
		return report, err
	}
	if err := scanner.Err(); err != nil {
		return report, fmt.Errorf("line %d: %w", report.Lines+1, err)
	}
	return report, nil
}

type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}
