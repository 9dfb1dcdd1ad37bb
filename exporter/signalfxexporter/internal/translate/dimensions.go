package translate

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// rank says where a dimension comes from. A lower one wins when keys are equal,
// and is kept longer when there are too many.
type rank uint8

const (
	rankStatic   rank = iota // the configuration's `dimensions`
	rankIdentity             // the cloud host's id
	rankPriority             // keys that the configuration wants kept first
	rankPoint
	rankScope
	rankResource
)

// dimensionSet is an encoded list of dimensions with distinct keys.
type dimensionSet struct {
	wire    []byte
	entries []entry
	// mask has a bit for every key, so that most sets show at once that they have no key in common.
	mask uint64
}

type entry struct {
	start, key, keyEnd, end int // offsets in wire
	rank                    rank
}

func (s *dimensionSet) reset() { s.wire, s.entries, s.mask = s.wire[:0], s.entries[:0], 0 }

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
	for i := range s.entries {
		if e := &s.entries[i]; string(s.wire[e.key:e.keyEnd]) == string(key) {
			return i
		}
	}
	return -1
}

func (s *dimensionSet) keyOf(i int) []byte { return s.wire[s.entries[i].key:s.entries[i].keyEnd] }

// put appends a dimension whose key is not in the set yet.
func put[K, V ~string | ~[]byte](s *dimensionSet, key K, value V, r rank) {
	start := len(s.wire)
	s.wire = signalfx.AppendDimension(s.wire, key, value)
	// The value, its length and its tag stand at the end, the key right before them.
	keyEnd := len(s.wire) - len(value) - varintLen(len(value)) - 1
	s.entries = append(s.entries, entry{start: start, key: keyEnd - len(key), keyEnd: keyEnd, end: len(s.wire), rank: r})
	s.mask |= maskOf(key)
}

func varintLen(n int) int {
	if n < 1<<7 {
		return 1
	}
	if n < 1<<14 {
		return 2
	}
	return 3
}

// copyEntry appends entry i of from.
func (s *dimensionSet) copyEntry(from *dimensionSet, i int) {
	e := from.entries[i]
	shift := len(s.wire) - e.start
	s.wire = append(s.wire, from.wire[e.start:e.end]...)
	s.entries = append(s.entries, entry{e.start + shift, e.key + shift, e.keyEnd + shift, e.end + shift, e.rank})
	s.mask |= maskOf(from.keyOf(i))
}

// DimensionRules say how attributes become dimensions.
type DimensionRules struct {
	// allowed marks the ASCII characters that a key keeps.
	allowed [utf8.RuneSelf]bool
	extra   string
	// priority holds the keys, as sent, that are kept first when there are too many.
	priority map[string]struct{}
}

// NewDimensionRules returns rules under which keys keep letters, digits and the
// characters in nonAlphanumeric, and the given keys are kept first.
func NewDimensionRules(nonAlphanumeric string, priority []string) *DimensionRules {
	r := &DimensionRules{extra: nonAlphanumeric, priority: make(map[string]struct{}, len(priority))}
	for c := range r.allowed {
		r.allowed[c] = r.keeps(rune(c))
	}
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

// key returns the key that is sent for an attribute's key, and whether it differs.
// A key must begin with a letter and not with "sf_" (vendor ingest API): one that
// does gets a prefix, since leaving it out could merge two time series.
func (r *DimensionRules) key(key string) (string, bool) {
	plain := len(key) > 0 && (key[0]|0x20 >= 'a' && key[0]|0x20 <= 'z')
	for i := 0; plain && i < len(key); i++ {
		plain = key[i] < utf8.RuneSelf && r.allowed[key[i]]
	}
	if plain && (key[0] != 's' || !strings.HasPrefix(key, reservedPrefix) || key == signalfx.HighResolution) {
		return key, false
	}
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
}

// add encodes an attribute. The first of two equal keys in one set wins.
func (d *dimensionEncoder) add(s *dimensionSet, key string, value pcommon.Value, r rank) {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		d.addText(s, key, value.Str(), r)
	case pcommon.ValueTypeInt:
		d.scratch = strconv.AppendInt(d.scratch[:0], value.Int(), 10)
		addValid(d, s, key, d.scratch, r)
	case pcommon.ValueTypeBool:
		addValid(d, s, key, strconv.FormatBool(value.Bool()), r)
	case pcommon.ValueTypeEmpty:
		d.counts.Changed[DimensionEmpty]++
	default: // doubles, bytes, lists and maps: rare as attributes of metrics
		d.addText(s, key, value.AsString(), r)
	}
}

func (d *dimensionEncoder) addText(s *dimensionSet, key, value string, r rank) {
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, string(utf8.RuneError))
		d.counts.Changed[InvalidUTF8]++
	}
	addValid(d, s, key, value, r)
}

func addValid[V ~string | ~[]byte](d *dimensionEncoder, s *dimensionSet, key string, value V, r rank) {
	sent, renamed := d.rules.key(key)
	switch {
	case sent == "" || len(value) == 0:
		d.counts.Changed[DimensionEmpty]++
		return
	case longer(sent, signalfx.MaxDimensionKeyLength):
		d.counts.Changed[KeyTooLong]++
		return
	case longer(value, signalfx.MaxDimensionValueLength):
		d.counts.Changed[ValueTooLong]++
		return
	}
	if len(s.entries) == maxEntries {
		d.counts.Changed[DimensionOverflow]++
		return
	}
	if s.mask&maskOf(sent) != 0 && s.find([]byte(sent)) >= 0 {
		d.counts.Changed[DimensionRepeated]++
		return
	}
	if renamed {
		d.counts.Changed[KeyRenamed]++
	}
	if r > rankPriority && len(d.rules.priority) > 0 {
		if _, ok := d.rules.priority[sent]; ok {
			r = rankPriority
		}
	}
	put(s, sent, value, r)
}

// longer reports whether valid UTF-8 has more than limit characters.
func longer[T ~string | ~[]byte](text T, limit int) bool {
	return len(text) > limit && utf8.RuneCountInString(string(text)) > limit
}
