package compute

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// stocked holds, at a resolution of 10 seconds from time 0:
//
//	cpu (gauge)             host=a dc=x: 1 2 3    host=b dc=x: 10 - 30    host=c dc=y: 100 200 300
//	memory (gauge)          host=a dc=x: 4 4 4    host=b dc=x: 5 5 5
//	requests (counter)      host=a: 1+2, 3, -
//	bytes (cumulative)      host=a: 100, 150, 30 (began again at zero)
//	total (gauge)           2 4 0
func stocked() *store.Store {
	s := store.New(store.Options{Now: func() time.Time { return time.UnixMilli(1000) }})
	add := func(metricType, metric string, dimensions store.Dimensions, points ...store.Point) {
		for _, p := range points {
			s.AddSamples("signalfx", []store.Sample{{Metric: metric, Type: metricType, Dimensions: dimensions, Timestamp: p.Timestamp, Value: p.Value}})
		}
	}
	at := func(t int64, v float64) store.Point { return store.Point{Timestamp: t, Value: store.Double(v)} }
	whole := func(t, v int64) store.Point { return store.Point{Timestamp: t, Value: store.Int(v)} }
	host := func(name, dc string) store.Dimensions {
		return store.Dimensions{{Key: "dc", Value: dc}, {Key: "host", Value: name}}
	}
	add("gauge", "cpu", host("a", "x"), at(1, 0.5), at(9_999, 1.5), at(10_000, 2), at(20_000, 3))
	add("gauge", "cpu", host("b", "x"), at(20_000, 30), at(1000, 10)) // out of order
	add("gauge", "cpu", host("c", "y"), at(0, 100), at(10_000, 200), at(20_000, 300))
	add("gauge", "memory", host("a", "x"), whole(0, 4), whole(10_000, 4), whole(20_000, 4))
	add("gauge", "memory", host("b", "x"), whole(0, 5), whole(10_000, 5), whole(20_000, 5))
	add("counter", "requests", store.Dimensions{{Key: "host", Value: "a"}}, whole(1, 1), whole(2, 2), whole(10_000, 3))
	add("cumulative_counter", "bytes", store.Dimensions{{Key: "host", Value: "a"}}, whole(0, 100), whole(10_000, 150), whole(20_000, 30))
	add("gauge", "total", nil, whole(1, 2), whole(10_001, 4), whole(20_001, 0))
	add("histogram", "latency", nil, store.Point{Timestamp: 1, Value: store.Distribution(&store.Histogram{Count: 1})})
	s.AddSamples("librato", []store.Sample{{Metric: "cpu", Type: "gauge", Timestamp: 1, Value: store.Int(1)}})
	return s
}

// properties says that host a is of team one.
func properties(key, value string) map[string]string {
	if key == "host" && value == "a" {
		return map[string]string{"team": "one"}
	}
	return nil
}

func testSource(s *store.Store) Source {
	return Source{Store: s, Vendor: "signalfx", Properties: properties, MaxSeries: 1000, MaxDerived: 1000, Expiry: 60_000}
}

func compiled(t testing.TB, program string) *Plan {
	t.Helper()
	plan, err := Compile(program)
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return plan
}

// results runs three steps of 10 seconds and writes a line for each series of each
// publication: label{dimensions}: what it has at each step, ~ for nothing and ? for null.
func results(t *testing.T, program string) []string {
	t.Helper()
	run := compiled(t, program).NewRun(testSource(stocked()))
	run.Begin(0, 10_000)
	rows := map[string][]string{}
	for i := range 3 {
		batch := run.Step(int64(i) * 10_000)
		for _, block := range batch.Blocks {
			for _, p := range block.Points {
				name := block.Of.Label + dimensions(p.Series.Dimensions)
				for len(rows[name]) < i {
					rows[name] = append(rows[name], "~")
				}
				rows[name] = append(rows[name], shown(p.Value))
			}
		}
	}
	var lines []string
	for name, values := range rows {
		for len(values) < 3 {
			values = append(values, "~")
		}
		lines = append(lines, name+": "+strings.Join(values, " "))
	}
	slices.Sort(lines)
	return lines
}

func dimensions(all store.Dimensions) string {
	var parts []string
	for _, d := range all {
		parts = append(parts, d.Key+"="+d.Value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// shown writes whole numbers with an i.
func shown(v Value) string {
	switch v.Kind() {
	case Null:
		return "?"
	case Long:
		return fmt.Sprintf("%di", v.Any())
	}
	return fmt.Sprint(v.Any())
}

func mistake(t *testing.T, program string) *lang.Error {
	t.Helper()
	_, err := Compile(program)
	require.NotNil(t, err, program)
	return err
}
