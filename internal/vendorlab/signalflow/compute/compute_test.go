package compute

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestResultsOfPrograms(t *testing.T) {
	for _, test := range []struct {
		name, program string
		want          []string
	}{
		{"a gauge is averaged", `data('cpu').publish()`, []string{
			"{dc=x,host=a}: 1 2 3", "{dc=x,host=b}: 10 ~ 30", "{dc=y,host=c}: 100 200 300"}},
		{"a counter is summed up", `data('requests').publish('r')`, []string{"r{host=a}: 3i 3i ~"}},
		{"a cumulative counter becomes its growth", `data('bytes').publish()`, []string{"{host=a}: ~ 50i 30i"}},
		{"a histogram is no number", `data('latency').publish()`, nil},
		{"a metric that is not there", `data('nothing').publish()`, nil},
		{"a metric by wildcard", `data('c*u', filter=filter('host','a')).publish()`, []string{"{dc=x,host=a}: 1 2 3"}},

		{"rollup sum", `data('cpu', rollup='sum').publish()`, []string{
			"{dc=x,host=a}: 2 2 3", "{dc=x,host=b}: 10 ~ 30", "{dc=y,host=c}: 100 200 300"}},
		{"rollup count", `data('requests', rollup='count').publish()`, []string{"{host=a}: 2i 1i ~"}},
		{"rollup min", `data('requests', rollup='min').publish()`, []string{"{host=a}: 1i 3i ~"}},
		{"rollup max", `data('requests', rollup='max').publish()`, []string{"{host=a}: 2i 3i ~"}},
		{"rollup latest", `data('bytes', rollup='latest').publish()`, []string{"{host=a}: 100i 150i 30i"}},
		{"rollup average of a counter", `data('requests', rollup='average').publish()`, []string{"{host=a}: 1.5 3 ~"}},
		{"rollup rate of a counter", `data('requests', rollup='rate').publish()`, []string{"{host=a}: 0.3 0.3 ~"}},
		{"rollup rate of a cumulative counter", `data('bytes', rollup='rate').publish()`, []string{"{host=a}: ~ 5 3"}},
		{"rollup delta of a gauge may shrink", `data('total', rollup='delta').publish()`, []string{"{}: ~ 2i -4i"}},
		{"rollup delta of a counter", `data('requests', rollup='delta').publish()`, []string{"{host=a}: 3i 3i ~"}},

		{"filter by dimension", `data('cpu', filter=filter('host', 'a')).publish()`, []string{"{dc=x,host=a}: 1 2 3"}},
		{"filter by several values", `data('memory', filter('host', 'a', 'b')).publish()`, []string{"{dc=x,host=a}: 4 4 4", "{dc=x,host=b}: 5 5 5"}},
		{"filter by wildcard", `data('cpu', filter=filter('dc', 'y*')).publish()`, []string{"{dc=y,host=c}: 100 200 300"}},
		{"filter by custom property", `data('memory', filter=filter('team', '*')).publish()`, []string{"{dc=x,host=a}: 4 4 4"}},
		{"filter by metric", `data('*', filter=filter('sf_metric', 'tot*'), rollup='latest').publish()`, []string{"{}: 2i 4i 0i"}},
		{"filter with not", `data('cpu', filter=not filter('dc', 'x')).publish()`, []string{"{dc=y,host=c}: 100 200 300"}},
		{"filter with and", `data('cpu', filter=filter('dc', 'x') and not filter('host', 'b')).publish()`, []string{"{dc=x,host=a}: 1 2 3"}},
		{"filter with or", `data('memory', filter=filter('host', 'nobody') or filter('host', 'b')).publish()`, []string{"{dc=x,host=b}: 5 5 5"}},
		{"filter from a variable", "F = filter('host', 'a')\ndata('memory', filter=F).publish()", []string{"{dc=x,host=a}: 4 4 4"}},
		{"filter by what is not there", `data('cpu', filter=filter('host2', '*')).publish()`, nil},

		{"sum of all", `data('cpu').sum().publish()`, []string{"{}: 111 202 333"}},
		{"sum by a dimension", `data('cpu').sum(by=['dc']).publish()`, []string{"{dc=x}: 11 2 33", "{dc=y}: 100 200 300"}},
		{"by as text", `data('cpu').max(by='dc').publish()`, []string{"{dc=x}: 10 2 30", "{dc=y}: 100 200 300"}},
		{"by two dimensions in any order", `data('memory').sum(by=['host','dc']).publish()`, []string{"{dc=x,host=a}: 4 4 4", "{dc=x,host=b}: 5 5 5"}},
		{"by a custom property leaves out who lacks it", `data('memory').sum(by=['team']).publish()`, []string{"{team=one}: 4 4 4"}},
		{"mean", `data('memory').mean().publish()`, []string{"{}: 4.5 4.5 4.5"}},
		{"min", `data('memory').min().publish()`, []string{"{}: 4 4 4"}},
		{"count counts series with a value", `data('cpu').count().publish()`, []string{"{}: 3i 2i 3i"}},
		{"one after the other", `data('cpu').sum(by='dc').mean().publish()`, []string{"{}: 55.5 101 166.5"}},

		{"a stream and a number", `(data('cpu', filter('host','a')) * 100 + 1).publish()`, []string{"{dc=x,host=a}: 101 201 301"}},
		{"a number and a stream", `A = data('requests'); (10 - A).publish()`, []string{"{host=a}: 7i 7i ~"}},
		{"minus", `(-data('requests')).publish()`, []string{"{host=a}: -3i -3i ~"}},
		{"numbers first", `(data('requests') * (2 + 3 * 4)).publish()`, []string{"{host=a}: 42i 42i ~"}},
		{"streams with the same dimensions", `(data('memory', rollup='latest') - data('cpu')).publish()`, []string{
			"{dc=x,host=a}: 3 2 1", "{dc=x,host=b}: -5 ~ -25"}},
		{"a stream with fewer dimensions goes with all", `A = data('memory', rollup='latest'); (A / A.sum()).publish()`, []string{
			"{dc=x,host=a}: 0.4444444444444444 0.4444444444444444 0.4444444444444444",
			"{dc=x,host=b}: 0.5555555555555556 0.5555555555555556 0.5555555555555556"}},
		{"fewer dimensions on the left", `A = data('memory', rollup='latest'); (A.sum(by='dc') - A).publish()`, []string{
			"{dc=x,host=a}: 5i 5i 5i", "{dc=x,host=b}: 4i 4i 4i"}},
		{"division by zero is null", `(8 / data('total', rollup='latest')).publish()`, []string{"{}: 4 2 ?"}},
		{"a null stays null and is not counted", "A = 8 / data('total', rollup='latest')\n(A + 1).publish('a')\nA.count().publish('b')", []string{"a{}: 5 3 ?", "b{}: 1i 1i ~"}},
		{"const", `const(5).publish('c')`, []string{"c{}: 5i 5i 5i"}},
		{"const among streams", `(data('requests') + const(0.5)).publish()`, []string{"{host=a}: 3.5 3.5 ~"}},

		{"several publications", "A = data('requests').publish('a')\nB = (A * 2).publish(label='b')", []string{"a{host=a}: 3i 3i ~", "b{host=a}: 6i 6i ~"}},
		{"a publication that is off", `data('requests').publish('a', enable=False)`, nil},
		{"a variable that changes", "A = data('cpu')\nA = data('requests')\nA.publish()", []string{"{host=a}: 3i 3i ~"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, results(t, test.program))
		})
	}
}

func TestMetricThatAStreamComesFrom(t *testing.T) {
	for program, want := range map[string]string{
		"data('cpu').publish()":                          "cpu",
		"data('cpu').sum().publish()":                    "cpu",
		"(1 - data('cpu') * 2).publish()":                "cpu",
		"(data('cpu') / data('cpu').sum()).publish()":    "cpu",
		"(data('cpu') + data('memory')).publish()":       "",
		"data('*', filter('host','a')).mean().publish()": "",
		"const(1).publish()":                             "",
	} {
		run := compiled(t, program).NewRun(testSource(stocked()))
		run.Begin(0, 10_000)
		assert.Equal(t, want, run.Step(0).Blocks[0].Points[0].Series.Metric, program)
	}
}

func TestMistakesInPrograms(t *testing.T) {
	for _, test := range []struct {
		name, program string
		kind          lang.Kind
		want          string
	}{
		{"a name that is not there", "data('cpu').publish()\nB.publish()", lang.NameError, "line 2, column 1: nothing has the name 'B'"},
		{"a function that is not there", "dta('cpu').publish()", lang.NameError, "line 1, column 1: the lab knows no function 'dta'; it knows const, data, detect, events, filter, when"},
		{"a method that is not there", "data('cpu').\\\n  smooth().publish()", lang.NameError, "line 2, column 3: the lab knows no method 'smooth'; it knows count, max, mean, min, publish, sum"},
		{"no publication", "A = data('cpu')", lang.UsageError, "line 1, column 1: the program publishes nothing; add .publish() to a stream"},
		{"no program", "", lang.UsageError, "line 1, column 1: the program publishes nothing; add .publish() to a stream"},
		{"an argument of the wrong kind", "data(5).publish()", lang.UsageError, "line 1, column 6: data() takes text for 'metric', not a number"},
		{"an argument that is missing", "data(filter=None).publish()", lang.UsageError, "line 1, column 1: data() needs 'metric'"},
		{"None for what is needed", "data(None).publish()", lang.UsageError, "line 1, column 6: data() takes text for 'metric', not None"},
		{"an argument that is not there", "data('cpu', extrapolation='zero').publish()", lang.UsageError, "line 1, column 13: data() takes no 'extrapolation' in the lab"},
		{"an argument too much", "const(1, 2).publish()", lang.UsageError, "line 1, column 10: const() takes no more than 1 arguments"},
		{"an argument twice", "data('cpu', metric='x').publish()", lang.UsageError, "line 1, column 13: data() got 'metric' twice"},
		{"a nameless argument behind a named one", "data(metric='x', None).publish()", lang.UsageError, "line 1, column 18: arguments without a name must come first"},
		{"a rollup that is not there", "data('cpu', rollup='p99').publish()", lang.UsageError, "line 1, column 1: data(): the lab knows no rollup 'p99'; it knows average, count, delta, latest, max, min, rate, sum"},
		{"a filter without a value", "data('x', filter('host')).publish()", lang.UsageError, "line 1, column 11: filter() needs 'value'"},
		{"a filter among numbers", "(data('x') + filter('a','b')).publish()", lang.UsageError, "line 1, column 12: '+' cannot stand between a stream and a filter"},
		{"a filter and a condition", "data('x', filter=filter('a','b') and data('c') > 5).publish()", lang.UsageError, "line 1, column 34: 'and' cannot stand between a filter and a condition"},
		{"text as a number", "(data('x') * 'y').publish()", lang.UsageError, "line 1, column 12: '*' cannot stand between a stream and text"},
		{"minus before a filter", "data('x', -filter('a','b')).publish()", lang.UsageError, "line 1, column 11: '-' cannot stand before a filter"},
		{"a condition is not published", "(data('x') > 5).publish()", lang.UsageError, "line 1, column 17: publish() is a method of streams, events() and detect(), not of a condition"},
		{"a number is not published", "(1 + 1).publish()", lang.UsageError, "line 1, column 9: publish() is a method of streams, events() and detect(), not of a number"},
		{"a number is no stream", "(1).sum().publish()", lang.UsageError, "line 1, column 5: sum() is a method of streams, not of a number"},
		{"a comparison of numbers", "detect(when(1 > 2)).publish()", lang.UsageError, "line 1, column 15: '>' cannot stand between a number and a number"},
		{"when without a condition", "detect(when(data('x'))).publish()", lang.UsageError, "line 1, column 13: when() takes a condition such as A > 5 for 'predicate', not a stream"},
		{"detect without when", "detect(data('x') > 5).publish()", lang.UsageError, "line 1, column 8: detect() takes when() for 'on', not a condition"},
		{"by a number", "data('x').sum(by=[1]).publish()", lang.UsageError, "line 1, column 15: sum() takes text or a list of text for 'by', not a list"},
		{"too many queries", strings.Repeat("data('x').publish();", 201), lang.LimitError, "line 1, column 4001: the program has more than 200 queries"},
		{"too many calls", "A = data('x')\nA" + strings.Repeat(".sum()", 1000) + ".publish()", lang.LimitError, "line 2, column 9: the program calls more than 1000 functions and methods"},
		{"too many filter arguments", "data('x', filter('a'" + strings.Repeat(", 'b'", 1024) + ")).publish()", lang.LimitError, "line 1, column 11: filter() has 1025 arguments, the limit is 1024"},
		{"too many wildcards", "data('x', filter('a'" + strings.Repeat(", '*b'", 36) + ")).publish()", lang.LimitError, "line 1, column 11: filter() has 0 patterns that end in * and 36 with * elsewhere, the limits are 150 and 35"},
		{"too long", strings.Repeat("#", 50_001), lang.LimitError, "line 1, column 1: the program has 50001 characters, the limit is 50000"},
		{"syntax", "data('x'", lang.SyntaxError, "line 1, column 9: unexpected end of the program; expected ')'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := mistake(t, test.program)
			assert.Equal(t, test.want, err.Error())
			assert.Equal(t, test.kind, err.Kind)
		})
	}
}

func TestMistakesTellTheName(t *testing.T) {
	assert.Equal(t, "B", mistake(t, "B.publish()").Name)
	assert.Equal(t, "lasting", mistake(t, "detect(when(data('x') > 1, lasting='5m')).publish()").Name)
}

// incidents runs a detector over three steps and writes its events.
func incidents(t *testing.T, program string) []string {
	t.Helper()
	run := compiled(t, program).NewRun(testSource(stocked()))
	run.Begin(0, 10_000)
	var lines []string
	ids := map[string]string{}
	for i := range int64(3) {
		for _, e := range run.Step(i * 10_000).Events {
			id := e.Properties["incidentId"].(string)
			if ids[id] == "" {
				ids[id] = fmt.Sprint("#", len(ids)+1)
			}
			input := e.Properties["inputs"].(map[string]any)["_S1"].(map[string]any)
			lines = append(lines, fmt.Sprintf("%s@%d %s%s %s->%s %s=%v", e.Of.Label, e.Time, ids[id], dimensions(e.Dimensions),
				e.Properties["was"], e.Properties["is"], e.Watched, input["value"]))
		}
	}
	return lines
}

func TestDetectors(t *testing.T) {
	for _, test := range []struct {
		name, program string
		want          []string
	}{
		{"opens and closes", "A = data('total', rollup='latest')\ndetect(when(A > 2)).publish('d')", []string{
			"d@10000 #1{} ok->anomalous A=4", "d@20000 #1{} anomalous->ok A=0"}},
		{"each series for itself, nothing changes nothing", "A = data('cpu')\ndetect(when(A >= 10)).publish('d')", []string{
			"d@0 #1{dc=x,host=b} ok->anomalous A=10", "d@0 #2{dc=y,host=c} ok->anomalous A=100"}},
		{"the number on the left", "A = data('total', rollup='latest')\ndetect(when(0 == A)).publish()", []string{"@20000 #1{} ok->anomalous A=0"}},
		{"and", "A = data('total', rollup='latest')\ndetect(when(A > 1 and A < 3)).publish()", []string{
			"@0 #1{} ok->anomalous A=2", "@10000 #1{} anomalous->ok A=4"}},
		{"or and not", "A = data('total', rollup='latest')\ndetect(when(not (A == 2 or A == 0))).publish()", []string{
			"@10000 #1{} ok->anomalous A=4", "@20000 #1{} anomalous->ok A=0"}},
		{"two streams", "A = data('memory', filter('host','a'), rollup='latest')\ndetect(when(A <= data('cpu') + 1)).publish()", []string{
			"@20000 #1{dc=x,host=a} ok->anomalous A=4"}},
		{"a condition from a variable", "C = data('total', rollup='latest') != 2\nW = when(C)\nD = detect(W)\nD.publish('d')", []string{
			"d@10000 #1{} ok->anomalous =4"}},
		{"a division by zero is no answer", "A = 1 / data('total', rollup='latest')\ndetect(when(A < 0.3)).publish()", []string{
			"@10000 #1{} ok->anomalous A=0.25"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, incidents(t, test.program))
		})
	}
}

func TestEventsInOrderOfTime(t *testing.T) {
	s := stocked()
	host := store.Dimensions{{Key: "host", Value: "a"}}
	add := func(eventType string, timestamp int64) {
		s.AddEvents("signalfx", []store.Event{{Type: eventType, Timestamp: timestamp, Dimensions: host, Properties: map[string]any{"n": timestamp}}})
	}
	add("deploy", 12_000)
	add("deploy", 9_999)
	add("other", 5_000)
	add("deploy", -1)
	s.AddEvents("librato", []store.Event{{Type: "deploy", Timestamp: 5_000}})
	run := compiled(t, "events(eventType='dep*', filter=filter('host','a') and filter('n','*')).publish('e')").NewRun(testSource(s))
	run.Begin(0, 10_000)
	times := func(b Batch) (list []int64) {
		for _, e := range b.Events {
			list = append(list, e.Time)
		}
		return list
	}
	first := run.Step(0)
	assert.Equal(t, []int64{9_999}, times(first))
	assert.True(t, first.Events[0].New)
	assert.Equal(t, "deploy", first.Events[0].Type)
	add("deploy", 3_000) // late
	assert.Equal(t, []int64{12_000}, times(run.Step(10_000)), "nothing is taken in during a step")
	run.Load()
	late := run.Step(20_000)
	assert.Equal(t, []int64{3_000}, times(late), "late ones come with the next step")
	assert.False(t, late.Events[0].New)

	s.Reset()
	add("deploy", 31_000)
	run.Load()
	assert.Equal(t, []int64{31_000}, times(run.Step(30_000)), "a store that begins anew is noticed")
}

func TestSeriesAreAnnouncedOnceAndExpire(t *testing.T) {
	s := stocked()
	source := testSource(s)
	source.Expiry = 20_000
	run := compiled(t, "data('requests').publish()").NewRun(source)
	run.Begin(0, 10_000)
	step := func(at int64) Block { return run.Step(at).Blocks[0] }
	assert.True(t, step(0).Points[0].New)
	second := step(10_000)
	assert.False(t, second.Points[0].New)
	assert.Empty(t, step(20_000).Points)
	expired := step(30_000)
	assert.Equal(t, []uint64{second.Points[0].TSID}, expired.Expired)
	assert.Empty(t, step(40_000).Expired, "only once")

	s.AddSamples("signalfx", []store.Sample{{Metric: "requests", Type: "counter", Dimensions: store.Dimensions{{Key: "host", Value: "a"}}, Timestamp: 50_000, Value: store.Int(1)}})
	run.Load()
	again := step(50_000)
	require.Len(t, again.Points, 1)
	assert.True(t, again.Points[0].New)
	assert.Equal(t, second.Points[0].TSID, again.Points[0].TSID)
}

func TestTheSameAgain(t *testing.T) {
	s := stocked()
	program := "A = data('*').publish('a')\nB = (A / A.sum(by='host')).publish('b')\ndetect(when(B > 0.5)).publish('d')"
	plan := compiled(t, program)
	var first []Batch
	for round := range 5 {
		run := plan.NewRun(testSource(s))
		run.Begin(0, 10_000)
		var batches []Batch
		for i := range int64(4) {
			batches = append(batches, run.Step(i*10_000))
		}
		if round == 0 {
			first = batches
		}
		assert.Equal(t, first, batches)
	}
	ids := map[uint64]bool{}
	for _, block := range first[1].Blocks {
		for _, p := range block.Points {
			assert.False(t, ids[p.TSID], "one series, one block")
			ids[p.TSID] = true
		}
	}
}

func TestInputsAreTold(t *testing.T) {
	source := testSource(stocked())
	source.MaxSeries = 2
	run := compiled(t, "data('cpu').sum(by='nothing').publish()\ndata('none', filter('a','b')).publish()").NewRun(source)
	inputs := run.Inputs()
	require.Len(t, inputs, 2)
	assert.Equal(t, lang.Position{Line: 1, Column: 1}, inputs[0].Position)
	assert.Equal(t, 3, inputs[0].Matched)
	assert.Equal(t, 2, inputs[0].Taken)
	assert.Equal(t, "sf_metric:none AND filter('a', 'b')", inputs[1].Query)
	assert.Zero(t, inputs[1].Matched)

	run.Begin(0, 10_000)
	run.Step(0)
	assert.Equal(t, []Lacking{{lang.Position{Line: 1, Column: 13}, []string{"nothing"}}}, run.Lacking())
}

func TestNativeStepAndLag(t *testing.T) {
	s := store.New(store.Options{Now: func() time.Time { return time.UnixMilli(30_500) }})
	for _, at := range []int64{10_000, 10_000, 20_000, 30_000} {
		s.AddSamples("signalfx", []store.Sample{{Metric: "m", Type: "gauge", Timestamp: at, Value: store.Int(1)}})
	}
	inputs := compiled(t, "data('m').publish()").NewRun(testSource(s)).Inputs()
	assert.EqualValues(t, 10_000, inputs[0].Step)
	assert.EqualValues(t, 500, inputs[0].Lag)
}

func TestTooManySeriesMakeItStop(t *testing.T) {
	s := store.New(store.Options{})
	for i := range 30 { // the same dimensions, so that each goes with each
		s.AddSamples("signalfx", []store.Sample{{Metric: fmt.Sprint("m", i), Type: "gauge", Timestamp: 1, Value: store.Int(1)}})
	}
	run := compiled(t, "A = data('m*')\nA = A + A\nA = A + A\n(A + A).publish()").NewRun(testSource(s))
	run.Begin(0, 1000)
	run.Step(0)
	assert.True(t, run.Exceeded())
}

func FuzzPrograms(f *testing.F) {
	for _, seed := range []string{
		"A = data('cpu', filter=filter('host', 'a*') and not filter('dc', 'y'), rollup='sum').mean(by=['host'])\n(A / 0 + 1).publish(label='x')",
		"detect(when(not data('total') > 3 or data('cpu') == 1)).publish('d')",
		"data('cpu').mean(['']).publish()",
		"events(eventType='*').publish(); const(-1e308).publish(enable=True)",
	} {
		f.Add(seed)
	}
	s := stocked()
	f.Fuzz(func(t *testing.T, program string) {
		plan, err := Compile(program)
		if err != nil {
			return
		}
		run := plan.NewRun(testSource(s))
		run.Begin(0, 10_000)
		for i := range int64(3) {
			run.Step(i * 10_000)
		}
		run.Inputs()
		run.Lacking()
	})
}
