package demo

import (
	"io"
	"os"
	"strings"
)

// tail returns the last lines of a file, looking at no more than its last maxBytes bytes.
func tail(path string, maxBytes int64, maxLines int) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	from := max(0, size-maxBytes)
	end := make([]byte, size-from)
	if _, err := file.ReadAt(end, from); err != nil && err != io.EOF {
		return nil, err
	}
	text := strings.TrimRight(string(end), "\r\n")
	if text == "" {
		return nil, nil
	}
	lines := strings.Split(text, "\n")
	if from > 0 && len(lines) > 1 {
		lines = lines[1:] // the first one is cut
	}
	return lines[max(0, len(lines)-maxLines):], nil
}
