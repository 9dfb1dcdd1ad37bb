package librato

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestSourcedMeasurements(t *testing.T) {
	const at = arrival * 1000
	for _, test := range []struct {
		name, body string
		want       store.Sample
		value      string
	}{
		{"list", `{"gauges":[{"name":"m","value":1.5,"source":"s","measure_time":1699999990}],"counters":[]}`,
			store.Sample{Type: "gauge", Dimensions: source("s"), Timestamp: at - 10_000}, "1.5"},
		{"object by name", `{"counters":{"m":{"value":7}}}`, store.Sample{Type: "counter", Timestamp: at}, "7"},
		{"object by number", `{"gauges":{"0":{"name":"m","value":-7}}}`, store.Sample{Type: "gauge", Timestamp: at}, "-7"},
		{"source and time of all", `{"source":"s","measure_time":1699999990,"gauges":[{"name":"m","value":1}]}`,
			store.Sample{Type: "gauge", Dimensions: source("s"), Timestamp: at - 10_000}, "1"},
		{"its own before those of all", `{"source":"s","measure_time":1699999990,"gauges":[{"name":"m","value":1,"source":"o","measure_time":1700000000}]}`,
			store.Sample{Type: "gauge", Dimensions: source("o"), Timestamp: at}, "1"},
		{"several samples", `{"gauges":[{"name":"m","count":4,"sum":10,"min":1,"max":4,"sum_squares":30}]}`,
			store.Sample{Type: "gauge", Timestamp: at}, `{"count":4,"sum":10,"min":1,"max":4,"bounds":[],"bucket_counts":[]}`},
		{"close to zero", `{"gauges":[{"name":"m","value":1e-131}]}`, store.Sample{Type: "gauge", Timestamp: at}, "0"},
		{"as large as can be", `{"gauges":[{"name":"m","value":9.9e126}]}`, store.Sample{Type: "gauge", Timestamp: at}, "9.9e+126"},
		{"integer of 64 bits", `{"counters":[{"name":"m","value":9223372036854775807}]}`, store.Sample{Type: "counter", Timestamp: at}, "9223372036854775807"},
		{"120 minutes old", `{"gauges":[{"name":"m","value":1,"measure_time":1699992800}]}`, store.Sample{Type: "gauge", Timestamp: at - 7_200_000}, "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := r.send("POST", "/v1/metrics", test.body)
			require.Equal(t, 200, answer.Code, answer.Body)
			assert.Empty(t, answer.Body.String())
			series := r.only()
			assert.Equal(t, "m", series.Metric)
			assert.Equal(t, test.want.Type, series.Type)
			assert.Equal(t, test.want.Dimensions, series.Dimensions)
			assert.Equal(t, test.want.Timestamp, series.Last.Timestamp)
			assert.Equal(t, test.value, series.Last.Value.String())
		})
	}
}

func source(name string) store.Dimensions { return store.Dimensions{{Key: "source", Value: name}} }

func TestSourcedMeasurementsAsAForm(t *testing.T) {
	r := newRoom(t, Config{})
	answer := r.send("POST", "/v1/metrics", `gauges[0][name]=a&gauges[0][value]=1.5&gauges[1][name]=b&gauges[1][value]=2`+
		`&counters[c][value]=3&source=s&measure_time=1699999990`, "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, 200, answer.Code, answer.Body)
	all, _ := r.store.Series(store.Query{Dimensions: []string{"source=s"}})
	require.Len(t, all, 3)
	assert.Equal(t, []string{"1.5", "2", "3"}, []string{all[0].Last.Value.String(), all[1].Last.Value.String(), all[2].Last.Value.String()})
	assert.Equal(t, "counter", all[2].Type)
}

// One that is bad refuses all: the good one beside it is never stored.
func TestSourcedMeasurementsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, item string
		want       Reason
		errors     string
	}{
		{"no name", `{"value":1}`, NameInvalid, `"params":{"name":["\"\" is invalid`},
		{"blank in the name", `{"name":"a b","value":1}`, NameInvalid, `"name":[`},
		{"long name", `{"name":"` + long(256) + `","value":1}`, NameInvalid, `"name":[`},
		{"no value", `{"name":"m"}`, ValueMissing, `{"name":["m"],"value":["is not a number"]}`},
		{"null", `{"name":"m","value":null}`, ValueMissing, `"value":["is not a number"]`},
		{"text for a number", `{"name":"m","value":"1"}`, NotANumber, `"value":["is not a number"]`},
		{"beyond the exponent", `{"name":"m","value":1e127}`, NumberRange, `"value":["is too large`},
		{"beyond any double", `{"name":"m","value":-1e999}`, NumberRange, `"value":["is too large`},
		{"value and count", `{"name":"m","value":1,"count":1,"sum":1}`, ValueAmbiguous, `"value":["must be absent`},
		{"count without a sum", `{"name":"m","count":1}`, SumMissing, `"sum":["is required`},
		{"count of nothing", `{"name":"m","count":0,"sum":0}`, NotPositive, `"count":["must be positive"]`},
		{"count with a fraction", `{"name":"m","count":1.5,"sum":0}`, NotANumber, `"count":["is not an integer"]`},
		{"minimum that is text", `{"name":"m","count":1,"sum":0,"min":"x"}`, NotANumber, `"min":[`},
		{"too old", `{"name":"m","value":1,"measure_time":1699992799}`, TimePast, `{"measure_time":["is too far in the past"],"name":["m"]}`},
		{"too far ahead", `{"name":"m","value":1,"measure_time":1700007201}`, TimeFuture, `"measure_time":["is too far in the future"]`},
		{"time with a fraction", `{"name":"m","value":1,"measure_time":1700000000.5}`, TimeInvalid, `"measure_time":["is not an integer"]`},
		{"blank in the source", `{"name":"m","value":1,"source":"a b"}`, SourceInvalid, `"source":["is invalid`},
		{"source of that name is reserved", `{"name":"m","value":1,"source":"ALL"}`, SourceInvalid, `"source":["is invalid`},
		{"negative period", `{"name":"m","value":1,"period":-1}`, TimeInvalid, `"period":[`},
		{"attributes that are a list", `{"name":"m","value":1,"attributes":[]}`, PropertyInvalid, `"attributes":["is not an object"]`},
		{"color that is none", `{"name":"m","value":1,"attributes":{"color":"red"}}`, PropertyInvalid, `"color":[`},
		{"huge attributes", `{"name":"m","value":1,"attributes":{"a":"` + long(5000) + `"}}`, PropertyInvalid, `"attributes":[`},
		{"no object", `7`, PropertyInvalid, `one is no object`},
		{"another type within the request", `{"name":"GOOD","value":1}],"counters":[{"name":"good","value":1}`, TypeConflict, `{"type":["'good' is a gauge, but was submitted as different type"]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := r.send("POST", "/v1/metrics", `{"gauges":[{"name":"good","value":1},`+test.item+`]}`)
			require.Equal(t, 400, answer.Code, answer.Body)
			assert.Contains(t, answer.Body.String(), test.errors)
			assert.Contains(t, answer.Body.String(), `"request_time":1700000000`)
			assert.Equal(t, test.want, r.reasons()[0])
			assert.Zero(t, r.points())
			assert.Empty(t, r.account.Metrics())
		})
	}
}

func TestCountersThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		item, errors string
		want         Reason
	}{
		"negative": {`{"name":"METRIC","value":-1}`, `{"errors":{"params":{"name":["METRIC"],"value":["must be positive"]}}`, NotPositive},
		"several":  {`{"name":"m","count":1,"sum":1}`, `"value":["is required`, ValueMissing},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := r.send("POST", "/v1/metrics", `{"counters":[`+test.item+`]}`)
			assert.Equal(t, 400, answer.Code)
			assert.Contains(t, answer.Body.String(), test.errors)
			assert.Equal(t, test.want, r.reasons()[0])
		})
	}
}

func TestTypeOfAMetricCannotChange(t *testing.T) {
	r := newRoom(t, Config{})
	r.ok(200, "POST", "/v1/metrics", `{"counters":[{"name":"Requests","value":1}]}`)
	for path, body := range map[string]string{
		"/v1/metrics":      `{"gauges":[{"name":"requests","value":1}]}`,
		"/v1/measurements": `{"measurements":[{"name":"requests","value":1,"tags":{"a":"b"}}]}`,
	} {
		answer := r.send("POST", path, body)
		assert.Equal(t, 400, answer.Code)
		assert.Contains(t, answer.Body.String(), `{"errors":{"params":{"type":["'requests' is a counter, but was submitted as different type"]}}`)
	}
}

func TestCaseOfNamesDoesNotCount(t *testing.T) {
	r := newRoom(t, Config{})
	r.ok(200, "POST", "/v1/metrics", `{"gauges":[{"name":"CPU","value":1}]}`)
	r.ok(200, "POST", "/v1/metrics", `{"gauges":[{"name":"cpu","value":2}]}`)
	series := r.only()
	assert.Equal(t, "CPU", series.Metric, "the first spelling stays")
	assert.EqualValues(t, 2, series.Received)
}

func TestPayloadsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, path, contentType, body string
		status                        int
		errors                        string
	}{
		{"nothing", "/v1/metrics", "application/json", `{"gauges":[],"counters":[]}`, 400, `{"errors":["Payload must include at least 1 measurement"]`},
		{"empty body", "/v1/metrics", "application/json", ``, 400, `{"errors":["Payload must include at least 1 measurement"]`},
		{"no tagged measurement", "/v1/measurements", "application/json", `{"measurements":[]}`, 400, `{"errors":["Payload must include at least 1 measurement"]`},
		{"not a number in JSON", "/v1/metrics", "application/json", `{"gauges":[{"name":"m","value":NaN}]}`, 400, `{"errors":{"request":["the body is not one JSON object`},
		{"a list", "/v1/metrics", "application/json", `[]`, 400, `{"errors":{"request":["the body is not one JSON object"]`},
		{"null", "/v1/metrics", "application/json", `null`, 400, `{"errors":{"request":["the body is not one JSON object"]`},
		{"two objects", "/v1/metrics", "application/json", `{} {}`, 400, `{"errors":{"request":["the body is not one JSON object"]`},
		{"gauges that are text", "/v1/metrics", "application/json", `{"gauges":"x"}`, 400, `"gauges":[`},
		{"measurements that are an object", "/v1/measurements", "application/json", `{"measurements":{}}`, 400, `"measurements":[`},
		{"another type", "/v1/metrics", "text/plain", `{}`, 415, `"request":["Content-Type must be`},
		{"a form where only JSON is taken", "/v1/measurements", "application/x-www-form-urlencoded", `measurements[0][name]=m`, 415, `"request":["Content-Type must be`},
		{"form that contradicts itself", "/v1/metrics", "application/x-www-form-urlencoded", `gauges=1&gauges[0][name]=m`, 400, `"request":[`},
		{"form that is nested too deep", "/v1/metrics", "application/x-www-form-urlencoded", `a[b][c][d][e][f][g]=1`, 400, `"request":[`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := r.send("POST", test.path, test.body, "Content-Type", test.contentType)
			assert.Equal(t, test.status, answer.Code)
			assert.Contains(t, answer.Body.String(), test.errors)
		})
	}
}

func TestAuditOfMeasurements(t *testing.T) {
	r := newRoom(t, Config{})
	body := `{"gauges":[{"name":"m","value":1,"measure_time":1700000000,"attributes":{"test_id":"run"}}]}`
	r.ok(200, "POST", "/v1/metrics", body)
	r.ok(200, "POST", "/v1/metrics", body)
	r.ok(202, "POST", "/v1/measurements", `{"tags":{"test_id":"RUN"},"measurements":[{"name":"t","value":1}]}`)
	report := r.store.Audit("run")
	assert.EqualValues(t, 3, report.Total)
	assert.Equal(t, 2, report.Distinct)
}

func TestAgeCanBeLifted(t *testing.T) {
	r := newRoom(t, Config{MaxAge: -1})
	r.ok(200, "POST", "/v1/metrics", `{"gauges":[{"name":"m","value":1,"measure_time":1}]}`)
}
