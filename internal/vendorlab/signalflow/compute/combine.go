package compute

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// combine is an operator between two streams. Series go together when one has all
// dimensions of the other, with the same values; the result has those of the larger.
type combine struct {
	operator    string
	left, right stream
	of          func(a, b Value) Value
	// inputOf is, of a condition, the value that it judges.
	inputOf func(l, r sample) Value
}

func (c *combine) at(s *step) []sample {
	left, right := s.of(c.left), s.of(c.right)
	var out []sample
	add := func(l, r sample) (more bool) {
		out = append(out, c.pair(l, r))
		s.run.exceeded = s.run.exceeded || len(out) > s.run.source.MaxDerived
		return !s.run.exceeded
	}
	byRight := indexByKeys(right)
	for _, l := range left {
		byRight.within(l.series.Dimensions, func(r sample) bool { return add(l, r) })
	}
	// The other way round: where the right one has more dimensions.
	byLeft := indexByKeys(left)
	for _, r := range right {
		byLeft.within(r.series.Dimensions, func(l sample) bool {
			return len(l.series.Dimensions) >= len(r.series.Dimensions) || add(l, r)
		})
	}
	if s.run.exceeded {
		return nil // the job ends
	}
	slices.SortFunc(out, func(a, b sample) int {
		return cmp.Or(compareDimensions(a.series.Dimensions, b.series.Dimensions), cmp.Compare(a.series.id, b.series.id))
	})
	return out
}

func (c *combine) pair(l, r sample) sample {
	larger := l.series
	if len(r.series.Dimensions) > len(l.series.Dimensions) {
		larger = r.series
	}
	id := newIdentity("combine " + c.operator)
	id.number(l.series.id)
	id.number(r.series.id)
	paired := sample{
		series: &Series{
			Dimensions: larger.Dimensions, Metric: sameMetric(l.series, r.series), Derived: true,
			Created:  createdOf(l.series, r.series),
			id:       id.Sum64(),
			constant: l.series.constant && r.series.constant,
		},
		value: c.of(l.value, r.value),
	}
	if c.inputOf != nil {
		paired.input = c.inputOf(l, r)
	}
	return paired
}

// comparedInput is the side of a comparison that is no number of the program.
func comparedInput(l, r sample) Value {
	if l.series.constant {
		return r.value
	}
	return l.value
}

// firstInput is that of the first condition of several.
func firstInput(l, _ sample) Value { return l.input }

func createdOf(a, b *Series) int64 {
	if a.constant {
		return b.Created
	}
	if b.constant {
		return a.Created
	}
	return min(a.Created, b.Created)
}

// invert is "not" before a condition.
type invert struct{ from stream }

func (n *invert) at(s *step) []sample {
	out := slices.Clone(s.of(n.from))
	for i := range out {
		out[i].value = negate(out[i].value)
	}
	return out
}

// keyIndex finds samples by dimensions: first by which dimensions they have, then by
// the values of those.
type keyIndex struct {
	sets   []string // the keys of byKeys in order
	byKeys map[string]*keySet
}

type keySet struct {
	keys    []string
	byValue map[string][]sample
}

func indexByKeys(samples []sample) *keyIndex {
	index := &keyIndex{byKeys: map[string]*keySet{}}
	for _, s := range samples {
		keys := make([]string, len(s.series.Dimensions))
		for i, d := range s.series.Dimensions {
			keys[i] = d.Key
		}
		name := strings.Join(keys, "\x00")
		set := index.byKeys[name]
		if set == nil {
			set = &keySet{keys: keys, byValue: map[string][]sample{}}
			index.byKeys[name] = set
			index.sets = append(index.sets, name)
		}
		values, _ := valuesOf(s.series.Dimensions, keys)
		set.byValue[values] = append(set.byValue[values], s)
	}
	return index
}

// within visits the samples whose dimensions are all among these, while there are to be more.
func (x *keyIndex) within(dimensions store.Dimensions, visit func(sample) (more bool)) {
	for _, name := range x.sets {
		set := x.byKeys[name]
		if values, ok := valuesOf(dimensions, set.keys); ok {
			for _, s := range set.byValue[values] {
				if !visit(s) {
					return
				}
			}
		}
	}
}

// valuesOf joins the values of some dimensions; ok is false when one is not there.
func valuesOf(dimensions store.Dimensions, keys []string) (joined string, ok bool) {
	var out strings.Builder
	for _, key := range keys {
		value, ok := dimensions.Get(key)
		if !ok {
			return "", false
		}
		out.WriteString(value)
		out.WriteByte(0)
	}
	return out.String(), true
}

func compareDimensions(a, b store.Dimensions) int {
	return slices.CompareFunc(a, b, func(x, y store.Dimension) int {
		return cmp.Or(strings.Compare(x.Key, y.Key), strings.Compare(x.Value, y.Value))
	})
}
