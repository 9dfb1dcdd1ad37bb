package harness

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// Signal is one of OTLP's.
type Signal string

// The signals.
const (
	Metrics Signal = "metrics"
	Logs    Signal = "logs"
	Traces  Signal = "traces"
)

// Signals are all of them.
var Signals = []Signal{Metrics, Logs, Traces}

// Batch is one OTLP request of items that differ from each other and from those of all
// other batches, marked with id for the lab's audit.
func (s Signal) Batch(key, id string, first, n int) []byte {
	var body []byte
	var err error
	switch s {
	case Metrics:
		body, err = pmetricotlp.NewExportRequestFromMetrics(metrics(key, id, first, n)).MarshalProto()
	case Logs:
		body, err = plogotlp.NewExportRequestFromLogs(logs(key, id, first, n)).MarshalProto()
	default:
		body, err = ptraceotlp.NewExportRequestFromTraces(traces(key, id, first, n)).MarshalProto()
	}
	if err != nil {
		panic(err)
	}
	return body
}

// metrics are gauges and sums of the interval in turn; each is one datapoint at every vendor.
func metrics(key, id string, first, n int) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("service.name", "e2e")
	list := rm.ScopeMetrics().AppendEmpty().Metrics()
	gauge, sum := list.AppendEmpty(), list.AppendEmpty()
	gauge.SetName("e2e.gauge")
	sum.SetName("e2e.sum")
	gauges := gauge.SetEmptyGauge().DataPoints()
	sums := sum.SetEmptySum()
	sums.SetIsMonotonic(true)
	sums.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	now := pcommon.NewTimestampFromTime(time.Now())
	for i := first; i < first+n; i++ {
		list := gauges
		if i%2 == 1 {
			list = sums.DataPoints()
		}
		p := list.AppendEmpty()
		p.SetTimestamp(now)
		p.SetIntValue(int64(i + 1)) // a sum of 0 would add nothing, and not be sent
		p.Attributes().PutStr(key, id)
		p.Attributes().PutStr("worker", fmt.Sprint(i%10))
	}
	return md
}

func logs(key, id string, first, n int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "e2e")
	records := rl.ScopeLogs().AppendEmpty().LogRecords()
	now := pcommon.NewTimestampFromTime(time.Now())
	for i := first; i < first+n; i++ {
		r := records.AppendEmpty()
		r.SetTimestamp(now)
		r.SetEventName("e2e")
		r.Body().SetStr(fmt.Sprintf("event %d", i))
		r.Attributes().PutStr(key, id)
		r.Attributes().PutStr("seq", fmt.Sprint(i))
		r.Attributes().PutStr("librato.annotation.source", id)
		r.Attributes().PutStr("librato.annotation.title", fmt.Sprint(i))
	}
	return ld
}

func traces(key, id string, first, n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "e2e")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	now := time.Now()
	for i := first; i < first+n; i++ {
		s := spans.AppendEmpty()
		var trace pcommon.TraceID
		binary.BigEndian.PutUint64(trace[:], uint64(now.UnixNano()))
		binary.BigEndian.PutUint64(trace[8:], uint64(i+1))
		var span pcommon.SpanID
		binary.BigEndian.PutUint64(span[:], uint64(i+1))
		s.SetTraceID(trace)
		s.SetSpanID(span)
		s.SetName("work")
		s.SetKind(ptrace.SpanKindServer)
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(now.Add(-time.Second)))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Duration(i) * time.Microsecond))) // no two sums are alike
		s.Attributes().PutStr(key, id)
	}
	return td
}

// sender is what programs send with; a connection of an earlier process is no use.
var sender = &http.Client{Transport: &http.Transport{
	DialContext:         (&net.Dialer{Timeout: time.Minute}).DialContext,
	MaxIdleConnsPerHost: 16,
}}

// Offer sends one request and returns the status, or an error when there was no answer.
func (c *Collector) Offer(ctx context.Context, s Signal, body []byte, header http.Header) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.otlp+"/v1/"+string(s), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for key, values := range header {
		req.Header[key] = values
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := sender.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, nil
}

// Send sends one request as an OTLP client does: again after 429, 502, 503 and 504.
func (c *Collector) Send(s Signal, body []byte) {
	c.t.Helper()
	c.SendAs(s, body, nil)
}

// SendAs is Send with headers.
func (c *Collector) SendAs(s Signal, body []byte, header http.Header) {
	c.t.Helper()
	for deadline := time.Now().Add(Patience); ; {
		status, err := c.Offer(c.t.Context(), s, body, header)
		require.NoError(c.t, err)
		switch status {
		case http.StatusOK:
			return
		case 429, 502, 503, 504:
			require.True(c.t, time.Now().Before(deadline), "refused for too long, the last time with %d", status)
			time.Sleep(20 * time.Millisecond)
		default:
			require.Failf(c.t, "the collector refuses", "status %d", status)
		}
	}
}
