package testkit

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// Bodies collects copies of the bodies of parts that an encoder emits.
type Bodies [][]byte

// Emit copies the body of a part and releases it.
func (b *Bodies) Emit(p *parts.Part) {
	*b = append(*b, bytes.Clone(p.Body))
	p.Release()
}

// CompareWithGzip measures send, which sends a batch of points. Each round also times
// what gzip level 1 alone takes on the same bodies: x-gzip is the ratio of the shortest
// rounds, since on a busy machine those are the undisturbed ones.
func CompareWithGzip(b *testing.B, points int, bodies Bodies, send func() error) {
	b.Helper()
	require.NotEmpty(b, bodies)
	w, err := gzip.NewWriterLevel(io.Discard, 1)
	require.NoError(b, err)
	var out bytes.Buffer
	whole, floor := time.Hour, time.Hour
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		start := time.Now()
		if err := send(); err != nil {
			b.Fatal(err)
		}
		whole = min(whole, time.Since(start))
		b.StopTimer()
		start = time.Now()
		for _, body := range bodies {
			out.Reset()
			w.Reset(&out)
			_, _ = w.Write(body)
			_ = w.Close()
		}
		floor = min(floor, time.Since(start))
		b.StartTimer()
	}
	b.StopTimer()
	b.ReportMetric(float64(whole)/float64(points), "ns/point")
	b.ReportMetric(float64(floor)/float64(points), "gzip-ns/point")
	b.ReportMetric(float64(whole)/float64(floor), "x-gzip")
}
