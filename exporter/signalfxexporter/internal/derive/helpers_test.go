package derive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// boot is when the counters of the tests start; points say their time in seconds after it.
var boot = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func second(s int) pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(boot.Add(time.Duration(s) * time.Second))
}

// kind is an input's type.
type kind int

const (
	counter      kind = iota // cumulative and monotonic
	deltaCounter             // delta and monotonic
	level                    // cumulative, not monotonic
	gauge
)

// in is an input metric.
type in struct {
	name   string
	kind   kind
	at     int // seconds
	start  int
	points []pt
}

// pt is an input point: "key=value key=value" and an int or float64, or nil for a point that says
// that no value was recorded.
type pt struct {
	attributes string
	value      any
}

// add appends metrics to a resource of their own.
func add(md pmetric.Metrics, host string, metrics ...in) {
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("host.name", host)
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("hostmetrics")
	for _, m := range metrics {
		m.to(sm.Metrics().AppendEmpty())
	}
}

func (m in) to(metric pmetric.Metric) {
	metric.SetName(m.name)
	var points pmetric.NumberDataPointSlice
	if m.kind == gauge {
		points = metric.SetEmptyGauge().DataPoints()
	} else {
		sum := metric.SetEmptySum()
		sum.SetIsMonotonic(m.kind != level)
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		if m.kind == deltaCounter {
			sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		}
		points = sum.DataPoints()
	}
	for _, p := range m.points {
		dp := points.AppendEmpty()
		if m.at != 0 {
			dp.SetTimestamp(second(m.at))
			dp.SetStartTimestamp(second(m.start))
		}
		for _, attribute := range strings.Fields(p.attributes) {
			key, value, _ := strings.Cut(attribute, "=")
			dp.Attributes().PutStr(key, value)
		}
		switch v := p.value.(type) {
		case int:
			dp.SetIntValue(int64(v))
		case float64:
			dp.SetDoubleValue(v)
		case nil:
			dp.SetIntValue(1000)
			dp.SetFlags(dp.Flags().WithNoRecordedValue(true))
		}
	}
}

// batch is a batch of one host.
func batch(metrics ...in) pmetric.Metrics {
	md := pmetric.NewMetrics()
	add(md, "a", metrics...)
	return md
}

// clock is a clock that tests set.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newTest(o Options) (*Deriver, *clock) {
	c := &clock{boot}
	return New(o, c.now), c
}

// derived applies a batch and returns what was added, one line per point:
// [host ]name{attributes} type kind value @second. It fails if anything else changed.
func derived(t *testing.T, d *Deriver, md pmetric.Metrics) []string {
	t.Helper()
	before := pmetric.NewMetrics()
	md.CopyTo(before)
	d.Apply(md)
	lines := []string{}
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		for j := range rm.ScopeMetrics().Len() {
			metrics := rm.ScopeMetrics().At(j).Metrics()
			old := before.ResourceMetrics().At(i).ScopeMetrics().At(j).Metrics().Len()
			host, _ := rm.Resource().Attributes().Get("host.name")
			for k := old; k < metrics.Len(); k++ {
				lines = append(lines, render(host.AsString(), metrics.At(k))...)
			}
		}
	}
	removeDerived(md, before)
	assert.Equal(t, encoded(t, before), encoded(t, md), "what was there changed")
	return lines
}

func encoded(t testing.TB, md pmetric.Metrics) []byte {
	b, err := new(pmetric.ProtoMarshaler).MarshalMetrics(md)
	require.NoError(t, err)
	return b
}

func removeDerived(md, before pmetric.Metrics) {
	for i := range md.ResourceMetrics().Len() {
		scopes := md.ResourceMetrics().At(i).ScopeMetrics()
		for j := range scopes.Len() {
			keep := before.ResourceMetrics().At(i).ScopeMetrics().At(j).Metrics().Len()
			n := 0
			scopes.At(j).Metrics().RemoveIf(func(pmetric.Metric) bool { n++; return n > keep })
		}
	}
}

func render(host string, m pmetric.Metric) (lines []string) {
	what := "gauge"
	if m.Type() == pmetric.MetricTypeSum {
		what = strings.ToLower(m.Sum().AggregationTemporality().String())
		if !m.Sum().IsMonotonic() {
			what += " level"
		}
	}
	prefix := ""
	if host != "a" {
		prefix = host + " "
	}
	points := numbersOf(m)
	for i := range points.Len() {
		p := points.At(i)
		attributes := []string{}
		for k, v := range p.Attributes().All() {
			attributes = append(attributes, k+"="+v.AsString())
		}
		value := fmt.Sprintf("int %d", p.IntValue())
		if p.ValueType() == pmetric.NumberDataPointValueTypeDouble {
			value = fmt.Sprintf("double %.6g", p.DoubleValue())
		}
		at := "never"
		if p.Timestamp() != 0 {
			at = fmt.Sprint(int(p.Timestamp().AsTime().Sub(boot).Seconds()))
		}
		lines = append(lines, fmt.Sprintf("%s%s{%s} %s %s @%s", prefix, m.Name(), strings.Join(attributes, " "), what, value, at))
	}
	return lines
}
