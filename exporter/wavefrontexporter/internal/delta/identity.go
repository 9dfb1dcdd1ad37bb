package delta

import (
	"encoding/binary"
	"hash/maphash"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// identity tells a series from others by two independent hashes of all that names it.
type identity [2]uint64

// identities makes identities. What resource, scope and metric contribute is encoded once.
type identities struct {
	seeds                   [2]maphash.Seed
	text                    []byte
	resource, scope, metric int // where each ends in text
	keys                    []string
}

func newIdentities() identities {
	return identities{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

func (i *identities) setResource(r pcommon.Resource) {
	i.text = i.appendMap(i.text[:0], r.Attributes())
	i.resource = len(i.text)
}

func (i *identities) setScope(s pcommon.InstrumentationScope) {
	i.text = appendText(appendText(i.text[:i.resource], s.Name()), s.Version())
	i.text = i.appendMap(i.text, s.Attributes())
	i.scope = len(i.text)
}

func (i *identities) setMetric(m pmetric.Metric) {
	i.text = appendText(appendText(i.text[:i.scope], m.Name()), m.Unit())
	i.text = append(i.text, byte(m.Type()))
	i.metric = len(i.text)
}

// of returns the identity of a point of the metric.
func (i *identities) of(attributes pcommon.Map) identity {
	i.text = i.appendMap(i.text[:i.metric], attributes)
	return identity{maphash.Bytes(i.seeds[0], i.text), maphash.Bytes(i.seeds[1], i.text)}
}

// appendMap appends attributes in the order of their keys.
func (i *identities) appendMap(dst []byte, m pcommon.Map) []byte {
	i.keys = i.keys[:0]
	for key := range m.All() {
		i.keys = append(i.keys, key)
	}
	slices.Sort(i.keys)
	dst = binary.AppendUvarint(dst, uint64(len(i.keys)))
	for _, key := range i.keys {
		v, _ := m.Get(key)
		dst = append(appendText(dst, key), byte(v.Type()))
		dst = appendText(dst, v.AsString())
	}
	clear(i.keys) // the batch's memory must not be pinned
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
