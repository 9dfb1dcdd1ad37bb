package translate

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// rank says where a dimension comes from. A lower one wins when keys are equal,
// and is kept longer when there are too many.
type rank uint8

const (
	rankStatic   rank = iota // the configuration's `dimensions`
	rankIdentity             // the cloud host's id
	rankPriority             // of scope and resource, what the configuration wants kept
	rankPoint
	rankScope
	rankResource
)

// dimensionSet is an encoded list of dimensions with distinct keys.
type dimensionSet struct {
	wire []byte
	n    int
	// mask has a bit for every key, so that most sets show at once that they have no key in common.
	mask uint64

	// rank is that of the dimensions that are being added.
	rank rank
	// entries index the first bytes of wire, up to indexed: most sets are never looked into.
	entries []entry
	indexed int
}

type entry struct {
	start, key, keyEnd, end int // offsets in wire
	rank                    rank
}

func (s *dimensionSet) reset(r rank) {
	s.wire, s.n, s.mask, s.rank = s.wire[:0], 0, 0, r
	s.entries, s.indexed = s.entries[:0], 0
}

// setRank says where the dimensions come from that are added from now on.
func (s *dimensionSet) setRank(r rank) {
	s.index()
	s.rank = r
}

// index makes entries of what was added since the last time.
func (s *dimensionSet) index() {
	for s.indexed < len(s.wire) {
		start := s.indexed
		size, n := protowire.ConsumeVarint(s.wire[start+1:])
		body := start + 1 + n
		keySize, n := protowire.ConsumeVarint(s.wire[body+1:])
		key := body + 1 + n
		s.indexed = body + int(size)
		s.entries = append(s.entries, entry{start: start, key: key, keyEnd: key + int(keySize), end: s.indexed, rank: s.rank})
	}
}

func maskOf[K ~string | ~[]byte](key K) uint64 {
	n := len(key)
	if n == 0 {
		return 1
	}
	return 1 << ((uint(n)*31 + uint(key[0])*7 + uint(key[n-1])*13 + uint(key[n/2])) & 63)
}

// find returns the index of a key's entry, or -1.
func (s *dimensionSet) find(key []byte) int {
	if s.mask&maskOf(key) == 0 {
		return -1
	}
	s.index()
	for i := range s.entries {
		if e := &s.entries[i]; string(s.wire[e.key:e.keyEnd]) == string(key) {
			return i
		}
	}
	return -1
}

func (s *dimensionSet) keyOf(i int) []byte { return s.wire[s.entries[i].key:s.entries[i].keyEnd] }

// put appends a dimension whose key is not in the set yet.
func put[V ~string | ~[]byte](s *dimensionSet, key *sentKey, value V) {
	s.wire = signalfx.AppendDimensionValue(s.wire, key.head, value)
	s.n++
	s.mask |= key.mask
}

// copyEntry appends entry i of from.
func (s *dimensionSet) copyEntry(from *dimensionSet, i int) {
	e := from.entries[i]
	shift := len(s.wire) - e.start
	s.wire = append(s.wire, from.wire[e.start:e.end]...)
	s.indexed = len(s.wire)
	s.entries = append(s.entries, entry{e.start + shift, e.key + shift, e.keyEnd + shift, e.end + shift, e.rank})
	s.n++
	s.mask |= maskOf(from.keyOf(i))
}

// DimensionRules say how attributes become dimensions.
type DimensionRules struct {
	// extra holds the characters that a key keeps besides letters and digits.
	extra string
	// priority holds the keys, as sent, that are kept first when there are too many.
	priority map[string]struct{}
}

// NewDimensionRules returns rules under which keys keep letters, digits and the
// characters in nonAlphanumeric, and the given keys are kept first.
func NewDimensionRules(nonAlphanumeric string, priority []string) *DimensionRules {
	r := &DimensionRules{extra: nonAlphanumeric, priority: make(map[string]struct{}, len(priority))}
	for _, key := range priority {
		r.priority[key] = struct{}{}
	}
	return r
}

func (r *DimensionRules) keeps(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune(r.extra, c)
}

// reservedPrefix begins the keys that belong to the vendor.
const reservedPrefix = "sf_"

// sentKey is an attribute's key, made ready for being sent.
type sentKey struct {
	// head is the encoded key; empty when the key cannot be sent, for the reason in left.
	head     []byte
	length   int // of the key in head
	mask     uint64
	left     Change
	renamed  bool
	priority bool
	control  bool // the attribute steers the exporter
	plain    bool // none of the above: the key is sent as it is
}

// text is the key as sent. The head ends in it, before the value's tag.
func (k *sentKey) text() []byte { return k.head[len(k.head)-1-k.length : len(k.head)-1] }

func (r *DimensionRules) sentKey(key string) sentKey {
	if isControl(key) {
		return sentKey{control: true}
	}
	sent, renamed := r.rename(key)
	switch {
	case sent == "":
		return sentKey{left: DimensionEmpty}
	case longer(sent, signalfx.MaxDimensionKeyLength):
		return sentKey{left: KeyTooLong}
	}
	_, priority := r.priority[sent]
	return sentKey{
		head: signalfx.AppendDimensionKey(nil, sent), length: len(sent), mask: maskOf(sent),
		renamed: renamed, priority: priority, plain: !renamed && !priority,
	}
}

// Rename returns the key that is sent for an attribute's key.
func (r *DimensionRules) Rename(key string) string {
	sent, _ := r.rename(key)
	return sent
}

// rename returns the key that is sent for an attribute's key, and whether it differs.
// A key must begin with a letter and not with "sf_" (vendor ingest API): one that
// does not comply gets a prefix, since leaving it out could merge two time series.
func (r *DimensionRules) rename(key string) (string, bool) {
	if key == "" {
		return "", false
	}
	sent := strings.Map(func(c rune) rune {
		if r.keeps(c) && c != utf8.RuneError {
			return c
		}
		return '_'
	}, key)
	first, _ := utf8.DecodeRuneInString(sent)
	if !unicode.IsLetter(first) || strings.HasPrefix(sent, reservedPrefix) && sent != signalfx.HighResolution {
		sent = "attr_" + sent
	}
	return sent, sent != key
}

// maxEntries bounds a set, far above what can be sent, so that hostile input with
// thousands of attributes costs no quadratic time.
const maxEntries = 128

// dimensionEncoder adds attributes to sets, and counts what it leaves out.
type dimensionEncoder struct {
	rules   *DimensionRules
	counts  *Counts
	scratch []byte
	// recent holds, for every position in an attribute list, the key seen there last:
	// the points of a metric have the same keys in the same order.
	recent [32]recentKey
}

type recentKey struct {
	key  string
	sent sentKey
}

var tooLongKey = sentKey{left: KeyTooLong}

func (d *dimensionEncoder) keyAt(position int, key string) *sentKey {
	slot := &d.recent[position%len(d.recent)]
	if len(key) > signalfx.MaxDimensionKeyLength*utf8.UTFMax {
		return &tooLongKey // not worth remembering
	}
	if slot.key != key || key == "" {
		slot.key = strings.Clone(key) // the batch's memory must not be pinned
		slot.sent = d.rules.sentKey(key)
	}
	return &slot.sent
}

// add encodes the attribute at a position of its list. The first of two equal keys
// in one set wins.
func (d *dimensionEncoder) add(s *dimensionSet, position int, key string, value pcommon.Value) {
	switch value.Type() {
	// The common case first: short text under a key that was there last time, too.
	case pcommon.ValueTypeStr:
		text := value.Str()
		if slot := &d.recent[position%len(d.recent)]; slot.key == key && slot.sent.plain &&
			len(text) > 0 && len(text) <= signalfx.MaxDimensionValueLength &&
			s.mask&slot.sent.mask == 0 && s.n < maxEntries && utf8.ValidString(text) {
			put(s, &slot.sent, text)
			return
		}
		d.addText(s, position, key, text)
	case pcommon.ValueTypeInt:
		d.scratch = strconv.AppendInt(d.scratch[:0], value.Int(), 10)
		addValid(d, s, d.keyAt(position, key), d.scratch)
	case pcommon.ValueTypeBool:
		addValid(d, s, d.keyAt(position, key), strconv.FormatBool(value.Bool()))
	case pcommon.ValueTypeEmpty:
		addValid(d, s, d.keyAt(position, key), "")
	default: // doubles, bytes, lists and maps: rare as attributes of metrics
		d.addText(s, position, key, value.AsString())
	}
}

func (d *dimensionEncoder) addText(s *dimensionSet, position int, key, value string) {
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, string(utf8.RuneError))
		d.counts.Changed[InvalidUTF8]++
	}
	addValid(d, s, d.keyAt(position, key), value)
}

func addValid[V ~string | ~[]byte](d *dimensionEncoder, s *dimensionSet, key *sentKey, value V) {
	switch {
	case key.control:
	case len(key.head) == 0:
		d.counts.Changed[key.left]++
	case len(value) == 0:
		d.counts.Changed[DimensionEmpty]++
	case longer(value, signalfx.MaxDimensionValueLength):
		d.counts.Changed[ValueTooLong]++
	case s.n == maxEntries:
		d.counts.Changed[DimensionOverflow]++
	case s.mask&key.mask != 0 && s.find(key.text()) >= 0:
		d.counts.Changed[DimensionRepeated]++
	default:
		if key.renamed {
			d.counts.Changed[KeyRenamed]++
		}
		if key.priority && s.rank > rankPoint {
			from := s.rank
			s.setRank(rankPriority)
			put(s, key, value)
			s.setRank(from)
			return
		}
		put(s, key, value)
	}
}

// longer reports whether valid UTF-8 has more than limit characters.
func longer[T ~string | ~[]byte](text T, limit int) bool {
	return len(text) > limit && utf8.RuneCountInString(string(text)) > limit
}
