package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// BodyLimits bound a request body, in bytes. Zero means the default.
type BodyLimits struct {
	Wire         int64 // as sent; default 16 MiB
	Decompressed int64 // default 64 MiB
}

func (l BodyLimits) withDefaults() BodyLimits {
	if l.Wire <= 0 {
		l.Wire = 16 << 20
	}
	if l.Decompressed <= 0 {
		l.Decompressed = 64 << 20
	}
	return l
}

// Error is a request that is answered with an error status.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return e.Message }

// Errorf returns an Error with that status.
func Errorf(status int, format string, args ...any) *Error {
	return &Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

var (
	bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	gzips  = sync.Pool{New: func() any { return new(gzip.Reader) }}
)

// maxPooled keeps one huge body from holding its memory forever.
const maxPooled = 1 << 20

// WithBody reads the body, decompressed if it is gzip, and hands it to use, which
// must not keep it. An error of use is returned as it is.
func (ex *Exchange) WithBody(r *http.Request, limits BodyLimits, use func(body []byte) *Error) *Error {
	buffer := bodies.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= maxPooled {
			buffer.Reset()
			bodies.Put(buffer)
		}
	}()
	if err := readBody(buffer, r, limits.withDefaults()); err != nil {
		return err
	}
	ex.request.BodyBytes = int64(buffer.Len())
	return use(buffer.Bytes())
}

func readBody(into *bytes.Buffer, r *http.Request, limits BodyLimits) *Error {
	if r.ContentLength > limits.Wire {
		return tooLarge("the body", limits.Wire)
	}
	wire := http.MaxBytesReader(nil, r.Body, limits.Wire)
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		_, err := into.ReadFrom(wire)
		return bodyError(err)
	case "gzip":
		return gunzip(into, wire, limits.Decompressed)
	default:
		return Errorf(http.StatusUnsupportedMediaType, "Content-Encoding is not supported; use gzip or none")
	}
}

// Decompressed returns a body that was kept as it was sent, up to limit bytes of it. What a cut body still gives
// comes with the error.
func Decompressed(body []byte, encoding string, limit int64) ([]byte, error) {
	if !strings.EqualFold(encoding, "gzip") {
		return body[:min(int64(len(body)), limit)], nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(reader, limit))
}

func gunzip(into *bytes.Buffer, wire io.Reader, limit int64) *Error {
	reader := gzips.Get().(*gzip.Reader)
	defer gzips.Put(reader)
	if err := reader.Reset(wire); err != nil {
		return bodyError(err)
	}
	n, err := into.ReadFrom(io.LimitReader(reader, limit+1))
	if err == nil && n > limit {
		return tooLarge("the decompressed body", limit)
	}
	return bodyError(err)
}

func bodyError(err error) *Error {
	var over *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &over):
		return tooLarge("the body", over.Limit)
	default:
		return Errorf(http.StatusBadRequest, "reading the body: %v", err)
	}
}

func tooLarge(what string, limit int64) *Error {
	return Errorf(http.StatusRequestEntityTooLarge, "%s is larger than %d bytes", what, limit)
}

// countingBody counts the bytes a handler reads, and keeps the first ones.
type countingBody struct {
	io.ReadCloser
	request *store.Request
	keep    int // how many, in bytes
}

func (b *countingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.request.WireBytes += int64(n)
	kept := &b.request.Content
	kept.Body = append(kept.Body, p[:min(n, b.keep-len(kept.Body))]...)
	return n, err
}
