package translate

import (
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// origin says where a tag comes from. A lower one wins when names are equal, and is
// kept longer when there are too many.
type origin uint8

const (
	fromExporter origin = iota // the bound of a bucket
	fromPoint
	fromScope
	fromResource
	fromConfig
)

// tag is a place in the encoding of a set: ,"NAME":"VALUE".
type tag struct {
	start, nameLength, end int
	origin                 origin
	// key is the attribute's: of two that give the same name, the smaller one wins.
	key string
}

// tagSet is encoded tags with distinct names.
type tagSet struct {
	wire []byte
	tags []tag
	// mask has a bit for every name, so that most sets show at once that they have no name in common.
	mask uint64
}

func (s *tagSet) reset() { s.wire, s.tags, s.mask = s.wire[:0], s.tags[:0], 0 }

// nameOf is the name of tag i, behind its comma and quote.
func (s *tagSet) nameOf(i int) []byte {
	t := &s.tags[i]
	return s.wire[t.start+2 : t.start+2+t.nameLength]
}

func maskOf[N ~string | ~[]byte](name N) uint64 {
	n := len(name)
	if n == 0 {
		return 0
	}
	return 1 << ((uint(n)*31 + uint(name[0])*7 + uint(name[n-1])*13 + uint(name[n/2])) & 63)
}

// find returns the index of a name, or -1.
func (s *tagSet) find(name []byte, mask uint64) int {
	if s.mask&mask == 0 {
		return -1
	}
	for i := range s.tags {
		if string(s.nameOf(i)) == string(name) {
			return i
		}
	}
	return -1
}

// copyTag appends tag i of from.
func (s *tagSet) copyTag(from *tagSet, i int) {
	t := from.tags[i]
	s.mask |= maskOf(from.nameOf(i))
	text := from.wire[t.start:t.end]
	t.start, t.end = len(s.wire), len(s.wire)+len(text)
	s.wire = append(s.wire, text...)
	s.tags = append(s.tags, t)
}

// remove takes tag i out. Its bit stays in the mask, which only costs a search.
func (s *tagSet) remove(i int) {
	gone := s.tags[i]
	s.wire = slices.Delete(s.wire, gone.start, gone.end)
	s.tags = slices.Delete(s.tags, i, i+1)
	for j := i; j < len(s.tags); j++ {
		s.tags[j].start -= gone.end - gone.start
		s.tags[j].end -= gone.end - gone.start
	}
}

// last is the tag whose key sorts last, which is the first to go.
func (s *tagSet) last() int {
	last := 0
	for i := range s.tags {
		if s.tags[i].key > s.tags[last].key {
			last = i
		}
	}
	return last
}

// maxTags bounds a set, far above what can be sent, so that hostile input with
// thousands of attributes costs no quadratic time. Those whose keys sort first are kept.
const maxTags = 128

// tagEncoder makes tags of attributes.
type tagEncoder struct {
	lowerValues bool
	counts      *Counts
	scratch     []byte
	// recent holds, for every position in a list of attributes, the key seen there
	// last: the points of a metric have the same keys in the same order.
	recent [32]tagName
}

// tagName is an attribute's key, made ready for being sent.
type tagName struct {
	key     string
	head    []byte // ,"NAME":
	mask    uint64
	changed bool
}

func (n *tagName) name() []byte { return n.head[2 : len(n.head)-2] }

func (e *tagEncoder) nameAt(position int, key string) *tagName {
	n := &e.recent[position%len(e.recent)]
	if n.key != key || n.head == nil {
		n.key = strings.Clone(key) // the batch's memory must not be pinned
		e.scratch, n.changed = librato.AppendSanitizedTagName(e.scratch[:0], key)
		n.mask = maskOf(e.scratch)
		n.head = librato.AppendTagName(n.head[:0], e.scratch)
	}
	return n
}

// add encodes the attribute at a position of its list.
func (e *tagEncoder) add(s *tagSet, position int, key string, value pcommon.Value, o origin) {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		addTag(e, s, e.nameAt(position, key), value.Str(), key, o)
	case pcommon.ValueTypeEmpty:
		e.counts.Changed[TagEmpty]++
	case pcommon.ValueTypeInt:
		name := e.nameAt(position, key)
		e.scratch = strconv.AppendInt(e.scratch[:0], value.Int(), 10)
		addTag(e, s, name, e.scratch, key, o)
	case pcommon.ValueTypeDouble:
		addTag(e, s, e.nameAt(position, key), numberText(value.Double()), key, o)
	default: // booleans, bytes, lists and maps: rare as attributes of metrics
		addTag(e, s, e.nameAt(position, key), value.AsString(), key, o)
	}
}

func addTag[V ~string | ~[]byte](e *tagEncoder, s *tagSet, name *tagName, value V, key string, o origin) {
	if len(value) == 0 || key == "" {
		e.counts.Changed[TagEmpty]++
		return
	}
	if i := s.find(name.name(), name.mask); i >= 0 {
		e.counts.Changed[TagRepeated]++
		if s.tags[i].key <= key {
			return
		}
		s.remove(i)
	} else if len(s.tags) == maxTags {
		e.counts.Changed[TagOverflow]++
		last := s.last()
		if s.tags[last].key <= key {
			return
		}
		s.remove(last)
	}
	if name.changed {
		e.counts.Changed[TagNameChanged]++
	}
	start := len(s.wire)
	var changed bool
	s.wire, changed = librato.AppendTagValue(s.wire, name.head, value, e.lowerValues)
	if changed {
		e.counts.Changed[TagValueChanged]++
	}
	s.tags = append(s.tags, tag{start: start, nameLength: len(name.head) - 4, end: len(s.wire), origin: o, key: key})
	s.mask |= name.mask
}

// numberText is a number without "+", which tags and names cannot hold: it would
// turn 1e+21 into 1e-21. The infinity is "inf".
func numberText(v float64) string {
	text := strings.ToLower(strconv.FormatFloat(v, 'g', -1, 64))
	if v > -1e21 && v < 1e21 && (v >= 1e-6 || v <= -1e-6 || v == 0) {
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strings.ReplaceAll(text, "+", "")
}
