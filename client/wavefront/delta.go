package wavefront

import "fmt"

// A delta counter is a metric line whose name begins with a delta sign, and
// whose value is above zero:
//
//	"∆name" value [timestamp] source="src" {"key"="value"} LF
//
// The service adds up what arrives for one minute. It takes no line whose timestamp
// is more than 15 minutes old; without one it counts for the minute of arrival.

// AppendDelta appends a delta counter line. A value that is not above zero is
// refused with NotPositive: readers would discard it.
func (e *Encoder) AppendDelta(dst []byte, m *Metric) ([]byte, Change, error) {
	if m.Value <= 0 {
		return dst, 0, fmt.Errorf("delta counter %q: %w", m.Name, NotPositive)
	}
	begin := len(dst)
	dst, change, err := e.AppendDeltaName(dst, m.Name)
	if err != nil {
		return dst, 0, err
	}
	return e.finishMetric(dst, begin, m, change)
}
