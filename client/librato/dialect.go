package librato

// Dialect is one of the two forms that a measurement has on the wire.
type Dialect uint8

const (
	// TagDialect gives a measurement a map of tags: POST /v1/measurements.
	TagDialect Dialect = iota
	// SourceDialect gives a measurement at most one source: POST /v1/metrics.
	SourceDialect
)

var dialectNames = [...]string{"tags", "sources"}

// String returns "tags" or "sources".
func (d Dialect) String() string { return dialectNames[d] }

// route is the path of submissions below the API's version.
func (d Dialect) route() string {
	if d == SourceDialect {
		return "metrics"
	}
	return "measurements"
}

// timeMember opens the member that holds a measurement's time.
func (d Dialect) timeMember() string {
	if d == SourceDialect {
		return `,"measure_time":`
	}
	return `,"time":`
}

// List is a list of measurements in a request body. It belongs to one dialect.
type List uint8

const (
	// Measurements of the tag dialect.
	Measurements List = iota
	// Gauges of the source dialect.
	Gauges
	// Counters of the source dialect: running totals, not negative, whose fall to
	// a smaller value starts a new run. The service derives the differences.
	Counters
)

// Dialect returns the dialect that the list belongs to.
func (l List) Dialect() Dialect {
	if l == Measurements {
		return TagDialect
	}
	return SourceDialect
}

// member opens the list in a body.
func (l List) member() string {
	switch l {
	case Gauges:
		return `"gauges":[`
	case Counters:
		return `"counters":[`
	default:
		return `"measurements":[`
	}
}
