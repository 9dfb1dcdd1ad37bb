package derive

const (
	filesystemUsed parts = 1 << iota
	filesystemFree
)

var filesystemParts = map[string]parts{"used": filesystemUsed, "free": filesystemFree}

// filesystemUsage gives disk.utilization of each mount. Like df, it leaves out what is
// reserved for root.
var filesystemUsage = aggregation{
	name:    "disk.utilization",
	accepts: isLevel,
	without: []string{"state"},
	by:      "state",
	parts:   filesystemParts,
	needs:   filesystemUsed | filesystemFree,
	closed:  true,
	derive: func(w *writer, r *result) {
		used := sum(r.points, filesystemUsed).float()
		w.percent(r, "disk.utilization", used, used+sum(r.points, filesystemFree).float())
	},
}

// filesystemSummary gives disk.summary_utilization of the host. A device that is mounted
// more than once counts once: its mounts are averaged.
var filesystemSummary = aggregation{
	name:    "disk.summary_utilization",
	accepts: isLevel,
	without: []string{"state", "mode", "mountpoint", "device", "type"},
	within:  []string{"device", "type"},
	by:      "state",
	parts:   filesystemParts,
	needs:   filesystemUsed | filesystemFree,
	derive: func(w *writer, r *result) {
		used := sumOfMeans(w, r.points, filesystemUsed)
		w.percent(r, "disk.summary_utilization", used, used+sumOfMeans(w, r.points, filesystemFree))
	},
}

// mean is a subset's running mean.
type mean struct{ sum, n float64 }

// sumOfMeans adds the means of the subsets, in the order in which they came.
func sumOfMeans(w *writer, points []point, of parts) (total float64) {
	clear(w.subsets)
	w.means = w.means[:0]
	for i := range points {
		pt := &points[i]
		if pt.part != of {
			continue
		}
		m, ok := w.subsets[pt.within]
		if !ok {
			m = len(w.means)
			w.subsets[pt.within] = m
			w.means = append(w.means, mean{})
		}
		w.means[m].sum += pt.value.float()
		w.means[m].n++
	}
	for _, m := range w.means {
		total += m.sum / m.n
	}
	return total
}
