package signalflow

import (
	"bufio"
	"bytes"
	"testing"
)

func FuzzEventReader(f *testing.F) {
	f.Add([]byte("event: data\ndata: {\ndata: }\n\n: comment\nid\n\ndata:x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		const limit = 100
		r := eventReader{lines: bufio.NewReaderSize(bytes.NewReader(raw), 16), limit: limit}
		for events := 0; ; events++ {
			_, data, err := r.next()
			if err != nil {
				return
			}
			if len(data) > limit || events > len(raw) {
				t.Fatalf("event %d of %d bytes", events, len(data))
			}
		}
	})
}
