package signalflow_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// BenchmarkLoopback reads a million points, 10,000 at a time, over a socket. The
// time includes the server's, which only writes what is encoded beforehand.
func BenchmarkLoopback(b *testing.B) {
	const series, steps = 10_000, 100
	server := signalflowtest.Start(b)
	points := make([]signalflowtest.Point, series)
	for i := range points {
		points[i] = signalflowtest.Double(uint64(i), float64(i))
	}
	var frames [steps][]byte
	for step := range frames {
		frames[step] = signalflowtest.DataFrame(1, "", "c1", t0.Add(time.Duration(step)*time.Second).UnixMilli(), 0, points...)
	}
	server.Handle(program, func(ch *signalflowtest.Channel) {
		for i := range points {
			ch.Metadata(points[i].TSID, labeled("bench"))
		}
		for _, frame := range frames {
			copy(frame[4:], ch.Request.Channel)
			ch.Raw(true, frame)
		}
		ch.End()
	})
	client := newClient(b, server, nil)
	b.ReportAllocs()
	for b.Loop() {
		computation := execute(b, client, signalflow.Request{})
		n := 0
		for {
			m, err := computation.Next(context.Background())
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if data, ok := m.(*signalflow.Data); ok {
				n += len(data.Points)
			}
		}
		if n != series*steps {
			b.Fatal(n)
		}
	}
}
