package signalflow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

func TestBatches(t *testing.T) {
	// a and b send the data of one of two blocks at a second.
	a := func(ch *signalflowtest.Channel, second int) {
		ch.Data(t0.Add(time.Duration(second)*time.Second), signalflowtest.Double(1, float64(second)))
	}
	b := func(ch *signalflowtest.Channel, second int) {
		ch.Data(t0.Add(time.Duration(second)*time.Second), signalflowtest.Double(2, float64(100+second)))
	}
	tests := []struct {
		name   string
		script func(*signalflowtest.Channel)
		want   string
	}{
		{
			name: "two blocks, no info message",
			script: func(ch *signalflowtest.Channel) {
				a(ch, 0)
				b(ch, 0)
				a(ch, 1)
				b(ch, 1)
				ch.End()
			},
			want: "0: 0 100; 1: 1 101; EOF",
		},
		{
			name: "a block that is silent at one time",
			script: func(ch *signalflowtest.Channel) {
				a(ch, 0)
				b(ch, 0)
				a(ch, 1)
				b(ch, 2)
				a(ch, 2)
				a(ch, 3)
				ch.End()
			},
			want: "0: 0 100; 1: 1; 2: 102 2; 3: 3; EOF",
		},
		{
			name: "data that comes late",
			script: func(ch *signalflowtest.Channel) {
				a(ch, 0)
				a(ch, 2)
				b(ch, 0)
				b(ch, 1)
				b(ch, 2)
				ch.End()
			},
			want: "0: 0; 0 late: 100; 1 late: 101; 2: 2 102; EOF",
		},
		{
			name: "empty data tells that time goes on",
			script: func(ch *signalflowtest.Channel) {
				a(ch, 0)
				ch.Data(t0.Add(time.Second))
				ch.End()
			},
			want: "0: 0; 1:; EOF",
		},
		{
			name: "more points than there can be series",
			script: func(ch *signalflowtest.Channel) {
				for range 5 {
					a(ch, 0)
				}
				a(ch, 1)
				ch.End()
			},
			want: "0: 0 0 0; 0 late: 0 0; 1: 1; EOF",
		},
		{
			name:   "other messages pass",
			script: func(ch *signalflowtest.Channel) { a(ch, 0); ch.Expired(1); a(ch, 1); ch.End() },
			want:   "expired; 0: 0; 1: 1; EOF",
		},
		{
			name:   "a stream that breaks off",
			script: func(ch *signalflowtest.Channel) { a(ch, 0); b(ch, 0); a(ch, 1); ch.Abort("STOPPED", "") },
			want:   "0: 0 100; 1 partial: 1; signalflow: the service aborted the computation: STOPPED",
		},
		{
			name:   "a stream without data",
			script: func(ch *signalflowtest.Channel) { ch.End() },
			want:   "EOF",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
				server.Handle(program, tt.script)
				client := newClient(t, server, func(o *signalflow.Options) { o.MetadataTimeout, o.MaxSeries = -1, 3 })
				batches := signalflow.NewBatches(execute(t, client, signalflow.Request{}))
				var got []string
				for {
					m, err := batches.Next(context.Background())
					if err != nil {
						got = append(got, err.Error())
						_, again := batches.Next(context.Background())
						require.Equal(t, err, again, "the end stays")
						break
					}
					got = append(got, describeBatch(m))
				}
				assert.Equal(t, tt.want, strings.Join(got, "; "))
			})
		})
	}
}

func describeBatch(m signalflow.Message) string {
	batch, ok := m.(*signalflow.Batch)
	if !ok {
		return describe(m)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d", time.UnixMilli(batch.LogicalTimestampMs).Sub(t0)/time.Second)
	if batch.Late {
		b.WriteString(" late")
	}
	if batch.Partial {
		b.WriteString(" partial")
	}
	b.WriteString(":")
	for i := range batch.Points {
		fmt.Fprintf(&b, " %v", batch.Points[i].Float())
	}
	return b.String()
}
