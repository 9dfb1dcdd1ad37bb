package derive

import "go.opentelemetry.io/collector/pdata/pmetric"

// inputs holds the rules of every metric that something is derived from.
var inputs = map[string]*input{
	"system.cpu.time":                {aggregations: []*aggregation{&cpuTime}},
	"system.cpu.logical.count":       {accepts: isLevel, each: cpuCount},
	"container.cpu.time":             {accepts: isNumeric, each: containerCPU},
	"process.cpu.time":               {aggregations: []*aggregation{&processCPU}},
	"system.memory.usage":            {aggregations: []*aggregation{&memoryUsage}},
	"system.paging.operations":       {accepts: isNumeric, each: pagingOperations},
	"system.filesystem.usage":        {aggregations: []*aggregation{&filesystemUsage, &filesystemSummary}},
	"system.disk.io":                 {aggregations: []*aggregation{&diskIO}},
	"system.disk.operations":         {aggregations: []*aggregation{&diskOperations, &diskOperationsRate}},
	"system.disk.pending_operations": {aggregations: []*aggregation{&diskPending}},
	"system.network.packets":         {aggregations: []*aggregation{&networkPackets}},
	"system.network.io":              {aggregations: []*aggregation{&networkIO, &networkTotal}},
}

// input is what is derived from a metric: from each of its points, or from sets of them.
type input struct {
	accepts func(pmetric.Metric) bool
	each    func(*writer, *result, pmetric.NumberDataPoint)

	aggregations []*aggregation
}

// aggregation is the rule of one kind of set.
type aggregation struct {
	// name tells the series of rules with the same input apart.
	name    string
	accepts func(pmetric.Metric) bool
	// without are the attributes that are aggregated away, within those of them that
	// form the subsets that averages are taken over.
	without, within []string

	// by is the attribute whose value makes a point one of the parts; points of other
	// values are the part otherwise, if there is one. Without it, all points are partAny.
	by        string
	parts     map[string]parts
	otherwise parts

	// needs are the parts without which nothing is derived; if closed, they are all there are.
	needs  parts
	closed bool

	// base is what the next set's difference is taken from; nil if no difference is taken.
	base   func([]point) base
	derive func(*writer, *result)
}

// parts is a set of the roles that points have in a formula.
type parts uint16

const partAny parts = 1

func (p parts) has(all parts) bool { return p&all == all }

// base is what a series remembers of its newest set's values.
type base [2]uint64

// numbersOf returns the points of gauges and sums.
func numbersOf(m pmetric.Metric) pmetric.NumberDataPointSlice {
	if m.Type() == pmetric.MetricTypeGauge {
		return m.Gauge().DataPoints()
	}
	return m.Sum().DataPoints()
}

func isNumeric(m pmetric.Metric) bool {
	return m.Type() == pmetric.MetricTypeGauge || m.Type() == pmetric.MetricTypeSum
}

// isLevel reports whether the values can go down: gauges, and sums that are not monotonic.
func isLevel(m pmetric.Metric) bool {
	return m.Type() == pmetric.MetricTypeGauge || m.Type() == pmetric.MetricTypeSum &&
		!m.Sum().IsMonotonic() && m.Sum().AggregationTemporality() != pmetric.AggregationTemporalityDelta
}

// isCumulative reports whether the values are running totals. As in the whole
// exporter, an unspecified temporality counts as cumulative.
func isCumulative(m pmetric.Metric) bool {
	return m.Type() == pmetric.MetricTypeSum &&
		m.Sum().IsMonotonic() && m.Sum().AggregationTemporality() != pmetric.AggregationTemporalityDelta
}
