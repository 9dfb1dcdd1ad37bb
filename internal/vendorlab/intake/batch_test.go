package intake

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

var kinds = Kinds{Sample: "point", Distribution: "histogram", Event: "event", Span: "span", SpanLog: "span_log"}

func TestSaveCountsEveryKind(t *testing.T) {
	st := store.New(store.Options{})
	b := Batch{
		Kinds:    kinds,
		Samples:  []store.Sample{{Metric: "m", Value: store.Int(1)}, {Metric: "h", Value: store.Distribution(&store.Histogram{})}},
		Events:   []store.Event{{Type: "e"}},
		Spans:    []store.Span{{TraceID: "t", SpanID: "s"}},
		SpanLogs: []store.SpanLog{{TraceID: "t", SpanID: "s"}},
	}
	b.Refuse("point", "some_reason", "some detail", "some item")
	accepted, refused := map[string]int{}, map[string]int{}
	b.Save(st, "v", "/path", func(kind string, a, r int) {
		accepted[kind] += a
		refused[kind] += r
	})
	assert.Equal(t, map[string]int{"point": 1, "histogram": 1, "event": 1, "span": 1, "span_log": 1}, accepted)
	assert.Equal(t, 1, refused["point"])
	assert.Equal(t, store.Counts{Points: 2, Events: 1, Spans: 1, SpanLogs: 1, Rejected: 1}, st.Stats().Vendors["v"].Counts)
	rejection := st.Rejections(0, 0)[0]
	assert.Equal(t, []any{"/path", "some_reason", "some item"}, []any{rejection.Path, rejection.Reason, rejection.Item})
}

func TestTruncateKeepsTheFirst(t *testing.T) {
	for name, test := range map[string]struct {
		share         float64
		kept, refused int
	}{
		"everything": {1, 4, 0},
		"a half":     {0.5, 2, 6},
		"nothing":    {0, 0, 12},
	} {
		t.Run(name, func(t *testing.T) {
			b := Batch{Kinds: kinds, Samples: make([]store.Sample, 4), Events: make([]store.Event, 4), Spans: make([]store.Span, 4)}
			b.Truncate(test.share)
			assert.Len(t, b.Samples, test.kept)
			assert.Len(t, b.Refused, test.refused)
		})
	}
}

func TestItemsAreShownAtABoundedLength(t *testing.T) {
	assert.Equal(t, strings.Repeat("x", MaxShown), Shown(strings.Repeat("x", MaxShown+1)))
	assert.IsType(t, "", Shown(map[string]string{"a": strings.Repeat("x", MaxShown)}), "cut to text")
	assert.Contains(t, Shown(map[string]any{"a": math.NaN()}), "NaN")
	text, err := store.Rejection{Item: Shown(map[string]int{"a": 1})}.Item.(interface{ MarshalJSON() ([]byte, error) }).MarshalJSON()
	assert.NoError(t, err)
	assert.JSONEq(t, `{"a":1}`, string(text))
}
