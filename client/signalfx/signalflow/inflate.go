package signalflow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// keptInflated is how much room an inflater keeps between messages.
const keptInflated = 1 << 20

var errCompression = errors.New("compressed message is neither gzip nor zlib")

// Decompressors hold tens of kilobytes each and are needed for moments only.
var (
	gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}
	zlibReaders sync.Pool
)

// inflater decompresses message bodies up to a limit.
type inflater struct {
	limit  int
	source bytes.Reader
	out    []byte
}

// open returns a frame's body decompressed and, if it is JSON, checked. It is valid
// until the next call.
func (i *inflater) open(f frame) (body []byte, isJSON bool, err error) {
	if f.err != nil {
		return nil, false, f.err
	}
	body = f.body
	if f.flags&flagCompressed != 0 {
		if body, err = i.inflate(body); err != nil {
			return nil, false, err
		}
	}
	// Only data has another form than JSON.
	if f.typ == TypeData && f.flags&flagJSON == 0 {
		return body, false, nil
	}
	body, err = checkJSON(body)
	return body, true, err
}

// inflate returns the decompressed body, valid until the next call. The service
// compresses with gzip; the vendor's Node client has seen zlib too.
func (i *inflater) inflate(body []byte) ([]byte, error) {
	i.source.Reset(body)
	switch {
	case len(body) >= 2 && body[0] == 0x1f && body[1] == 0x8b:
		r := gzipReaders.Get().(*gzip.Reader)
		defer gzipReaders.Put(r)
		if err := r.Reset(&i.source); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		return i.read(r, len(body))
	case len(body) >= 2 && body[0]&0x0f == 8 && (uint(body[0])<<8|uint(body[1]))%31 == 0: // RFC 1950 section 2.2
		r, err := i.zlibReader()
		if err != nil {
			return nil, fmt.Errorf("zlib: %w", err)
		}
		defer zlibReaders.Put(r)
		return i.read(r, len(body))
	}
	return nil, errCompression
}

func (i *inflater) zlibReader() (io.Reader, error) {
	if pooled := zlibReaders.Get(); pooled != nil {
		return pooled.(io.Reader), pooled.(zlib.Resetter).Reset(&i.source, nil)
	}
	return zlib.NewReader(&i.source)
}

func (i *inflater) read(r io.Reader, compressed int) ([]byte, error) {
	if cap(i.out) > keptInflated {
		i.out = nil
	}
	out := slices.Grow(i.out[:0], min(4*compressed+512, i.limit+1))
	for {
		if len(out) == cap(out) {
			out = slices.Grow(out, 1)
		}
		n, err := r.Read(out[len(out):min(cap(out), i.limit+1)])
		out = out[:len(out)+n]
		if len(out) > i.limit {
			return nil, fmt.Errorf("message is longer than %d bytes after decompression: raise MaxDecompressedSize or narrow the program", i.limit)
		}
		if err == io.EOF {
			i.out = out
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("decompression: %w", err)
		}
	}
}
