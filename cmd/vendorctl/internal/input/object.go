// Package input reads what is to be sent or applied, from files and standard input.
package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"
)

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

// IsLive reports whether an input may be written while it is read: a pipe or a
// terminal, but not a file.
func IsLive(path string, size int64, stdin io.Reader) bool {
	_, isFile := stdin.(*os.File)
	return path == "-" && isFile && size == 0
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

// Line reads a line of a batch, which is one JSON object. What would be lost without a
// word is an error: a member that nobody knows, and what comes behind the object.
func Line(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one object in it: write one a line")
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
