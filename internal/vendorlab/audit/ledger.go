// Package audit answers "did everything arrive exactly once?".
//
// A test puts an attribute (by default test_id) on what it sends. The ledger
// counts, per value of that attribute, every identity that was accepted: for a
// point its series, timestamp and value, for an event its whole content, for a
// span its trace and span id.
package audit

import (
	"hash/maphash"
	"maps"
	"slices"
	"sync"
)

// Bounds of the texts that are kept, in bytes.
const (
	maxValue    = 256 // of the audited attribute; longer values count as one when they begin alike
	maxIdentity = 1024
)

// maxDuplicates bounds the identities listed per value; more are only counted.
const maxDuplicates = 100

// Ledger counts identities. All methods may be called concurrently.
type Ledger struct {
	limit int
	seed  maphash.Seed

	mu        sync.Mutex
	values    map[string]*tally
	held      int
	untracked uint64
}

type tally struct {
	total      uint64
	seen       map[uint64]uint32
	duplicates map[uint64]*Duplicate
	repeated   uint64
}

// Duplicate is an identity that arrived more than once.
type Duplicate struct {
	Identity string `json:"identity"`
	Count    uint32 `json:"count"`
}

// Entry is what arrived under one value of the audited attribute.
type Entry struct {
	Value string `json:"value"`
	// Total counts arrivals, Distinct different identities: equal when all arrived once.
	Total    uint64 `json:"total"`
	Distinct int    `json:"distinct"`
	// Repeated counts identities that arrived more than once; Duplicates lists the first 100 of them.
	Repeated   uint64      `json:"repeated"`
	Duplicates []Duplicate `json:"duplicates"`
	// Check compares with what was expected; nil: nothing was.
	Check *Check `json:"check,omitempty"`
}

// Check is an expectation of different identities, and how it came out.
type Check struct {
	Expected    uint64 `json:"expected"`
	Missing     uint64 `json:"missing"`    // identities that did not arrive
	Unexpected  uint64 `json:"unexpected"` // different identities beyond those expected
	ExactlyOnce bool   `json:"exactly_once"`
}

// Report is the whole ledger, entries in order of value.
type Report struct {
	Key      string  `json:"key"`
	Total    uint64  `json:"total"`
	Distinct int     `json:"distinct"`
	Repeated uint64  `json:"repeated"`
	Values   int     `json:"values"`
	Entries  []Entry `json:"entries"`
	// Untracked counts arrivals that came after the ledger was full: when it is
	// not zero, the other figures are lower bounds.
	Untracked uint64 `json:"untracked"`
	Limit     int    `json:"limit"`
	// ExactlyOnce is set by Compare: every expectation was met, each identity once, and nothing went untracked.
	ExactlyOnce *bool `json:"exactly_once,omitempty"`
}

// Compare checks entries against the number of different identities expected of each value. A value that never
// arrived gets an entry. Without expectations it changes nothing.
func (r *Report) Compare(expected map[string]uint64) {
	if len(expected) == 0 {
		return
	}
	all := r.Untracked == 0
	for _, value := range slices.Sorted(maps.Keys(expected)) {
		i := slices.IndexFunc(r.Entries, func(e Entry) bool { return e.Value == value })
		if i < 0 {
			i = len(r.Entries)
			r.Entries = append(r.Entries, Entry{Value: value, Duplicates: []Duplicate{}})
		}
		e := &r.Entries[i]
		want, seen := expected[value], uint64(e.Distinct)
		e.Check = &Check{
			Expected: want, Missing: want - min(seen, want), Unexpected: seen - min(seen, want),
			ExactlyOnce: seen == want && e.Total == want,
		}
		all = all && e.Check.ExactlyOnce
	}
	r.ExactlyOnce = &all
}

// New returns a ledger that holds up to limit identities.
func New(limit int) *Ledger {
	return &Ledger{limit: limit, seed: maphash.MakeSeed(), values: map[string]*tally{}}
}

// Record counts one arrival. The identity is kept as a 64-bit hash, and as text
// once it repeats.
func (l *Ledger) Record(value string, identity []byte) {
	hash := maphash.Bytes(l.seed, identity)
	value = value[:min(len(value), maxValue)]
	l.mu.Lock()
	defer l.mu.Unlock()

	t := l.values[value]
	if t != nil && t.seen[hash] > 0 {
		t.repeat(hash, identity)
		return
	}
	if l.held >= l.limit {
		l.untracked++
		return
	}
	if t == nil {
		t = &tally{seen: map[uint64]uint32{}, duplicates: map[uint64]*Duplicate{}}
		l.values[value] = t
	}
	l.held++
	t.total++
	t.seen[hash] = 1
}

func (t *tally) repeat(hash uint64, identity []byte) {
	t.total++
	t.seen[hash]++
	if t.seen[hash] == 2 {
		t.repeated++
		if len(t.duplicates) < maxDuplicates {
			t.duplicates[hash] = &Duplicate{Identity: string(identity[:min(len(identity), maxIdentity)])}
		}
	}
	if d := t.duplicates[hash]; d != nil {
		d.Count = t.seen[hash]
	}
}

// Report returns the entries whose value is in only, or all when only is empty.
func (l *Ledger) Report(only ...string) Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	report := Report{Entries: []Entry{}, Untracked: l.untracked, Limit: l.limit}
	for _, value := range slices.Sorted(maps.Keys(l.values)) {
		if len(only) > 0 && !slices.Contains(only, value) {
			continue
		}
		entry := l.values[value].entry(value)
		report.Total += entry.Total
		report.Distinct += entry.Distinct
		report.Repeated += entry.Repeated
		report.Entries = append(report.Entries, entry)
	}
	report.Values = len(report.Entries)
	return report
}

func (t *tally) entry(value string) Entry {
	entry := Entry{Value: value, Total: t.total, Distinct: len(t.seen), Repeated: t.repeated, Duplicates: []Duplicate{}}
	for _, d := range t.duplicates {
		entry.Duplicates = append(entry.Duplicates, *d)
	}
	slices.SortFunc(entry.Duplicates, func(a, b Duplicate) int {
		if a.Identity < b.Identity {
			return -1
		}
		return 1
	})
	return entry
}

// Reset forgets everything.
func (l *Ledger) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.values, l.held, l.untracked = map[string]*tally{}, 0, 0
}
