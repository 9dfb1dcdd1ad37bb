package red

import (
	"strings"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
)

// Options say what is derived.
type Options struct {
	// Rules say what the application tags and the source of a span are.
	Rules *translate.SpanRules
	// Tags lists attributes of spans and resources that become tags.
	Tags []string
	// MaxSeries is the number of operations, told apart by all tags, between two reports.
	MaxSeries int
}

// Aggregator adds spans up until they are reported. It is safe for concurrent use.
type Aggregator struct {
	options *Options
	mu      sync.Mutex // guards what follows
	series  map[operation]*totals
}

// operation is what tells the derived series apart: what a span does, where, and how.
type operation struct {
	application, service, cluster, shard, name, component, source, kind, status string

	custom string // the values of Options.Tags, each with a separator behind it
}

const separator = "\x00"

// totals are what the spans of an operation add up to.
type totals struct {
	calls, errors, micros uint64
	good, failed          durations
}

// New returns an empty aggregator.
func New(o *Options) *Aggregator {
	return &Aggregator{options: o, series: make(map[operation]*totals)}
}

// Series is the number of operations that were seen since the last report.
func (a *Aggregator) Series() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.series)
}

// Add adds the spans of a batch, and returns how many were left out because there are
// too many operations.
func (a *Aggregator) Add(td ptrace.Traces) (leftOut int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		for j := range rs.ScopeSpans().Len() {
			spans := rs.ScopeSpans().At(j).Spans()
			for k := range spans.Len() {
				if !a.add(spans.At(k), rs.Resource().Attributes()) {
					leftOut++
				}
			}
		}
	}
	return leftOut
}

func (a *Aggregator) add(s ptrace.Span, resource pcommon.Map) bool {
	t := a.totalsOf(a.operationOf(s, resource))
	if t == nil {
		return false
	}
	micros := uint64(0)
	if s.EndTimestamp() > s.StartTimestamp() {
		micros = uint64(s.EndTimestamp()-s.StartTimestamp()) / 1e3
	}
	t.calls++
	t.micros += micros
	if isError(s) {
		t.errors++
		t.failed.add(micros)
	} else {
		t.good.add(micros)
	}
	return true
}

// totalsOf returns the totals of an operation, or nil when there is no room for one more.
func (a *Aggregator) totalsOf(o operation) *totals {
	t := a.series[o]
	if t == nil && len(a.series) < a.options.MaxSeries {
		t = new(totals)
		a.series[o.clone()] = t
	}
	return t
}

func isError(s ptrace.Span) bool {
	if s.Status().Code() == ptrace.StatusCodeError {
		return true
	}
	v, ok := s.Attributes().Get("error")
	return ok && v.AsString() == "true"
}

func (a *Aggregator) operationOf(s ptrace.Span, resource pcommon.Map) operation {
	tags := a.options.Rules.ApplicationTags(s.Attributes(), resource)
	o := operation{
		application: tags[0], service: tags[1], cluster: tags[2], shard: tags[3],
		name:      s.Name(),
		component: textOr(translate.NoTagValue, "component", s.Attributes(), resource),
		source:    a.options.Rules.Sources.Of(s.Attributes(), resource),
		kind:      translate.KindText(s.Kind()),
		status:    textOr("", "http.status_code", s.Attributes()),
	}
	if o.status == "" {
		o.status = textOr("", "http.response.status_code", s.Attributes())
	}
	for _, key := range a.options.Tags {
		text := textOr("", key, s.Attributes(), resource)
		o.custom += strings.ReplaceAll(text, separator, " ") + separator // lines have a space for it, too
	}
	return o
}

// textOr returns the text of an attribute in the first map that has it.
func textOr(otherwise, key string, maps ...pcommon.Map) string {
	for _, m := range maps {
		if v, ok := m.Get(key); ok && v.AsString() != "" {
			return v.AsString()
		}
	}
	return otherwise
}

// clone copies the texts: those of a batch would pin its memory.
func (o operation) clone() operation {
	for _, text := range []*string{&o.application, &o.service, &o.cluster, &o.shard, &o.name, &o.component, &o.source, &o.kind, &o.status, &o.custom} {
		*text = strings.Clone(*text)
	}
	return o
}

// Merge adds what another aggregator of the same options holds, which must not be used
// any more, and returns how many spans were left out.
func (a *Aggregator) Merge(from *Aggregator) (leftOut int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for o, more := range from.series {
		t := a.totalsOf(o)
		if t == nil {
			leftOut += int(more.calls)
			continue
		}
		t.calls += more.calls
		t.errors += more.errors
		t.micros += more.micros
		t.good.merge(&more.good)
		t.failed.merge(&more.failed)
	}
	return leftOut
}
