package librato

import (
	"math"
	"strconv"
)

// Measurements are appended to a buffer, each with a comma in front, so that any
// run of them, and any half of a run, is what a Frame expects:
//
//	measurement = "," "{" name *property sample [time] [origin] "}"
//	sample      = "value" / "count" "sum" ["min"] ["max"] ["last"] ["stddev"] ["sum_squares"]
//	time        = "time" (tag dialect) / "measure_time" (source dialect)
//	origin      = "tags" (tag dialect) / "source" (source dialect)
//
// The head (name and properties) and the origin are encoded once and copied.

// AppendHead appends what begins every measurement of a metric: its name, which
// must be legal already, and what the service is told when it creates the metric.
func AppendHead[S ~string | ~[]byte](dst []byte, name S, p *Properties) []byte {
	dst = appendString(append(dst, `,{"name":`...), name)
	return p.append(dst)
}

// AppendTag appends one tag in the form that the tag dialect's measurements copy.
// Name and value must be legal already; each name may occur once in a measurement.
func AppendTag[N, V ~string | ~[]byte](dst []byte, name N, value V) []byte {
	dst = appendString(append(dst, ','), name)
	return appendString(append(dst, ':'), value)
}

// AppendTagName appends what every tag of a name begins with. The name must be legal
// already. AppendTagValue makes tags of it.
func AppendTagName[N ~string | ~[]byte](dst []byte, name N) []byte {
	return append(appendString(append(dst, ','), name), ':')
}

// AppendTagValue appends a tag, as AppendTag does, of what AppendTagName appended and
// a value, which is made legal as by AppendSanitizedTagValue. It reports whether the
// value was changed. The value must not be empty.
func AppendTagValue[V ~string | ~[]byte](dst, name []byte, value V, lower bool) ([]byte, bool) {
	rule := &tagValueRule
	if lower {
		rule = &lowTagValueRule
	}
	dst = append(append(dst, name...), '"')
	if consists(rule.bare, value, rule.length) {
		return append(append(dst, value...), '"'), false
	}
	var buf [MaxTagValueLength]byte
	legal, changed := appendLegal(buf[:0], rule, value)
	return append(appendEscaped(dst, legal), '"'), changed
}

// AppendSource appends a source in the form that the source dialect's measurements copy.
func AppendSource[S ~string | ~[]byte](dst []byte, source S) []byte {
	return appendString(append(dst, `,"source":`...), source)
}

// AppendValue appends a measurement of one value. Head comes from AppendHead, every
// chunk of origin from AppendTag or AppendSource. Time is in Unix seconds, 0
// meaning that the service stamps the arrival. When the value cannot be sent it
// returns dst as it was and the reason: ErrNotFinite or ErrOutOfRange.
func (d Dialect) AppendValue(dst, head []byte, value Number, time int64, origin ...[]byte) ([]byte, error) {
	if err := value.Check(); err != nil {
		return dst, err
	}
	dst = append(dst, head...)
	dst = value.append(append(dst, `,"value":`...))
	return d.appendEnd(dst, time, origin), nil
}

// AppendComplex appends a measurement that sums up many samples; otherwise like
// AppendValue, with ErrNoSamples as one more reason.
func (d Dialect) AppendComplex(dst, head []byte, c *Complex, time int64, origin ...[]byte) ([]byte, error) {
	if err := c.Check(); err != nil {
		return dst, err
	}
	dst = append(dst, head...)
	dst = strconv.AppendUint(append(dst, `,"count":`...), c.Count, 10)
	dst = c.Sum.append(append(dst, `,"sum":`...))
	dst = appendOptional(dst, `,"min":`, c.Min, c.Has&HasMin)
	dst = appendOptional(dst, `,"max":`, c.Max, c.Has&HasMax)
	if d == SourceDialect {
		sum, has := c.sumSquares()
		dst = appendOptional(dst, `,"sum_squares":`, sum, has)
	} else {
		deviation, has := c.deviation()
		dst = appendOptional(dst, `,"last":`, c.Last, c.Has&HasLast)
		dst = appendOptional(dst, `,"stddev":`, deviation, has)
	}
	return d.appendEnd(dst, time, origin), nil
}

func appendOptional(dst []byte, member string, n Number, has Has) []byte {
	if has == 0 {
		return dst
	}
	return n.append(append(dst, member...))
}

func (d Dialect) appendEnd(dst []byte, time int64, origin [][]byte) []byte {
	if time != 0 {
		dst = strconv.AppendInt(append(dst, d.timeMember()...), time, 10)
	}
	if d == SourceDialect {
		for _, source := range origin {
			dst = append(dst, source...)
		}
		return append(dst, '}')
	}
	return append(appendTagMap(dst, origin), '}')
}

// appendTagMap appends the member "tags", or nothing when there are none: an
// empty map would hide the tags of the frame.
func appendTagMap(dst []byte, chunks [][]byte) []byte {
	start := len(dst)
	dst = append(dst, `,"tags":`...)
	open := len(dst)
	for _, tags := range chunks {
		dst = append(dst, tags...)
	}
	if len(dst) == open {
		return dst[:start]
	}
	dst[open] = '{' // in place of the first tag's comma
	return append(dst, '}')
}

// Complex sums up many samples of one series and period. The service keeps count,
// sum, extremes and spread through its roll-ups; the mean is Sum / Count.
type Complex struct {
	// Count is the number of samples, at least 1.
	Count uint64
	Sum   Number
	// Has says which of the following are known.
	Has      Has
	Min, Max Number
	// Last is the newest sample, for derivatives; the source dialect has no place for it.
	Last Number
	// Deviation is the population standard deviation, SumSquares the sum of the
	// squared samples. The tag dialect wants the first, the source dialect the
	// second; each is derived from the other where that can be done.
	Deviation, SumSquares Number
}

// Has is a set of the members of a Complex.
type Has uint8

// The members that a Complex may lack.
const (
	HasMin Has = 1 << iota
	HasMax
	HasLast
	HasDeviation
	HasSumSquares
)

// Check says why the service would not take the measurement: ErrNoSamples,
// ErrNotFinite or ErrOutOfRange; nil when it would.
func (c *Complex) Check() error {
	if c.Count == 0 {
		return ErrNoSamples
	}
	if err := c.Sum.Check(); err != nil {
		return err
	}
	for i, n := range [...]*Number{&c.Min, &c.Max, &c.Last, &c.Deviation, &c.SumSquares} {
		if c.Has&(1<<i) == 0 {
			continue
		}
		if err := n.Check(); err != nil {
			return err
		}
	}
	return nil
}

// deviation is what the tag dialect is told of the spread.
func (c *Complex) deviation() (Number, Has) {
	if c.Has&HasDeviation != 0 || c.Has&HasSumSquares == 0 {
		return c.Deviation, c.Has & HasDeviation
	}
	mean := c.mean()
	// Rounding may leave a little less than nothing for equal samples.
	variance := max(0, c.SumSquares.Float64()/float64(c.Count)-mean*mean)
	return derived(math.Sqrt(variance))
}

// sumSquares is what the source dialect is told of the spread.
func (c *Complex) sumSquares() (Number, Has) {
	if c.Has&HasSumSquares != 0 || c.Has&HasDeviation == 0 {
		return c.SumSquares, c.Has & HasSumSquares
	}
	mean, deviation := c.mean(), c.Deviation.Float64()
	return derived(float64(c.Count) * (mean*mean + deviation*deviation))
}

func (c *Complex) mean() float64 { return c.Sum.Float64() / float64(c.Count) }

// derived is a number that may be left out when it has outgrown the service's range.
func derived(v float64) (Number, Has) {
	if checkFloat(v) != nil {
		return Number{}, 0
	}
	return Float(v), 1
}
