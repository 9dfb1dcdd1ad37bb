package libratoexporter

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
)

func TestTypeConflictStopsTheName(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	s.refuse = func(m wiretest.Measurement) string {
		if m.Name == "Conflict" {
			return `{"errors":{"params":{"type":["'Conflict' is a counter, but was submitted as different type"]}}}`
		}
		return ""
	}
	e := startMetrics(t, sourceConfig(s.URL), p)
	md := gauges("fine", "x", 100)
	gauges("Conflict", "x", 3).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	gauges("fine.too", "x", 100).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	again := pmetric.NewMetrics()
	md.CopyTo(again)
	require.NoError(t, e.ConsumeMetrics(t.Context(), md))
	s.exactlyOnce(200)
	assert.EqualValues(t, 3, p.Dropped(t, "type_conflict"))
	before := len(s.seen())
	require.NoError(t, e.ConsumeMetrics(t.Context(), again))
	assert.Len(t, s.seen(), before+1, "nothing is refused any more")
	assert.EqualValues(t, 6, p.Dropped(t, "type_conflict"))
	assert.Equal(t, 1, p.Logs.FilterMessageSnippet("another type").Len())
	assert.EqualValues(t, 1, state(t, p, "stopped_names"))
}

func TestManyTypeConflicts(t *testing.T) {
	for dialect, config := range map[string]func(string) *Config{"tags": testConfig, "sources": sourceConfig} {
		t.Run(dialect, func(t *testing.T) {
			s, p := newStandin(t), newProbe(t)
			s.refuse = func(m wiretest.Measurement) string {
				if strings.HasPrefix(m.Name, "conflict") {
					return fmt.Sprintf(`{"errors":{"params":{"type":["'%s' is a counter, but was submitted as different type"]}}}`, m.Name)
				}
				return ""
			}
			md := pmetric.NewMetrics()
			for i := range 20 {
				gauges(fmt.Sprint("conflict", i), "x", 10).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
				gauges(fmt.Sprint("fine", i), "x", 10).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
			}
			require.NoError(t, startMetrics(t, config(s.URL), p).ConsumeMetrics(t.Context(), md))
			s.exactlyOnce(200)
			assert.EqualValues(t, 200, p.Dropped(t, "type_conflict"))
			assert.EqualValues(t, 0, p.Dropped(t, "refused"))
			assert.LessOrEqual(t, len(s.seen()), 2+20)
		})
	}
}

func TestTypeConflictBeforeAnOutage(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	s.refuse = func(m wiretest.Measurement) string {
		if m.Name == "conflict" {
			return `{"errors":{"params":{"type":["'conflict' is a counter, but was submitted as different type"]}}}`
		}
		return ""
	}
	md := gauges("fine", "x", 10)
	gauges("conflict", "x", 3).ResourceMetrics().MoveAndAppendTo(md.ResourceMetrics())
	s.next(nil, &answer{status: http.StatusServiceUnavailable})
	require.NoError(t, startMetrics(t, testConfig(s.URL), p).ConsumeMetrics(t.Context(), md))
	s.exactlyOnce(10)
	assert.Len(t, s.seen(), 3)
	assert.EqualValues(t, 3, p.Dropped(t, "type_conflict"), "once, though the batch was tried twice")
}

func TestNothingButTypeConflicts(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	s.refuse = func(wiretest.Measurement) string {
		return `{"errors":{"params":{"type":["'g' is a counter, but was submitted as different type"]}}}`
	}
	require.NoError(t, startMetrics(t, testConfig(s.URL), p).ConsumeMetrics(t.Context(), gauges("g", "x", 3)))
	assert.Len(t, s.seen(), 1, "a request without measurements is an error to the service")
	assert.EqualValues(t, 3, p.Dropped(t, "type_conflict"))
}

func TestTypeConflictOfAnotherMetric(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	s.refuse = func(m wiretest.Measurement) string {
		if m.Tags["i"] == "3" {
			return `{"errors":{"params":{"type":["'other' is a counter, but was submitted as different type"]}}}`
		}
		return ""
	}
	require.Error(t, startMetrics(t, testConfig(s.URL), p).ConsumeMetrics(t.Context(), gauges("g", "x", 10)))
	s.exactlyOnce(9)
	assert.EqualValues(t, 1, p.Dropped(t, "refused"))
}
