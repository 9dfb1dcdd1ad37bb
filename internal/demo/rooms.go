package demo

import "strings"

// room is what the demo expects at one vendor of the stand-in.
type room struct {
	vendor     string   // as the stand-in's API spells it
	title      string   // as the vendor spells it
	prefixes   []string // of the metrics that come from this host
	minMetrics int      // how many different ones must have arrived
}

// The host metrics receiver names all its metrics system.*; the other names are what the signalfx exporter derives from them.
var rooms = []room{
	{
		vendor: "signalfx", title: "SignalFx", minMetrics: 5,
		prefixes: []string{"system.", "cpu.", "memory.", "disk.", "disk_ops.", "network.", "vmpage_io."},
	},
	{vendor: "wavefront", title: "Wavefront", minMetrics: 5, prefixes: []string{"system."}},
	{vendor: "librato", title: "Librato and AppOptics", minMetrics: 5, prefixes: []string{"system."}},
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

func (r *room) isHostMetric(metric string) bool {
	for _, prefix := range r.prefixes {
		if strings.HasPrefix(metric, prefix) {
			return true
		}
	}
	return false
}
