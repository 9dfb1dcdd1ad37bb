package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAttributesAreBounded(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	short := map[string]any{"a": "b", "n": 1}
	assert.Equal(t, short, bounded(short))
	assert.Nil(t, bounded(nil))
	assert.Equal(t, map[string]any{"a": long[:maxText] + "…"}, bounded(map[string]any{"a": long}))
	assert.Equal(t, map[string]any{"a": []any{map[string]any{"b": long[:maxText] + "…"}}}, bounded(map[string]any{"a": []any{map[string]any{"b": long}}}))
	assert.Equal(t, map[string]any{"a": strings.Repeat("x", maxText-1) + "…"}, bounded(map[string]any{"a": strings.Repeat("x", maxText-1) + "€"}), "within a character")

	many := map[string]any{}
	for i := range maxAttributes + 10 {
		many[fmt.Sprint(i)] = i
	}
	assert.Len(t, bounded(many), maxAttributes)
	assert.Len(t, bounded(map[string]any{"a": make([]any, maxList+1)})["a"], maxList)
}

func TestSpansAndLogsAreBounded(t *testing.T) {
	s, _ := newStore(Limits{})
	long := map[string]any{"a": strings.Repeat("x", 1<<20), "test_id": "run"}
	s.AddSpans("v", []Span{{TraceID: "t", SpanID: "s", Name: strings.Repeat("n", 1<<20), Attributes: long, Resource: long, Logs: []SpanLog{{Fields: long}}}})
	s.AddSpanLogs("v", []SpanLog{{TraceID: "t", SpanID: "s", Fields: long}})
	span := s.Traces(0, 1)[0].Spans[0]
	for _, kept := range []string{span.Name, span.Attributes["a"].(string), span.Resource["a"].(string), span.Logs[0].Fields["a"].(string), span.Logs[1].Fields["a"].(string)} {
		assert.Less(t, len(kept), maxText+4)
	}
	assert.EqualValues(t, 2, s.Audit("run").Distinct, "audited as they came")
}
