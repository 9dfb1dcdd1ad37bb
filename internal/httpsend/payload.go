package httpsend

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// payload is a request body in a pooled buffer. The transport may still read a
// body after Do has returned (an early answer, a canceled context), so the
// buffer goes back to the pool only when the last reader has been closed.
type payload struct {
	buf  bytes.Buffer
	refs atomic.Int32
}

var payloads = sync.Pool{New: func() any { return new(payload) }}

// maxPooledBytes keeps one giant request from pinning its buffer for ever.
const maxPooledBytes = 4 << 20

func newPayload() *payload {
	p := payloads.Get().(*payload)
	p.buf.Reset()
	p.refs.Store(1)
	return p
}

func (p *payload) release() {
	if p.refs.Add(-1) == 0 && p.buf.Cap() <= maxPooledBytes {
		payloads.Put(p)
	}
}

// reader returns a body that holds the buffer until it is closed.
func (p *payload) reader() io.ReadCloser {
	p.refs.Add(1)
	return &payloadReader{Reader: bytes.NewReader(p.buf.Bytes()), payload: p}
}

type payloadReader struct {
	*bytes.Reader
	payload *payload
	closed  atomic.Bool
}

func (r *payloadReader) Close() error {
	if r.closed.CompareAndSwap(false, true) {
		r.payload.release()
	}
	return nil
}

// Gzip compresses request bodies with pooled writers. The zero value is not
// usable; see NewGzip. Safe for concurrent use.
type Gzip struct {
	minBytes int
	writers  sync.Pool
}

// NewGzip returns a compressor for bodies of more than minBytes bytes. Level is
// 1 (fastest) to 9 (smallest).
func NewGzip(level, minBytes int) (*Gzip, error) {
	if _, err := gzip.NewWriterLevel(io.Discard, level); err != nil {
		return nil, err
	}
	return &Gzip{minBytes: minBytes, writers: sync.Pool{New: func() any {
		w, _ := gzip.NewWriterLevel(io.Discard, level) // the level was checked above
		return w
	}}}, nil
}

// append writes the chunks to p, compressed when it is worth it, and reports whether it was.
func (g *Gzip) append(p *payload, chunks [][]byte) (bool, error) {
	size := 0
	for _, c := range chunks {
		size += len(c)
	}
	if g == nil || size <= g.minBytes {
		for _, c := range chunks {
			p.buf.Write(c)
		}
		return false, nil
	}
	w := g.writers.Get().(*gzip.Writer)
	defer g.writers.Put(w)
	w.Reset(&p.buf)
	for _, c := range chunks {
		if _, err := w.Write(c); err != nil {
			return false, err
		}
	}
	return true, w.Close()
}
