package signalflow

import (
	"encoding/binary"
	"math"
	"slices"
)

// Kind is how a point's value is encoded.
type Kind uint8

// Kinds of values, numbered as on the wire.
const (
	KindNull   Kind = 0 // the series has no value at this time
	KindLong   Kind = 1
	KindDouble Kind = 2
	KindInt    Kind = 3
)

// Point is one value of one series.
type Point struct {
	// Series is nil while the server has sent no metadata for TSID.
	Series *Series
	TSID   TSID
	bits   uint64
	Kind   Kind
}

// IsInteger reports whether the value is a whole number by type, not by value.
func (p *Point) IsInteger() bool { return p.Kind == KindLong || p.Kind == KindInt }

// IsNull reports whether the series has no value at this time.
func (p *Point) IsNull() bool { return p.Kind == KindNull }

// Int returns the value of a whole number; a double is truncated, null is 0.
func (p *Point) Int() int64 {
	if p.Kind == KindDouble {
		return int64(math.Float64frombits(p.bits))
	}
	return int64(p.bits)
}

// Float returns the value of any kind; null is 0.
func (p *Point) Float() float64 {
	if p.Kind == KindDouble {
		return math.Float64frombits(p.bits)
	}
	return float64(int64(p.bits))
}

// Data has the points of one logical time, or some of them: a program sends one
// such message for each of its publish() blocks, and nothing in the protocol says
// which is the last. A message without points is normal: at that time the block
// has no output.
type Data struct {
	// LogicalTimestampMs is in milliseconds since 1970.
	LogicalTimestampMs int64
	// MaxDelayMs is how long the program waited for late input; 0 if the message does not tell.
	MaxDelayMs int64
	// Points belong to the computation and are valid until its next call of Next.
	Points []Point
	// Unresolved is how many points have a nil Series.
	Unresolved int
}

func (*Data) isMessage() {}

// Sizes in a binary data body.
const (
	preludeSize1 = 8 + 4
	preludeSize2 = 8 + 8 + 4
	pointSize    = 1 + tsidSize + 8
)

// decodeData reads a binary data body into d, whose Points are reused. Values of
// unknown kinds are left out and counted. Bytes after the last point are counted
// and otherwise ignored: a later form may have added them.
func decodeData(d *Data, form uint8, body []byte) (unknown, trailing int, err error) {
	size := preludeSize2
	if form == form1 {
		size = preludeSize1
	}
	if len(body) < size {
		return 0, 0, errShortPrelude
	}
	d.LogicalTimestampMs = int64(binary.BigEndian.Uint64(body))
	d.MaxDelayMs = 0
	if form != form1 {
		d.MaxDelayMs = int64(binary.BigEndian.Uint64(body[8:]))
	}
	count := uint64(binary.BigEndian.Uint32(body[size-4:]))
	body = body[size:]
	if count > uint64(len(body)/pointSize) {
		return 0, 0, errShortPoints
	}

	points := slices.Grow(d.Points[:0], int(count))[:count]
	kept := 0
	for range points {
		raw := body[:pointSize]
		body = body[pointSize:]
		kind := Kind(raw[0])
		if kind > KindInt {
			unknown++
			continue
		}
		bits := binary.BigEndian.Uint64(raw[9:])
		if kind == KindNull {
			bits = 0
		}
		points[kept] = Point{TSID: TSID(binary.BigEndian.Uint64(raw[1:])), bits: bits, Kind: kind}
		kept++
	}
	d.Points = points[:kept]
	return unknown, len(body), nil
}
