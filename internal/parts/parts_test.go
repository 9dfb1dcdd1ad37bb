package parts

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// add builds items: each is its bytes and its units.
type item struct {
	body  string
	units int
}

func build(maxBytes, maxUnits int, items ...item) (parts []*Part, refused int, walked int) {
	b := Builder{MaxBytes: maxBytes, MaxUnits: maxUnits, Emit: func(p *Part) { parts = append(parts, p) }}
	for _, i := range items {
		b.Start()
		b.Body = append(b.Body, i.body...)
		if !b.Finish(i.units) {
			refused++
		}
	}
	b.Flush()
	return parts, refused, b.Walked()
}

func TestPartsCloseBeforeALimit(t *testing.T) {
	cases := map[string]struct {
		maxBytes, maxUnits int
		items              []item
		want               []string
		refused            int
	}{
		"exactly at the byte limit":    {4, 9, []item{{"ab", 1}, {"cd", 1}}, []string{"abcd"}, 0},
		"one byte over":                {4, 9, []item{{"ab", 1}, {"cde", 1}}, []string{"ab", "cde"}, 0},
		"exactly at the unit limit":    {99, 3, []item{{"a", 2}, {"b", 1}}, []string{"ab"}, 0},
		"one unit over":                {99, 3, []item{{"a", 2}, {"b", 2}}, []string{"a", "b"}, 0},
		"an item alone over bytes":     {2, 9, []item{{"a", 1}, {"bcd", 1}, {"e", 1}}, []string{"ae"}, 1},
		"an item alone over units":     {99, 1, []item{{"a", 2}}, nil, 1},
		"dropped items put in nothing": {99, 9, []item{{"", 0}, {"a", 1}, {"", 0}}, []string{"a"}, 0},
		"only dropped items":           {99, 9, []item{{"", 0}, {"", 0}}, nil, 0},
		"nothing":                      {99, 9, nil, nil, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			parts, refused, walked := build(c.maxBytes, c.maxUnits, c.items...)
			var got []string
			for _, p := range parts {
				got = append(got, string(p.Body))
			}
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.refused, refused)
			assert.Equal(t, len(c.items), walked)
		})
	}
}

func TestHalves(t *testing.T) {
	parts, _, _ := build(99, 99, item{"", 0}, item{"aa", 2}, item{"", 0}, item{"b", 1}, item{"c", 1}, item{"", 0})
	p := parts[0]
	a, b, ok := p.Halves()
	require.True(t, ok)
	assert.Equal(t, "aa", string(a.Body))
	assert.Equal(t, 2, a.Units())
	assert.Equal(t, 1, a.Sent())
	assert.Equal(t, "bc", string(b.Body))
	assert.Equal(t, 2, b.Units())
	assert.Equal(t, 0, a.First)
	assert.Equal(t, p.Items(), a.Items()+b.Items())
	assert.Equal(t, a.First+a.Items(), b.First)
	_, _, ok = a.Halves()
	assert.False(t, ok, "one item cannot be halved")
}

func TestSplit(t *testing.T) {
	parts, _, _ := build(99, 99, item{"aa", 1}, item{"", 0}, item{"bb", 1}, item{"c", 1})
	for offset, want := range map[int]string{0: "", 1: "", 2: "aa", 3: "aa", 4: "aabb", 5: "aabbc"} {
		before, behind := parts[0].Split(offset)
		assert.Equal(t, want, string(before.Body), offset)
		assert.Equal(t, "aabbc", string(before.Body)+string(behind.Body))
		assert.Equal(t, 4, before.Items()+behind.Items())
	}
}

func TestRemove(t *testing.T) {
	for remove, want := range map[string]string{"": "aabbbcd", "b": "aacd", "ad": "bbbc", "abcd": "", "c": "aabbbd"} {
		parts, _, _ := build(99, 99, item{"aa", 2}, item{"", 0}, item{"bbb", 1}, item{"c", 1}, item{"d", 3})
		p := parts[0]
		assert.Equal(t, len(remove), p.Remove(func(item []byte) bool { return bytes.ContainsAny(item, remove) }))
		assert.Equal(t, want, string(p.Body), remove)
		assert.Equal(t, 5, p.Items())
		units := 0
		for i, letter := range []string{"a", "", "b", "c", "d"} {
			held := letter != "" && !bytes.ContainsAny([]byte(letter), remove)
			assert.Equal(t, held, p.Holds(i), "%s without %s", letter, remove)
			if held {
				units += []int{2, 0, 1, 1, 3}[i]
			}
		}
		assert.Equal(t, units, p.Units())
		if before, behind, ok := p.Halves(); ok {
			assert.Equal(t, want, string(before.Body)+string(behind.Body))
			assert.Equal(t, 5, before.Items()+behind.Items())
			assert.Equal(t, 1, behind.Remove(func(item []byte) bool { return item[0] == want[len(want)-1] }))
			assert.True(t, bytes.HasPrefix([]byte(want), before.Body), "the other half is as it was")
		}
	}
}

func TestStartAtSkipsOrdinals(t *testing.T) {
	var parts []*Part
	b := Builder{MaxBytes: 99, MaxUnits: 99, Emit: func(p *Part) { parts = append(parts, p) }}
	for _, ordinal := range []int{3, 4, 7} {
		b.StartAt(ordinal)
		b.Body = append(b.Body, 'x')
		b.Finish(1)
	}
	b.Flush()
	require.Len(t, parts, 1)
	var held []int
	for i := range parts[0].Items() {
		if parts[0].Holds(i) {
			held = append(held, parts[0].First+i)
		}
	}
	assert.Equal(t, []int{3, 4, 7}, held)
}

// Random items: parts keep the limits, and hold every item once and in order; so do
// their halves, down to single items.
func TestNothingIsLostBetweenParts(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		maxBytes, maxUnits := 1+r.IntN(40), 1+r.IntN(10)
		var items []item
		var want []byte
		held := map[int]bool{}
		for i := range r.IntN(60) {
			it := item{}
			if r.IntN(4) > 0 {
				it = item{string(bytes.Repeat([]byte{byte('a' + i%26)}, 1+r.IntN(8))), 1 + r.IntN(4)}
			}
			items = append(items, it)
			if it.units > 0 && it.units <= maxUnits && len(it.body) <= maxBytes {
				want = append(want, it.body...)
				held[i] = true
			}
		}
		parts, _, walked := build(maxBytes, maxUnits, items...)
		require.Equal(t, len(items), walked)
		var got []byte
		for _, p := range parts {
			require.LessOrEqual(t, len(p.Body), maxBytes)
			require.LessOrEqual(t, p.Units(), maxUnits)
			got = append(got, collect(t, p, held)...)
		}
		require.Equal(t, string(want), string(got))
		require.Empty(t, held, "items that no part holds")
		for _, p := range parts {
			p.Release()
		}
	}
}

// collect halves a part until single items are left.
func collect(t *testing.T, p *Part, held map[int]bool) []byte {
	if a, b, ok := p.Halves(); ok {
		require.Equal(t, p.Units(), a.Units()+b.Units())
		return append(collect(t, &a, held), collect(t, &b, held)...)
	}
	for i := range p.Items() {
		if p.Holds(i) {
			require.True(t, held[p.First+i], "item %d is held twice, or should not be", p.First+i)
			delete(held, p.First+i)
		}
	}
	return p.Body
}
