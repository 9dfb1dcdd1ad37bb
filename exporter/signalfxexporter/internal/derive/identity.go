package derive

import (
	"encoding/binary"
	"hash/maphash"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// identity stands for a set of attributes. It is the sum of one 128-bit hash per
// attribute, so their order does not matter, and seeded at random, so that nobody can
// choose attributes that collide.
type identity struct{ hi, lo uint64 }

func (a identity) plus(b identity) identity { return identity{a.hi + b.hi, a.lo + b.lo} }

var seedHi, seedLo = maphash.MakeSeed(), maphash.MakeSeed()

// domain keeps equal attributes of different owners apart.
type domain byte

const (
	ofResource domain = iota
	ofScope
	ofPoint
	ofRule
)

// hasher makes identities in memory that is used again.
type hasher struct{ buf []byte }

func (h *hasher) text(d domain, key, value string) identity {
	return h.sum(append(h.key(d, key, pcommon.ValueTypeStr), value...))
}

func (h *hasher) attribute(d domain, key string, v pcommon.Value) identity {
	b := h.key(d, key, v.Type())
	switch v.Type() {
	case pcommon.ValueTypeStr:
		b = append(b, v.Str()...)
	case pcommon.ValueTypeInt:
		b = binary.LittleEndian.AppendUint64(b, uint64(v.Int()))
	case pcommon.ValueTypeDouble:
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Double()))
	case pcommon.ValueTypeBool:
		if v.Bool() {
			b = append(b, 1)
		}
	default: // rare enough to allocate
		b = append(b, v.AsString()...)
	}
	return h.sum(b)
}

func (h *hasher) attributes(d domain, attributes pcommon.Map) (sum identity) {
	for key, value := range attributes.All() {
		sum = sum.plus(h.attribute(d, key, value))
	}
	return sum
}

func (h *hasher) scope(s pcommon.InstrumentationScope) identity {
	return h.text(ofScope, s.Name(), s.Version()).plus(h.attributes(ofScope, s.Attributes()))
}

// rule is the part of a series' identity that a rule and the input's type contribute:
// a counter is never added to a gauge.
func (h *hasher) rule(a *aggregation, m pmetric.Metric) identity {
	b := append(h.key(ofRule, a.name, 0), byte(m.Type()))
	if m.Type() == pmetric.MetricTypeSum {
		b = append(b, byte(m.Sum().AggregationTemporality()))
		if m.Sum().IsMonotonic() {
			b = append(b, 1)
		}
	}
	return h.sum(b)
}

// key begins the text that is hashed.
func (h *hasher) key(d domain, key string, t pcommon.ValueType) []byte {
	b := append(h.buf[:0], byte(d), byte(t))
	b = binary.AppendUvarint(b, uint64(len(key)))
	return append(b, key...)
}

func (h *hasher) sum(b []byte) identity {
	h.buf = b
	return identity{maphash.Bytes(seedHi, b), maphash.Bytes(seedLo, b)}
}
