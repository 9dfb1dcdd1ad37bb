package e2e

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-custom/otelcol-custom/e2e/harness"
)

// hostile is what a broken or malicious sender may put into a point, a log record or a span.
var hostile = []struct {
	name  string
	short bool
	point func(pmetric.Metric, pmetric.NumberDataPoint)
	attrs func(pcommon.Map)
}{
	{name: "invalid UTF-8", short: true,
		point: func(m pmetric.Metric, _ pmetric.NumberDataPoint) { m.SetName("na\xffme\xc3\x28") },
		attrs: func(a pcommon.Map) { a.PutStr("ke\xff\xfey", "va\xc0\xaflue"); a.PutStr("\xf0\x28\x8c\xbc", "\xff") }},
	{name: "control characters and line breaks", short: true,
		point: func(m pmetric.Metric, _ pmetric.NumberDataPoint) { m.SetName("a\nb\x00c\"d\\") },
		attrs: func(a pcommon.Map) {
			a.PutStr("k\"\n\x00", "v\" source=\"evil\"\nfake 1 source=evil\n\x00\\")
			a.PutStr("source", "s\n\"")
		}},
	{name: "a value of 1 MB", short: true, attrs: func(a pcommon.Map) { a.PutStr("long", strings.Repeat("x", 1<<20)) }},
	{name: "a key of 1 MB", attrs: func(a pcommon.Map) { a.PutStr(strings.Repeat("k", 1<<20), "v") }},
	{name: "a name of 1 MB", point: func(m pmetric.Metric, _ pmetric.NumberDataPoint) { m.SetName(strings.Repeat("n", 1<<20)) }},
	{name: "10,000 attributes", short: true, attrs: func(a pcommon.Map) {
		for i := range 10_000 {
			a.PutStr(fmt.Sprintf("key%05d", i), "v")
		}
	}},
	{name: "a map 60 levels deep", attrs: func(a pcommon.Map) {
		m := a.PutEmptyMap("deep")
		for range 60 {
			m = m.PutEmptyMap("deeper")
		}
		m.PutStr("bottom", "v")
	}},
	{name: "a list of 5,000 values", attrs: func(a pcommon.Map) {
		list := a.PutEmptySlice("list")
		list.EnsureCapacity(5000)
		for i := range 5000 {
			list.AppendEmpty().SetInt(int64(i))
		}
	}},
	{name: "empty keys and values", short: true, attrs: func(a pcommon.Map) { a.PutStr("", ""); a.PutEmpty("empty"); a.PutEmptyBytes("bytes") }},
	{name: "no name", point: func(m pmetric.Metric, _ pmetric.NumberDataPoint) { m.SetName("") }},
	{name: "not a number", short: true, point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetDoubleValue(math.NaN()) }},
	{name: "infinite", point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetDoubleValue(math.Inf(-1)) }},
	{name: "the largest number", short: true, point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetDoubleValue(math.MaxFloat64) }},
	{name: "the smallest number", point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetDoubleValue(math.SmallestNonzeroFloat64) }},
	{name: "the lowest integer", point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetIntValue(math.MinInt64) }},
	{name: "no time", point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetTimestamp(0) }},
	{name: "the last of all times", short: true, point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetTimestamp(math.MaxUint64) }},
	{name: "the first of all times", point: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.SetTimestamp(1) }},
	{name: "no value", point: func(m pmetric.Metric, _ pmetric.NumberDataPoint) {
		m.Gauge().DataPoints().RemoveIf(func(pmetric.NumberDataPoint) bool { return true })
		m.Gauge().DataPoints().AppendEmpty()
	}},
}

// Hostile input beside sound input, in the same batch: the collector lives, the sound part arrives
// once, each hostile item arrives in a form that the vendor takes or is dropped and counted, and
// the vendor has nothing to reject.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	forTargets(t, func(t *testing.T, tg *target) {
		r := startRig(t, tg)
		for _, h := range hostile {
			if !h.short && !long {
				continue
			}
			for _, s := range tg.takes() {
				if h.attrs == nil && s != harness.Metrics {
					continue
				}
				sh := r.ship("hostile: "+h.name, s)
				body := hostileBatch(tg, sh, h.point, h.attrs)
				before, rejected := r.taken(s), r.rejected()
				status, err := r.collector.Offer(t.Context(), s, body, nil)
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, status, "%s %s", h.name, s)
				r.eventually("the sound part", func() bool { got, _ := r.arrived(s, sh.id); return got >= sh.in })
				r.idle()
				sh.judgeHostile(before, rejected)
			}
		}
		garbage(t, r)
		for _, s := range tg.takes() {
			sh := r.ship("after hostile input", s)
			sh.send(tg.items(s))
			sh.settle(expect{})
		}
		r.secretFree()
	})
}

// judgeHostile prints the case's line. The hostile item may have lost its mark with other attributes, so
// what the vendor took is counted as a whole.
func (sh *shipment) judgeHostile(before, rejected int) {
	sh.line.In, sh.line.Took = sh.in+1, time.Since(sh.begun)
	_, sh.line.Duplicates = sh.arrived(sh.signal, sh.id)
	sh.line.Delivered = sh.taken(sh.signal) - before
	sh.line.Dropped = sh.dropped(sh.signal).Since(sh.before)
	refused := sh.line.Dropped["refused"]
	if sh.signal == harness.Traces && sh.target.sums {
		sh.line.Delivered, sh.line.Note = sh.line.In, "as sums"
	}
	sh.line.Print()
	assert.Zero(sh, sh.line.Duplicates, sh.line.Case)
	assert.Equal(sh, sh.line.In, sh.line.Delivered+sh.line.Dropped.Total(), sh.line.Case)
	if n := sh.rejected() - rejected; n > refused {
		last := sh.lab.Store.Rejections(0, 1)[0]
		assert.Fail(sh, "the vendor rejects what the exporter did not count", "%s %s: %d, the last: %s %s", sh.line.Case, sh.signal, n, last.Reason, last.Detail)
	}
	assert.True(sh, sh.collector.Running())
}

// taken is how many items of a signal the vendor took.
func (r *rig) taken(s harness.Signal) int {
	n := 0
	for _, v := range r.lab.Store.Stats().Vendors {
		switch s {
		case harness.Metrics:
			n += int(v.Points)
		case harness.Logs:
			n += int(v.Events)
		default:
			n += int(v.Spans)
		}
	}
	return n
}

// rejected is how many items and requests the vendor rejected.
func (r *rig) rejected() int {
	n := 0
	for _, v := range r.lab.Store.Stats().Vendors {
		n += int(v.Rejected)
	}
	return n
}

// garbage is no OTLP at all.
func garbage(t *testing.T, r *rig) {
	ctx, cancel := context.WithTimeout(t.Context(), harness.Patience)
	defer cancel()
	for _, body := range []string{"\xff\xff\xff\xff", "\x0a\xff\xff\xff\xff\x0f", strings.Repeat("\x0a\x7f", 100_000), "{\"resourceMetrics\":1}"} {
		for _, s := range harness.Signals {
			status, err := r.collector.Offer(ctx, s, []byte(body), nil)
			if err == nil {
				assert.NotEqual(t, http.StatusOK, status)
			}
		}
	}
	assert.True(t, r.collector.Running())
}

// hostileBatch has a hostile item between two times ten sound ones.
func hostileBatch(tg *target, sh *shipment, point func(pmetric.Metric, pmetric.NumberDataPoint), attrs func(pcommon.Map)) []byte {
	const sound = 10
	sh.in = 2 * sound
	now := pcommon.NewTimestampFromTime(time.Now())
	switch sh.signal {
	case harness.Metrics:
		md := pmetric.NewMetrics()
		gauges(tg.key, sh.id, sound).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
		m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		m.SetName("e2e.hostile")
		p := m.SetEmptyGauge().DataPoints().AppendEmpty()
		p.SetTimestamp(now)
		p.SetIntValue(-1)
		p.Attributes().PutStr(tg.key, sh.id)
		if point != nil {
			point(m, p)
		}
		if attrs != nil {
			attrs(p.Attributes())
		}
		more := gauges(tg.key, sh.id, sound)
		more.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).SetName("e2e.more")
		more.ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
		return marshal(md)
	case harness.Logs:
		request := plogotlp.NewExportRequest()
		must(request.UnmarshalProto(sh.signal.Batch(tg.key, sh.id, 0, 2*sound)))
		ld := request.Logs()
		record := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		hostileRecord(record, now, attrs)
		body, err := request.MarshalProto()
		must(err)
		return body
	default:
		request := ptraceotlp.NewExportRequest()
		must(request.UnmarshalProto(sh.signal.Batch(tg.key, sh.id, 0, 2*sound)))
		span := request.Traces().ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		hostileSpan(span, now, attrs)
		body, err := request.MarshalProto()
		must(err)
		return body
	}
}

func hostileRecord(r plog.LogRecord, now pcommon.Timestamp, attrs func(pcommon.Map)) {
	r.SetTimestamp(now)
	r.SetEventName("hostile \xff\n")
	r.Body().SetStr("body \xff\n")
	attrs(r.Attributes())
}

func hostileSpan(s ptrace.Span, now pcommon.Timestamp, attrs func(pcommon.Map)) {
	s.SetTraceID([16]byte{1})
	s.SetSpanID([8]byte{1})
	s.SetName("hostile \xff\n" + strings.Repeat("n", 10_000))
	s.SetStartTimestamp(now)
	s.SetEndTimestamp(now - 1)
	attrs(s.Attributes())
	event := s.Events().AppendEmpty()
	event.SetTimestamp(now)
	event.SetName("\xff")
	attrs(event.Attributes())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
