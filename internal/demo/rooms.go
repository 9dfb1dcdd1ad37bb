package demo

import (
	"slices"
	"strings"
)

// room is what the demo expects at one vendor of the stand-in.
type room struct {
	vendor     string   // as the stand-in's API spells it
	title      string   // as the vendor spells it
	prefixes   []string // of the metrics that come from this host
	minMetrics int      // how many different ones must have arrived
	metrics    []string // what else must have arrived
	dimensions []string // of each some series must have arrived
	events     bool     // some must have arrived: the program's deploys
	spans      bool     // likewise, the program's requests
}

// The host metrics receiver names all its metrics system.*; the other names are what the signalfx exporter derives from them.
var rooms = []room{
	{
		vendor: "signalfx", title: "SignalFx", minMetrics: 5, events: true, spans: true,
		prefixes: []string{"system.", "cpu.", "memory.", "disk.", "disk_ops.", "network.", "vmpage_io."},
	},
	{vendor: "wavefront", title: "Wavefront", minMetrics: 5, prefixes: []string{"system."}, events: true, spans: true},
	{
		vendor: "librato", title: "Librato and AppOptics", minMetrics: 5, prefixes: []string{"system."}, events: true,
		metrics:    []string{"span.duration"},       // what spans are summed up to
		dimensions: []string{"host.name", "source"}, // of the dialect with tags, and of that with sources
	},
}

// hostMetrics returns the names of the metrics of this host among series, each once.
func (r *room) hostMetrics(all []series) map[string]bool {
	names := map[string]bool{}
	for i := range all {
		if r.isHostMetric(all[i].Metric) {
			names[all[i].Metric] = true
		}
	}
	return names
}

// missing returns what else should have arrived, but has not.
func (a *arrival) missing() (what []string) {
	has := func(holds func(*series) bool) bool {
		return slices.ContainsFunc(a.series, func(s series) bool { return holds(&s) })
	}
	for _, metric := range a.room.metrics {
		if !has(func(s *series) bool { return s.Metric == metric }) {
			what = append(what, "metric "+metric)
		}
	}
	for _, key := range a.room.dimensions {
		if !has(func(s *series) bool { return s.Dimensions[key] != "" }) {
			what = append(what, "series with the dimension "+key)
		}
	}
	if a.room.events && a.traffic.Events == 0 {
		what = append(what, "event")
	}
	if a.room.spans && a.traffic.Spans == 0 {
		what = append(what, "span")
	}
	return what
}

func (r *room) isHostMetric(metric string) bool {
	for _, prefix := range r.prefixes {
		if strings.HasPrefix(metric, prefix) {
			return true
		}
	}
	return false
}
