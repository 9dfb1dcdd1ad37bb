package spans

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Keys of the attributes that tell series apart.
const (
	ServiceKey = "service.name"
	NameKey    = "span.name"
	KindKey    = "span.kind"
	StatusKey  = "status.code"
)

// Options say what the metrics are.
type Options struct {
	// DurationMetric is in seconds, ErrorMetric a number of spans.
	DurationMetric, ErrorMetric string
	// Attributes of spans, or else of their resources, tell series apart as well.
	Attributes []string
	// MaxSeries bounds the series of one period.
	MaxSeries int
}

// Aggregator sums up spans. It is safe for concurrent use.
type Aggregator struct {
	options Options

	mu        sync.Mutex // guards what follows
	durations map[string]*duration
	errors    map[string]*errorCount
	since     time.Time
	sent      int64  // Unix seconds of the last sums
	key       []byte // scratch
}

type duration struct {
	labels        labels
	status        ptrace.StatusCode
	count         uint64
	sum, min, max float64
}

type errorCount struct {
	labels labels
	count  int64
}

// labels identify a series but for its status.
type labels struct {
	service, name string
	kind          ptrace.SpanKind
	more          []string // values of Options.Attributes
}

// New returns an aggregator that has seen nothing since the given time.
func New(o Options, since time.Time) *Aggregator {
	return &Aggregator{options: o, since: since, durations: map[string]*duration{}, errors: map[string]*errorCount{}}
}

// Add sums up a batch. It returns how many series that began, and how many spans were
// left out because they would have been a series too many.
func (a *Aggregator) Add(td ptrace.Traces) (added, dropped int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := len(a.durations)
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		resource := rs.Resource().Attributes()
		for j := range rs.ScopeSpans().Len() {
			list := rs.ScopeSpans().At(j).Spans()
			for k := range list.Len() {
				if !a.add(resource, list.At(k)) {
					dropped++
				}
			}
		}
	}
	return len(a.durations) - before, dropped
}

func (a *Aggregator) add(resource pcommon.Map, s ptrace.Span) bool {
	a.key = append(a.key[:0], byte(s.Kind()))
	a.key = appendText(a.key, text(resource, ServiceKey))
	a.key = appendText(a.key, s.Name())
	for _, key := range a.options.Attributes {
		a.key = appendText(a.key, attribute(resource, s, key))
	}
	unit := len(a.key) // so much is the series of errors, which has no status
	a.key = append(a.key, byte(s.Status().Code()))
	d := a.durations[string(a.key)]
	if d == nil {
		if len(a.durations) >= a.options.MaxSeries {
			return false
		}
		d = &duration{labels: a.labelsOf(resource, s), status: s.Status().Code()}
		a.durations[string(a.key)] = d
	}
	e := a.errors[string(a.key[:unit])]
	if e == nil {
		e = &errorCount{labels: d.labels}
		a.errors[string(a.key[:unit])] = e
	}
	d.add(seconds(s))
	if s.Status().Code() == ptrace.StatusCodeError {
		e.count++
	}
	return true
}

func (d *duration) add(v float64) {
	if d.count == 0 {
		d.min, d.max = v, v
	}
	d.count++
	d.sum += v
	d.min, d.max = min(d.min, v), max(d.max, v)
}

// seconds is how long a span took; one that ends before it begins took no time.
func seconds(s ptrace.Span) float64 {
	if s.EndTimestamp() < s.StartTimestamp() {
		return 0
	}
	return float64(s.EndTimestamp()-s.StartTimestamp()) / float64(time.Second)
}

// appendText appends a text so that no other texts in a row give the same key.
func appendText(key []byte, text string) []byte {
	return append(binary.AppendUvarint(key, uint64(len(text))), text...)
}

// labelsOf copies what the batch's memory holds.
func (a *Aggregator) labelsOf(resource pcommon.Map, s ptrace.Span) labels {
	l := labels{service: strings.Clone(text(resource, ServiceKey)), name: strings.Clone(s.Name()), kind: s.Kind()}
	for _, key := range a.options.Attributes {
		l.more = append(l.more, strings.Clone(attribute(resource, s, key)))
	}
	return l
}

// attribute is that of the span, or else of its resource.
func attribute(resource pcommon.Map, s ptrace.Span, key string) string {
	if value := text(s.Attributes(), key); value != "" {
		return value
	}
	return text(resource, key)
}

func text(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok {
		return v.AsString()
	}
	return ""
}

// Flush returns what was summed up since the last flush, in a fixed order, and of how
// many series. It begins the next period. Measurements have a resolution of a second, so
// sums of the same second as the last ones, as at shutdown, are of the next.
func (a *Aggregator) Flush(now time.Time) (md pmetric.Metrics, series int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	durations, errors, since := a.durations, a.errors, a.since
	a.durations, a.errors, a.since = map[string]*duration{}, map[string]*errorCount{}, now
	md = pmetric.NewMetrics()
	if len(durations) == 0 {
		return md, 0
	}
	if now.Unix() <= a.sent {
		now = time.Unix(a.sent+1, 0)
	}
	a.sent = now.Unix()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	period := [2]pcommon.Timestamp{pcommon.NewTimestampFromTime(since), pcommon.NewTimestampFromTime(now)}
	a.appendDurations(metrics.AppendEmpty(), durations, period)
	a.appendErrors(metrics.AppendEmpty(), errors, period)
	return md, len(durations)
}

func (a *Aggregator) appendDurations(m pmetric.Metric, durations map[string]*duration, period [2]pcommon.Timestamp) {
	m.SetName(a.options.DurationMetric)
	m.SetUnit("s")
	m.SetDescription("Durations of spans.")
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	for _, key := range slices.Sorted(maps.Keys(durations)) {
		d := durations[key]
		p := h.DataPoints().AppendEmpty()
		p.SetStartTimestamp(period[0])
		p.SetTimestamp(period[1])
		p.SetCount(d.count)
		p.SetSum(d.sum)
		p.SetMin(d.min)
		p.SetMax(d.max)
		a.describe(p.Attributes(), &d.labels)
		p.Attributes().PutStr(StatusKey, strings.ToLower(d.status.String()))
	}
}

func (a *Aggregator) appendErrors(m pmetric.Metric, errors map[string]*errorCount, period [2]pcommon.Timestamp) {
	m.SetName(a.options.ErrorMetric)
	m.SetUnit("{span}")
	m.SetDescription("Spans that ended in an error.")
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	for _, key := range slices.Sorted(maps.Keys(errors)) {
		e := errors[key]
		p := sum.DataPoints().AppendEmpty()
		p.SetStartTimestamp(period[0])
		p.SetTimestamp(period[1])
		p.SetIntValue(e.count)
		a.describe(p.Attributes(), &e.labels)
	}
}

// describe sets what identifies a series; what is empty is left out.
func (a *Aggregator) describe(to pcommon.Map, l *labels) {
	put := func(key, value string) {
		if value != "" {
			to.PutStr(key, value)
		}
	}
	put(ServiceKey, l.service)
	put(NameKey, l.name)
	put(KindKey, strings.ToLower(l.kind.String()))
	for i, key := range a.options.Attributes {
		put(key, l.more[i])
	}
}
