package red

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Names of the vendor's proxies.
const (
	prefix       = "tracing.derived."
	callsSuffix  = ".invocation.count"
	errorsSuffix = ".error.count"
	microsSuffix = ".duration.micros"
	totalSuffix  = ".total_time.millis.count"
	heartbeat    = "~component.heartbeat"

	// heartbeatComponent is the component of the heartbeat that says where spans come from.
	heartbeatComponent = "otlp"
)

// Report returns what the spans since the last report add up to, and starts anew. An
// attribute "source" holds the source of a point.
func (a *Aggregator) Report(at time.Time) pmetric.Metrics {
	a.mu.Lock()
	series := a.series
	a.series = make(map[operation]*totals)
	a.mu.Unlock()

	md := pmetric.NewMetrics()
	if len(series) == 0 {
		return md
	}
	r := report{keys: a.options.Tags, at: pcommon.NewTimestampFromTime(at), to: md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()}
	for _, o := range slices.SortedFunc(maps.Keys(series), operation.compare) {
		r.operation(&o, series[o])
	}
	r.heartbeats(series)
	return md
}

// compare gives reports a fixed order.
func (o operation) compare(p operation) int {
	return cmp.Or(
		cmp.Compare(o.application, p.application), cmp.Compare(o.service, p.service), cmp.Compare(o.name, p.name),
		cmp.Compare(o.cluster, p.cluster), cmp.Compare(o.shard, p.shard), cmp.Compare(o.component, p.component),
		cmp.Compare(o.source, p.source), cmp.Compare(o.kind, p.kind), cmp.Compare(o.status, p.status), cmp.Compare(o.custom, p.custom))
}

type report struct {
	keys []string
	at   pcommon.Timestamp
	to   pmetric.MetricSlice
}

func (r *report) operation(o *operation, t *totals) {
	name := prefix + o.application + "." + o.service + "." + o.name
	r.counter(name+callsSuffix, o, t.calls)
	r.counter(name+errorsSuffix, o, t.errors)
	r.counter(name+totalSuffix, o, t.micros/1000)
	r.histogram(name+microsSuffix, o, &t.good, false)
	r.histogram(name+microsSuffix, o, &t.failed, true)
}

func (r *report) counter(name string, o *operation, n uint64) {
	if n == 0 {
		return
	}
	m := r.to.AppendEmpty()
	m.SetName(name)
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	p := sum.DataPoints().AppendEmpty()
	p.SetTimestamp(r.at)
	p.SetIntValue(int64(n))
	r.tag(p.Attributes(), o)
}

func (r *report) histogram(name string, o *operation, d *durations, failed bool) {
	if d.count == 0 {
		return
	}
	m := r.to.AppendEmpty()
	m.SetName(name)
	h := m.SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	p := h.DataPoints().AppendEmpty()
	p.SetTimestamp(r.at)
	d.writeTo(p)
	r.tag(p.Attributes(), o)
	if failed {
		p.Attributes().PutStr("error", "true")
	}
}

// tag sets the tags of an operation.
func (r *report) tag(to pcommon.Map, o *operation) {
	r.tagComponent(to, o)
	put(to, "operationName", o.name)
	put(to, "source", o.source)
	put(to, "http.status_code", o.status)
}

// tagComponent sets the tags that say who the operation belongs to.
func (r *report) tagComponent(to pcommon.Map, o *operation) {
	put(to, "application", o.application)
	put(to, "service", o.service)
	put(to, "cluster", o.cluster)
	put(to, "shard", o.shard)
	put(to, "component", o.component)
	put(to, "span.kind", o.kind)
	custom := strings.Split(o.custom, separator)
	for i, key := range r.keys {
		put(to, key, custom[i])
	}
}

func put(to pcommon.Map, key, value string) {
	if value != "" {
		to.PutStr(key, value)
	}
}

// heartbeats says which components are alive: once for each, and once for their service.
func (r *report) heartbeats(series map[operation]*totals) {
	alive := make(map[operation]struct{})
	for o := range series {
		o.name, o.status = "", ""
		alive[o] = struct{}{}
		o.component = heartbeatComponent
		alive[o] = struct{}{}
	}
	m := r.to.AppendEmpty()
	m.SetName(heartbeat)
	points := m.SetEmptyGauge().DataPoints()
	for _, o := range slices.SortedFunc(maps.Keys(alive), operation.compare) {
		p := points.AppendEmpty()
		p.SetTimestamp(r.at)
		p.SetDoubleValue(1)
		r.tagComponent(p.Attributes(), &o)
		put(p.Attributes(), "source", o.source)
	}
}
