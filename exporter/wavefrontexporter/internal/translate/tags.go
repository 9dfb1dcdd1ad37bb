package translate

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// rank says where a tag comes from. A lower one is kept longer when there are too many.
type rank uint8

const (
	rankMandatory rank = iota // what a span must have
	rankPriority              // keys that the configuration wants kept first
	rankItem                  // the point's or span's own
	rankScope
	rankResource
	ranks
)

// tagSet is an encoded list of tags with distinct keys.
type tagSet struct {
	wire    []byte
	entries []entry
	// mask has a bit for every key, so that most sets show at once that they have no key in common.
	mask uint64
}

type entry struct {
	start, key, keyEnd, end int32 // offsets in wire
	rank                    rank
}

func (s *tagSet) reset() { s.wire, s.entries, s.mask = s.wire[:0], s.entries[:0], 0 }

func maskOf[K ~string | ~[]byte](key K) uint64 {
	n := len(key)
	if n == 0 {
		return 1
	}
	return 1 << ((uint(n)*31 + uint(key[0])*7 + uint(key[n-1])*13 + uint(key[n/2])) & 63)
}

// find returns the index of a key's entry, or -1.
func (s *tagSet) find(key []byte) int {
	if s.mask&maskOf(key) == 0 {
		return -1
	}
	for i := range s.entries {
		if e := &s.entries[i]; string(s.wire[e.key:e.keyEnd]) == string(key) {
			return i
		}
	}
	return -1
}

func (s *tagSet) keyOf(i int) []byte { return s.wire[s.entries[i].key:s.entries[i].keyEnd] }

// copyEntry appends entry i of from.
func (s *tagSet) copyEntry(from *tagSet, i int) {
	e := from.entries[i]
	shift := int32(len(s.wire)) - e.start
	s.wire = append(s.wire, from.wire[e.start:e.end]...)
	s.entries = append(s.entries, entry{e.start + shift, e.key + shift, e.keyEnd + shift, e.end + shift, e.rank})
	s.mask |= maskOf(from.keyOf(i))
}

// maxEntries bounds a set, far above what can be sent, so that hostile input with
// thousands of attributes costs no quadratic time.
const maxEntries = 128

// tagEncoder adds attributes to sets, and counts what it leaves out.
type tagEncoder struct {
	encode   *wavefront.Encoder
	newKey   func(string) (wavefront.TagKey, error) // for points or for spans
	priority map[string]struct{}                    // keys as sent
	sources  map[string]struct{}                    // attributes that are the item's source
	counts   *Counts
	scratch  []byte
	// recent holds, for every position in an attribute list, the key seen there last:
	// the points of a metric have the same keys in the same order.
	recent [32]sentKey
}

// sentKey is an attribute's key, made ready for being sent.
type sentKey struct {
	key      string // as received
	sent     wavefront.TagKey
	length   int // of the key as sent
	quoted   int // 1 when it has quotes
	mask     uint64
	err      error // the key cannot be sent
	priority bool
	source   bool // its value is the item's source
}

func (d *tagEncoder) keyAt(position int, key string) *sentKey {
	slot := &d.recent[position%len(d.recent)]
	if slot.key != key || key == "" {
		*slot = d.make(strings.Clone(key)) // the batch's memory must not be pinned
	}
	return slot
}

func (d *tagEncoder) make(key string) sentKey {
	sent, err := d.newKey(key)
	if err != nil {
		return sentKey{key: key, err: err}
	}
	name := sent.Name()
	_, priority := d.priority[name]
	_, source := d.sources[key]
	k := sentKey{key: key, sent: sent, length: len(name), mask: maskOf(name), priority: priority, source: source}
	if sent.Quoted() {
		k.quoted = 1
	}
	return k
}

// add encodes the attribute at a position of its list. The first of two equal keys
// in one set wins. It reports true for an attribute that is the item's source, and adds nothing.
func (d *tagEncoder) add(s *tagSet, position int, key string, value pcommon.Value, r rank) (source bool) {
	k := d.keyAt(position, key)
	if k.source {
		return true
	}
	switch value.Type() {
	case pcommon.ValueTypeStr:
		d.put(s, k, value.Str(), r)
	case pcommon.ValueTypeInt:
		d.scratch = strconv.AppendInt(d.scratch[:0], value.Int(), 10)
		d.put(s, k, string(d.scratch), r)
	case pcommon.ValueTypeBool:
		d.put(s, k, strconv.FormatBool(value.Bool()), r)
	default: // doubles, bytes, lists and maps: rare as attributes of metrics
		d.put(s, k, value.AsString(), r)
	}
	return false
}

// addText adds a tag that is no attribute.
func (d *tagEncoder) addText(s *tagSet, position int, key, value string, r rank) {
	d.put(s, d.keyAt(position, key), value, r)
}

func (d *tagEncoder) put(s *tagSet, k *sentKey, value string, r rank) {
	if k.err != nil {
		d.counts.leftOut(k.err)
		return
	}
	start := len(s.wire)
	key := start + 1 + k.quoted // behind the space and the quote
	wire, change, err := d.encode.AppendTagValue(s.wire, &k.sent, value)
	if err != nil {
		d.counts.leftOut(err)
		return
	}
	if s.mask&k.mask != 0 && s.find(wire[key:key+k.length]) >= 0 {
		d.counts.Changed[TagRepeated]++
		return
	}
	if len(s.entries) == maxEntries {
		d.counts.Changed[TagOverflow]++
		return
	}
	if change != 0 {
		d.counts.changed(change)
	}
	if k.priority && r > rankPriority {
		r = rankPriority
	}
	s.wire = wire
	s.entries = append(s.entries, entry{int32(start), int32(key), int32(key + k.length), int32(len(wire)), r})
	s.mask |= k.mask
}
