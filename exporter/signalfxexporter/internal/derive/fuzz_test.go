package derive

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// FuzzApply makes batches of the bytes and applies them: what was there stays, what is
// added is finite, and no more is remembered than allowed.
func FuzzApply(f *testing.F) {
	f.Add([]byte{}, int64(0))
	f.Add([]byte("\x01\x02\x00\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15"), int64(1))
	f.Add(slices.Repeat([]byte{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6}, 40), int64(1<<62))
	for i := range 8 {
		f.Add(slices.Repeat([]byte{byte(i), byte(i * 7), 1, byte(255 - i), 0, 2, byte(i * 31)}, 60), int64(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, value int64) {
		const limit = 5
		now := boot
		d := New(Options{TTL: 10 * time.Second, MaxSeries: limit}, func() time.Time { return now })
		c := &choices{data: data, value: value}
		for len(c.data) > 0 {
			now = now.Add(time.Duration(c.of(8)) * time.Second)
			md := c.batch()
			before := pmetric.NewMetrics()
			md.CopyTo(before)
			d.Apply(md)
			check(t, md, before)
			if s := d.Stats(); s.Series > limit {
				t.Fatalf("%d series are remembered", s.Series)
			}
		}
	})
}

func check(t *testing.T, md, before pmetric.Metrics) {
	for i := range md.ResourceMetrics().Len() {
		scopes := md.ResourceMetrics().At(i).ScopeMetrics()
		for j := range scopes.Len() {
			metrics := scopes.At(j).Metrics()
			for k := before.ResourceMetrics().At(i).ScopeMetrics().At(j).Metrics().Len(); k < metrics.Len(); k++ {
				checkDerived(t, metrics.At(k))
			}
		}
	}
	removeDerived(md, before)
	assert.Equal(t, encoded(t, before), encoded(t, md))
}

func checkDerived(t *testing.T, m pmetric.Metric) {
	if inputs[m.Name()] != nil {
		t.Fatalf("%s is an input", m.Name())
	}
	points := numbersOf(m)
	if points.Len() == 0 {
		t.Fatalf("%s has no points", m.Name())
	}
	for i := range points.Len() {
		p := points.At(i)
		if v := p.DoubleValue(); p.ValueType() == pmetric.NumberDataPointValueTypeEmpty || math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%s has the value %v of the type %v", m.Name(), v, p.ValueType())
		}
	}
}

// choices turns bytes into decisions.
type choices struct {
	data  []byte
	value int64
}

func (c *choices) of(n int) int {
	if len(c.data) == 0 {
		return 0
	}
	b := c.data[0]
	c.data = c.data[1:]
	return int(b) % n
}

var (
	inputNames = append(slices.Sorted(maps.Keys(inputs)), "other")
	someKeys   = []string{"state", "direction", "device", "cpu", "type", "mode", "mountpoint", "x"}
	someValues = []string{
		"idle", "user", "system", "used", "free", "cached", "read", "write", "receive", "transmit", "page_in", "major", "sda", "",
	}
	someNumbers = []float64{0, 1, -1, 0.5, 1e17, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), math.Inf(-1)}
)

func (c *choices) batch() pmetric.Metrics {
	md := pmetric.NewMetrics()
	for range c.of(3) + 1 {
		rm := md.ResourceMetrics().AppendEmpty()
		rm.Resource().Attributes().PutInt("host", int64(c.of(2)))
		for range c.of(2) + 1 {
			sm := rm.ScopeMetrics().AppendEmpty()
			for range c.of(4) {
				c.metric(sm.Metrics().AppendEmpty())
			}
		}
	}
	return md
}

func (c *choices) metric(m pmetric.Metric) {
	m.SetName(inputNames[c.of(len(inputNames))])
	var points pmetric.NumberDataPointSlice
	switch c.of(8) {
	case 0:
		return
	case 1:
		m.SetEmptyHistogram().DataPoints().AppendEmpty()
		return
	case 2:
		m.SetEmptySummary().DataPoints().AppendEmpty()
		return
	case 3:
		points = m.SetEmptyGauge().DataPoints()
	default:
		sum := m.SetEmptySum()
		sum.SetIsMonotonic(c.of(3) > 0)
		sum.SetAggregationTemporality(pmetric.AggregationTemporality(c.of(3)))
		points = sum.DataPoints()
	}
	for range c.of(20) {
		c.point(points.AppendEmpty())
	}
}

func (c *choices) point(p pmetric.NumberDataPoint) {
	p.SetTimestamp(pcommon.Timestamp(c.of(4)))
	p.SetStartTimestamp(pcommon.Timestamp(c.of(4)))
	for range c.of(4) {
		key := someKeys[c.of(len(someKeys))]
		if c.of(10) == 0 {
			p.Attributes().PutInt(key, c.value)
		} else {
			p.Attributes().PutStr(key, someValues[c.of(len(someValues))])
		}
	}
	switch c.of(6) {
	case 0:
	case 1:
		p.SetFlags(p.Flags().WithNoRecordedValue(true))
	case 2:
		p.SetIntValue(c.value)
	case 3:
		p.SetIntValue(int64(c.of(256)))
	default:
		p.SetDoubleValue(someNumbers[c.of(len(someNumbers))])
	}
}
