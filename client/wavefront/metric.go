package wavefront

import "fmt"

// A metric line:
//
//	"name" value [timestamp] source="src" {"key"="value"} LF
//
// A reader takes what follows the value for a timestamp when it begins with a digit,
// and key=value pairs in any order after it. The source is one of the pairs.

// Metric is a metric or delta counter.
type Metric struct {
	Name  string
	Value float64
	// Timestamp is the Unix time in seconds; 0 leaves it to the reader, who takes the
	// time of arrival. Readers also tell milliseconds, microseconds and nanoseconds
	// by the number of digits.
	Timestamp int64
	Source    string
	Tags      []Tag
}

// AppendMetric appends a metric line. A name that begins with a delta sign makes a delta counter of it.
func (e *Encoder) AppendMetric(dst []byte, m *Metric) ([]byte, Change, error) {
	if hasDelta(m.Name) {
		return e.AppendDelta(dst, m)
	}
	begin := len(dst)
	dst, change, err := e.AppendName(dst, m.Name)
	if err != nil {
		return dst, 0, err
	}
	return e.finishMetric(dst, begin, m, change)
}

// finishMetric appends what follows the name, or takes the line back.
func (e *Encoder) finishMetric(dst []byte, begin int, m *Metric, change Change) ([]byte, Change, error) {
	if !finite(m.Value) {
		return dst[:begin], 0, fmt.Errorf("metric %q: %w", m.Name, NotFinite)
	}
	if m.Timestamp < 0 {
		return dst[:begin], 0, fmt.Errorf("metric %q: %w", m.Name, BadTime)
	}
	dst = AppendFloat(append(dst, ' '), m.Value)
	dst = AppendTimestamp(dst, m.Timestamp)
	dst, more, err := e.appendSourceAndTags(dst, m.Source, m.Tags)
	if err != nil {
		return dst[:begin], 0, fmt.Errorf("metric %q: %w", m.Name, err)
	}
	return append(dst, '\n'), change | more, nil
}

func (e *Encoder) appendSourceAndTags(dst []byte, source string, tags []Tag) ([]byte, Change, error) {
	dst, change, err := e.sourceOr(dst, source)
	if err != nil {
		return dst, 0, err
	}
	dst, more, err := e.appendTags(dst, tags, e.Limits.PointTags, e.AppendTag)
	return dst, change | more, err
}
