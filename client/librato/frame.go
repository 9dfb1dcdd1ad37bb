package librato

import "strconv"

// Frame is what stands around the measurements of one request body. It is
// immutable and may be shared.
type Frame struct {
	list           List
	prefix, suffix []byte
}

// Shared is what the measurements of a body have in common. A member counts for
// each measurement that does not carry its own.
type Shared struct {
	// Source: source dialect.
	Source string
	// Tags are chunks from AppendTag or AppendTags: tag dialect. The service never
	// merges: any tag on a measurement hides all of these.
	Tags []byte
	// Time is in Unix seconds, 0 for none.
	Time int64
	// Period is in seconds, 0 for none.
	Period int64
}

// NewFrame returns the frame of bodies that hold one list:
//
//	body = "{" *(shared ",") LIST ":" "[" measurement *("," measurement) "]" "}"
func NewFrame(list List, shared Shared) Frame {
	prefix := shared.append([]byte(nil), list.Dialect())
	if len(prefix) > 0 {
		prefix = append(prefix, ',')
		prefix[0] = '{' // in place of the first member's comma
	} else {
		prefix = append(prefix, '{')
	}
	return Frame{list: list, prefix: append(prefix, list.member()...), suffix: []byte("]}")}
}

func (s Shared) append(dst []byte, d Dialect) []byte {
	dst = appendText(dst, `,"source":`, s.Source)
	if len(s.Tags) > 0 {
		dst = appendTagMap(dst, [][]byte{s.Tags})
	}
	if s.Time != 0 {
		dst = strconv.AppendInt(append(dst, d.timeMember()...), s.Time, 10)
	}
	if s.Period != 0 {
		dst = strconv.AppendInt(append(dst, `,"period":`...), s.Period, 10)
	}
	return dst
}

// List returns the frame's list.
func (f Frame) List() List { return f.list }

// Dialect returns the dialect of the frame's list.
func (f Frame) Dialect() Dialect { return f.list.Dialect() }

// Size is the number of bytes that the frame adds to a body.
func (f Frame) Size() int { return len(f.prefix) + len(f.suffix) }

// Body returns the chunks of a request body around measurements, which are at
// least one, as the Append methods left them. It copies nothing.
func (f Frame) Body(measurements []byte) [][]byte {
	return [][]byte{f.prefix, withoutComma(measurements), f.suffix}
}

// withoutComma drops the separator in front of a run of measurements.
func withoutComma(measurements []byte) []byte {
	if len(measurements) == 0 {
		return nil
	}
	return measurements[1:]
}
