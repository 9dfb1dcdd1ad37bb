package delta

import (
	"hash/maphash"
	"math"
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// identities hashes what identifies a series to 64 bits. Among the hundred thousand
// series that are remembered by default, the chance that any two collide is one in
// four billion. The seed is random, so nobody can provoke a collision.
type identities struct{ seed maphash.Seed }

func newIdentities() identities { return identities{maphash.MakeSeed()} }

func (h identities) ofText(text string) uint64 { return maphash.String(h.seed, text) }

// ofMap does not depend on the order of the attributes, which OTLP gives no meaning.
func (h identities) ofMap(m pcommon.Map) uint64 {
	sum := uint64(m.Len())
	for key, value := range m.All() {
		sum += mix(h.ofText(key), h.ofValue(value))
	}
	return mix(sum, 1)
}

func (h identities) ofValue(v pcommon.Value) uint64 {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return h.ofText(v.Str())
	case pcommon.ValueTypeInt:
		return mix(uint64(v.Int()), 2)
	case pcommon.ValueTypeDouble:
		return mix(math.Float64bits(v.Double()), 3)
	}
	return mix(h.ofText(v.AsString()), uint64(v.Type()))
}

// mix depends on the order of its arguments.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, bits.RotateLeft64(b, 32)^0xd6e8feb86659fd93)
	return high ^ low
}
