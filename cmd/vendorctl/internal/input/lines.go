package input

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// maxLine bounds a line of a batch, in bytes. A longer one is left out.
const maxLine = 4 << 20

// maxWait is how long a line of a live input waits for others.
const maxWait = time.Second

// Batch gathers what lines say, and sends it.
type Batch interface {
	// Add takes one line. An error leaves the line out. Full says that it is time to send.
	Add(line []byte) (full bool, err error)
	// Send sends what was added since the last time. What it could not send is lost to
	// the batch: the lines are named to the user. A *Refused is no failure to send.
	Send(ctx context.Context) error
	// Len is how many items wait for Send.
	Len() int
}

// Refused is an error of Send: the request was taken, but not these items of it.
type Refused struct {
	Items int
	Err   error
}

// Error returns the text of the error inside.
func (r *Refused) Error() string { return r.Err.Error() }

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
	// Live sends a line that has waited for a second, for what is piped in slowly.
	Live bool
	// Bad is told of lines that are left out.
	Bad      func(line int, err error)
	Progress *Progress
}

// sending is one run of Send.
type sending struct {
	Options
	batch  Batch
	report Report
	// done is how many lines are done with: sent, or left out.
	done int
	read atomic.Int64 // bytes of the input
}

// Send reads lines and sends them in batches, one after the other: when a batch is
// full and at the end, and see Options.Live. Bad lines are left out.
// It stops at the first batch that cannot be sent, and when ctx ends; the error names
// the lines that are to be sent again.
func Send(ctx context.Context, r io.Reader, batch Batch, o Options) (Report, error) {
	s := &sending{Options: o, batch: batch, done: o.Skip}
	lines, failed := s.readLines(ctx, r)
	var waited <-chan time.Time // of the first line that waits
	for {
		select {
		case text, ok := <-lines:
			if !ok {
				return s.report, errors.Join(s.flush(ctx), <-failed, ctx.Err())
			}
			if s.add(text) {
				if err := s.flush(ctx); err != nil {
					return s.report, err
				}
			}
			if batch.Len() == 0 {
				waited = nil
			} else if waited == nil && s.Live {
				waited = time.After(maxWait)
			}
		case <-waited:
			waited = nil
			if err := s.flush(ctx); err != nil {
				return s.report, err
			}
		case <-ctx.Done():
			return s.report, errors.Join(s.flush(ctx), ctx.Err())
		}
	}
}

// readLines reads in a goroutine of its own: reading from a terminal or a pipe cannot
// be interrupted. It ends with the input, or with ctx and the line after it.
func (s *sending) readLines(ctx context.Context, r io.Reader) (<-chan line, <-chan error) {
	lines, failed := make(chan line, 100), make(chan error, 1)
	go func() {
		defer close(lines)
		reader := bufio.NewReaderSize(&counter{r, &s.read}, 64<<10)
		for n := 1; ; n++ {
			text, err := readLine(reader)
			if err == io.EOF {
				failed <- nil
				return
			}
			if err != nil {
				failed <- fmt.Errorf("line %d: %w", n, err)
				return
			}
			select {
			case lines <- text:
			case <-ctx.Done():
				failed <- nil
				return
			}
		}
	}()
	return lines, failed
}

// line is one of the input, without what ends it.
type line struct {
	text []byte
	long bool // more than maxLine; the text is not kept
}

// readLine returns io.EOF after the last line.
func readLine(r *bufio.Reader) (l line, err error) {
	for more := true; more; {
		var part []byte
		part, err = r.ReadSlice('\n')
		more = errors.Is(err, bufio.ErrBufferFull)
		if l.long = l.long || len(l.text)+len(part) > maxLine; l.long {
			l.text = nil
		} else {
			l.text = append(l.text, part...)
		}
	}
	if err == io.EOF && (l.long || len(l.text) > 0) { // no newline at the end
		err = nil
	}
	return l, err
}

// add adds a line to the batch, unless it was sent before, and reports whether it is time to send.
func (s *sending) add(l line) (full bool) {
	s.report.Lines++
	text := bytes.TrimSpace(l.text)
	switch {
	case s.report.Lines <= s.Skip:
		return false
	case l.long:
		s.bad(fmt.Errorf("has more than %d bytes", maxLine))
		return false
	case len(text) == 0:
		return false
	}
	full, err := s.batch.Add(text)
	if err != nil {
		s.bad(err)
	}
	return full
}

func (s *sending) bad(err error) {
	s.report.Bad++
	s.Bad(s.report.Lines, err)
}

// flush sends what waits.
func (s *sending) flush(ctx context.Context) error {
	n := s.batch.Len()
	if n == 0 {
		return nil
	}
	err := s.batch.Send(ctx)
	if refused, ok := errors.AsType[*Refused](err); ok {
		n -= refused.Items
		s.bad(refused)
		err = nil
	}
	if err != nil {
		return fmt.Errorf("lines %d to %d were not sent; send again with --skip-lines %d: %w", s.done+1, s.report.Lines, s.done, err)
	}
	s.report.Sent += n
	s.done = s.report.Lines
	s.Progress.Update(s.read.Load(), s.Size, s.report)
	return nil
}

type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}
