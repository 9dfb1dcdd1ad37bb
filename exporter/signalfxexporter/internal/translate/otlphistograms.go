package translate

import (
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// otlpHistograms encodes histograms as OTLP requests for the vendor's datapoint
// endpoint. Every item is one ResourceMetrics with one point, so that a request is
// items one after the other, and can be cut between any two of them.
type otlpHistograms struct {
	builder parts.Builder
	rules   *MetricRules
	counts  *Counts

	resource pcommon.Resource // the current one, with its limits applied
	// item is the message that is filled again for every point.
	item   pmetric.Metrics
	metric pmetric.Metric
	scope  pcommon.InstrumentationScope
}

func newOTLPHistograms(rules *MetricRules, counts *Counts) *otlpHistograms {
	o := &otlpHistograms{rules: rules, counts: counts, resource: pcommon.NewResource(), item: pmetric.NewMetrics()}
	sm := o.item.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	o.scope, o.metric = sm.Scope(), sm.Metrics().AppendEmpty()
	return o
}

// setResource takes over a resource: without the token, with the host's id and the static dimensions.
func (o *otlpHistograms) setResource(r pcommon.Resource) {
	attrs := o.resource.Attributes()
	attrs.Clear()
	for _, key := range slices.Sorted(maps.Keys(o.rules.Static)) {
		attrs.PutStr(key, o.rules.Static[key])
	}
	if id, ok := cloudIDOf(r.Attributes()); ok {
		attrs.PutStr(id.Key, id.Value)
	}
	for _, key := range slices.Sorted(maps.Keys(o.rules.Dimensions.priority)) {
		if value, ok := r.Attributes().Get(key); ok {
			o.take(attrs, key, value)
		}
	}
	for key, value := range r.Attributes().All() {
		o.take(attrs, key, value)
	}
	repairMap(attrs, o.counts)
}

// take copies an attribute that is not there yet.
func (o *otlpHistograms) take(attrs pcommon.Map, key string, value pcommon.Value) {
	if _, taken := attrs.Get(key); !taken && !isControl(key) && o.fits(key, value) {
		value.CopyTo(attrs.PutEmpty(key))
	}
}

// fits reports whether an attribute keeps the limits of dimensions, and counts it if not.
func (o *otlpHistograms) fits(key string, value pcommon.Value) bool {
	switch {
	case key == "" || value.Type() == pcommon.ValueTypeEmpty || value.Type() == pcommon.ValueTypeStr && value.Str() == "":
		o.counts.Changed[DimensionEmpty]++
	case longer(key, signalfx.MaxDimensionKeyLength):
		o.counts.Changed[KeyTooLong]++
	case value.Type() == pcommon.ValueTypeStr && longer(value.Str(), signalfx.MaxDimensionValueLength):
		o.counts.Changed[ValueTooLong]++
	default:
		return true
	}
	return false
}

// setMetric takes over what the points of a metric share.
func (o *otlpHistograms) setMetric(m pmetric.Metric, scope pcommon.InstrumentationScope) {
	scope.CopyTo(o.scope)
	repairScope(o.scope, o.counts)
	o.metric.SetName(repaired(m.Name(), nil)) // counted when the name was resolved
	o.metric.SetUnit(repaired(m.Unit(), o.counts))
	o.metric.SetDescription(repaired(m.Description(), o.counts))
	temporality := pmetric.AggregationTemporalityCumulative
	switch m.Type() {
	case pmetric.MetricTypeHistogram:
		temporality = m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		temporality = m.ExponentialHistogram().AggregationTemporality()
	}
	o.metric.SetEmptyHistogram().SetAggregationTemporality(temporality)
}

// append encodes a point whose histogram is d.
func (o *otlpHistograms) append(attributes pcommon.Map, start, at pcommon.Timestamp, d *distribution) (Reason, bool) {
	points := o.metric.Histogram().DataPoints()
	points.RemoveIf(func(pmetric.HistogramDataPoint) bool { return true })
	p := points.AppendEmpty()
	for key, value := range attributes.All() {
		if _, overridden := o.rules.Static[key]; overridden {
			o.counts.Changed[DimensionRepeated]++
			continue
		}
		if !isControl(key) && o.fits(key, value) {
			value.CopyTo(p.Attributes().PutEmpty(key))
		}
	}
	repairMap(p.Attributes(), o.counts)
	if p.Attributes().Len() > signalfx.MaxDimensions {
		return TooManyDimensions, false
	}
	o.fillResource(p.Attributes())
	p.SetStartTimestamp(start)
	p.SetTimestamp(at)
	o.fillValues(p, d)
	message, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(o.item)
	if err != nil {
		return TooLarge, false
	}
	o.builder.Body = append(o.builder.Body, message...)
	return 0, true
}

// fillResource copies of the resource what the point leaves room for, and does not override.
func (o *otlpHistograms) fillResource(point pcommon.Map) {
	to := o.item.ResourceMetrics().At(0).Resource().Attributes()
	to.Clear()
	for key, value := range o.resource.Attributes().All() {
		if _, overridden := point.Get(key); overridden {
			o.counts.Changed[DimensionRepeated]++
			continue
		}
		if to.Len()+point.Len() >= signalfx.MaxDimensions {
			o.counts.Changed[DimensionOverflow]++
			continue
		}
		value.CopyTo(to.PutEmpty(key))
	}
}

func (o *otlpHistograms) fillValues(p pmetric.HistogramDataPoint, d *distribution) {
	p.SetCount(d.count)
	set := func(has bool, v float64, to func(float64)) {
		if has && isFinite(v) {
			to(v)
		} else if has {
			o.counts.Changed[FieldNotFinite]++
		}
	}
	set(d.hasSum, d.sum, p.SetSum)
	set(d.hasMin, d.min, p.SetMin)
	set(d.hasMax, d.max, p.SetMax)
	if len(d.counts) == 0 {
		return
	}
	if !d.consistent() {
		o.counts.Changed[BucketsMismatched]++
		return
	}
	x := *d.explicit
	if len(x.counts) > signalfx.MaxHistogramBuckets {
		o.counts.Changed[BucketsMerged]++
		x = x.limited(signalfx.MaxHistogramBuckets)
	}
	p.ExplicitBounds().FromRaw(x.bounds)
	p.BucketCounts().FromRaw(x.counts)
}

// limited merges neighboring buckets, as evenly as possible, so that at most n are left.
func (x explicit) limited(n int) explicit {
	var out explicit
	have := len(x.counts)
	next := 0
	for i := range n {
		end := (i + 1) * have / n // buckets up to here go into bucket i
		sum := uint64(0)
		for ; next < end; next++ {
			sum += x.counts[next]
		}
		out.counts = append(out.counts, sum)
		if end < have {
			out.bounds = append(out.bounds, x.bounds[end-1])
		}
	}
	return out
}
