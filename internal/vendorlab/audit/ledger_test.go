package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestExactlyOnce(t *testing.T) {
	l := New(100)
	for i := range 3 {
		l.Record("run", fmt.Append(nil, "point ", i))
	}
	assert.Equal(t, Report{
		Total: 3, Distinct: 3, Values: 1, Limit: 100,
		Entries: []Entry{{Value: "run", Total: 3, Distinct: 3, Duplicates: []Duplicate{}}},
	}, l.Report())
}

func TestRepeatsAreListed(t *testing.T) {
	l := New(100)
	for _, identity := range []string{"a", "b", "b", "a", "b", "c"} {
		l.Record("run", []byte(identity))
	}
	entry := l.Report().Entries[0]
	assert.EqualValues(t, 6, entry.Total)
	assert.Equal(t, 3, entry.Distinct)
	assert.EqualValues(t, 2, entry.Repeated)
	assert.Equal(t, []Duplicate{{Identity: "a", Count: 2}, {Identity: "b", Count: 3}}, entry.Duplicates)
}

func TestTheSameIdentityUnderTwoValuesIsNoRepeat(t *testing.T) {
	l := New(100)
	l.Record("one", []byte("a"))
	l.Record("two", []byte("a"))
	assert.Zero(t, l.Report().Repeated)
	assert.Equal(t, 1, l.Report("two").Values)
}

func TestListOfRepeatsIsBounded(t *testing.T) {
	l := New(1000)
	for i := range 2 * (maxDuplicates + 10) {
		l.Record("run", fmt.Append(nil, i/2))
	}
	entry := l.Report().Entries[0]
	assert.Len(t, entry.Duplicates, maxDuplicates)
	assert.EqualValues(t, maxDuplicates+10, entry.Repeated)
}

func TestFullLedgerSaysSo(t *testing.T) {
	l := New(2)
	for _, identity := range []string{"a", "b", "c", "a"} {
		l.Record("run", []byte(identity))
	}
	report := l.Report()
	assert.EqualValues(t, 1, report.Untracked)
	assert.Equal(t, 2, report.Distinct)
	assert.EqualValues(t, 1, report.Repeated, "what is held is still counted")

	l.Reset()
	assert.Zero(t, l.Report().Untracked)
}

func TestLongTextsAreBounded(t *testing.T) {
	l := New(10)
	long := []byte(strings.Repeat("x", 5000))
	for range 2 {
		l.Record(string(long), long)
	}
	entry := l.Report().Entries[0]
	assert.Len(t, entry.Value, maxValue)
	assert.Len(t, entry.Duplicates[0].Identity, maxIdentity)
	assert.EqualValues(t, 2, entry.Total)
}
