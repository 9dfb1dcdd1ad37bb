package librato

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wildcard"
)

// composed is one stream of a composite, with where it comes from.
type composed struct {
	stream
	metric string // of a plain series, otherwise empty
	asked  string // the pattern of the source
}

// composition evaluates a composite over an interval.
type composition struct {
	server *server
	within interval
}

// composeSourced answers GET /v1/metrics?compose=.
func (s *server) composeSourced(c *call) (*reply, *apiError) {
	streams, within, err := s.compose(c)
	if err != nil {
		return nil, err
	}
	type row struct {
		Time  int64  `json:"measure_time"`
		Value number `json:"value"`
	}
	measurements := []any{}
	for _, one := range streams {
		series := []row{}
		for _, r := range one.rollups {
			series = append(series, row{r.time, number(r.mean())})
		}
		measurements = append(measurements, map[string]any{
			"metric": s.describe(one.metric), "source": map[string]any{"name": sourceOf(one.dimensions)},
			"query": map[string]any{"metric": one.metric, "source": one.asked}, "period": within.resolution, "series": series,
		})
	}
	return &reply{status: http.StatusOK, body: map[string]any{
		"compose": c.query.Get("compose"), "resolution": within.resolution, "measurements": measurements,
	}}, nil
}

// composeTagged answers GET /v1/measurements?compose= in the form that the vendor's
// clients show. Its documentation shows the bare list.
func (s *server) composeTagged(c *call) (*reply, *apiError) {
	streams, within, err := s.compose(c)
	if err != nil {
		return nil, err
	}
	series := []any{}
	for _, one := range streams {
		series = append(series, map[string]any{
			"metric": s.describe(one.metric), "tags": one.dimensions, "period": within.resolution,
			"query": map[string]any{"metric": one.metric}, "measurements": taggedRows(one.rollups, ""),
		})
	}
	return &reply{status: http.StatusOK, body: map[string]any{
		"compose": c.query.Get("compose"), "resolution": within.resolution, "series": series,
	}}, nil
}

func (s *server) describe(metric string) any {
	if m, ok := s.Account.Metric(metric); ok {
		return m
	}
	return map[string]any{}
}

func (s *server) compose(c *call) ([]composed, interval, *apiError) {
	refuse := func(b *broken) ([]composed, interval, *apiError) {
		return nil, interval{}, b.paramsError(http.StatusBadRequest, "")
	}
	for _, name := range []string{"compose", "start_time", "resolution"} {
		if !c.has(name) {
			return refuse(breaks(PropertyInvalid, name, "is required"))
		}
	}
	c.query.Del("count") // the vendor ignores it
	within, _, b := s.sourcedInterval(c)
	if b != nil {
		return refuse(b)
	}
	e, err := parseComposite(c.query.Get("compose"))
	if err != nil {
		return refuse(breaks(PropertyInvalid, "compose", "cannot be parsed: %v", err))
	}
	streams, err := (&composition{s, within}).evaluate(e)
	if err != nil {
		return refuse(breaks(PropertyInvalid, "compose", "%v", err))
	}
	return streams, within, nil
}

// evaluate computes the simple functions; for the others it says that it does not.
func (x *composition) evaluate(e expression) ([]composed, error) {
	switch e.function {
	case "":
		return nil, fmt.Errorf("a text or tags stand where a set of series is expected")
	case "s", "series":
		return x.series(e)
	case setFunction:
		return x.each(e.arguments)
	}
	set, err := x.each(e.arguments[:min(1, len(e.arguments))])
	if err != nil || len(set) == 0 {
		return nil, err
	}
	switch e.function {
	case "sum", "mean", "min", "max":
		return []composed{{stream: combine(streamsOf(set), e.function)}}, nil
	case "multiply":
		return []composed{{stream: fold(set, func(a, b float64) float64 { return a * b })}}, nil
	case "divide":
		return []composed{{stream: fold(set, func(a, b float64) float64 { return a / b })}}, nil
	case "derive":
		return derived(set), nil
	}
	return nil, fmt.Errorf("the function %s is not computed by this stand-in", e.function)
}

// each evaluates all and makes one flat set of them.
func (x *composition) each(all []expression) (set []composed, err error) {
	for _, e := range all {
		part, err := x.evaluate(e)
		if err != nil {
			return nil, err
		}
		set = append(set, part...)
	}
	return set, nil
}

// series reads s(metric, source or tags, options).
func (x *composition) series(e expression) ([]composed, error) {
	if len(e.arguments) < 2 || !e.arguments[0].isText {
		return nil, fmt.Errorf("series needs a metric, and a source or tags")
	}
	selector := e.arguments[1]
	match := func(d store.Dimensions) bool { return matchesPattern(sourceOf(d), selector.text) }
	if !selector.isText {
		match = func(d store.Dimensions) bool { return matchesPairs(d, selector.pairs) }
	} else if selector.text == "*" || selector.text == "%" {
		match = func(store.Dimensions) bool { return true }
	}
	metric, ok := x.server.Account.Metric(e.arguments[0].text)
	if !ok {
		return nil, nil
	}
	var found []composed
	for _, one := range x.server.streams(metric.Name, x.within, match) {
		found = append(found, composed{one, metric.Name, selector.text})
	}
	return found, nil
}

func matchesPattern(text, pattern string) bool {
	return wildcard.Match(strings.ToLower(pattern), strings.ToLower(text))
}

func matchesPairs(d store.Dimensions, pairs []pair) bool {
	for _, want := range pairs {
		value, has := d.Get(strings.ToLower(want.name))
		if !has || !matchesPattern(value, want.value) {
			return false
		}
	}
	return true
}

func streamsOf(set []composed) (streams []stream) {
	for _, one := range set {
		streams = append(streams, one.stream)
	}
	return streams
}

// fold computes at the times that all streams have; what is not finite is left out.
func fold(set []composed, compute func(a, b float64) float64) stream {
	folded := stream{}
	for _, first := range set[0].rollups {
		value, ok := first.mean(), true
		for _, other := range set[1:] {
			next, has := other.at(first.time)
			value, ok = compute(value, next), ok && has
		}
		if v := store.Double(value); ok && v.IsFinite() {
			r := rollup{time: first.time}
			r.add(v)
			folded.rollups = append(folded.rollups, r)
		}
	}
	return folded
}

func (s stream) at(time int64) (float64, bool) {
	for i := range s.rollups {
		if s.rollups[i].time == time {
			return s.rollups[i].mean(), true
		}
	}
	return 0, false
}

// derived is the change of each stream from one time to the next.
func derived(set []composed) []composed {
	for i := range set {
		var rollups []rollup
		for j := 1; j < len(set[i].rollups); j++ {
			before, now := set[i].rollups[j-1], set[i].rollups[j]
			r := rollup{time: now.time}
			r.add(store.Double(now.mean() - before.mean()))
			rollups = append(rollups, r)
		}
		set[i].rollups = rollups
	}
	return set
}
