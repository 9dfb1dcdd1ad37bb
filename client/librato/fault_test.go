package librato

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

func TestParseFault(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"nothing", "", nil},
		{"text", "Bad\n Gateway ", []string{"Bad Gateway"}},
		{"error", `{"request_time":1,"error":"You have hit the API limit"}`, []string{"You have hit the API limit"}},
		{"message of a gateway", `{"message":"Forbidden"}`, []string{"Forbidden"}},
		{"a list", `{"errors":["a","b"]}`, []string{"a", "b"}},
		{"a string", `{"errors":"a"}`, []string{"a"}},
		{"keys in the order received", `{"errors":{"system":["s"],"params":{"b":["1","2"],"a":"3"},"request":"r"},"request_time":1}`,
			[]string{"system: s", "params: b: 1, 2", "params: a: 3", "request: r"}},
		{"one level more", `{"errors":{"params":{"conditions":{"0":["x","y"],"1":["z"]}}}}`,
			[]string{"params: conditions: 0: x, y", "params: conditions: 1: z"}},
		{"values that are no strings", `{"errors":{"params":{"a":[1,null,{"b":true}]}}}`, []string{`params: a: 1, null, {"b":true}`}},
		{"nested deeper than any form", `{"errors":{"a":{"b":{"c":{"d":{"e":["x"]}}}}}}`, []string{`a: b: c: d: {"e":["x"]}`}},
		{"no form that is known", `{"oops":1}`, []string{`{"oops":1}`}},
		{"JSON that breaks off", `{"errors":{"par`, []string{`{"errors":{"par`}},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, parseFault([]byte(c.body)).Messages) })
	}
}

func TestFaultTextIsBounded(t *testing.T) {
	f := Fault{Messages: []string{strings.Repeat("é", 400)}}
	assert.Equal(t, strings.Repeat("é", 300)+"...", f.Error())
}

func TestTypeConflicts(t *testing.T) {
	f := parseFault([]byte(`{"errors":{"params":{"type":["'cpu.user' is a gauge, but was submitted as different type","'x' is a counter, but was submitted as different type"],"name":["'y' is bad"]}}}`))
	assert.Equal(t, []string{"cpu.user", "x"}, f.TypeConflicts())
	assert.Empty(t, parseFault([]byte("busy")).TypeConflicts())
}

func FuzzParseFault(f *testing.F) {
	for _, s := range []string{"", "x", `{"errors":{"a":["b"]}}`, `{"errors":[[]]}`, `{"error":null}`, `{"errors":{"a":`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = parseFault(body).Error()
		receipt := readReceipt(&httpsend.Answer{Body: body})
		assert.GreaterOrEqual(t, receipt.Rejected, 0)
		assert.Equal(t, receipt.Rejected > 0, receipt.Fault != nil)
	})
}

func TestReceipt(t *testing.T) {
	for _, c := range []struct {
		name, body string
		rejected   int
		message    string
	}{
		{"no body", "", 0, ""},
		{"no JSON", "ok", 0, ""},
		{"a summary without failures", `{"measurements":{"summary":{"total":3,"accepted":3,"failed":0}}}`, 0, ""},
		{"a count of failures at any depth", `{"measurements":{"summary":{"total":3,"failed":2}},"errors":[{"name":"x"}]}`, 2, `{"name":"x"}`},
		{"a total beside its parts is not added to them", `{"failed":3,"batches":[{"failed":1},{"failed":2}]}`, 3, ""},
		{"errors without a count", `{"errors":["a is bad","b is bad"]}`, 2, "a is bad, b is bad"},
		{"errors as an object", `{"errors":{"params":{"name":["is bad"]}}}`, 1, "params: name: is bad"},
		{"no errors", `{"errors":[],"failed":-1}`, 0, ""},
		{"a count that is no number", `{"failed":"2"}`, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			receipt := readReceipt(&httpsend.Answer{Status: 202, Body: []byte(c.body)})
			assert.Equal(t, c.rejected, receipt.Rejected)
			if c.message != "" {
				assert.Equal(t, c.message, receipt.Fault.Error())
			}
			assert.Equal(t, RateLimit{-1, -1, -1}, receipt.RateLimit)
		})
	}
}

func TestRateLimit(t *testing.T) {
	for _, c := range []struct {
		name     string
		agg, std string
		want     RateLimit
		found    bool
		wait     time.Duration
	}{
		{"none", "", "", RateLimit{-1, -1, -1}, false, 0},
		{"one", "limit=100,remaining=7,reset=30", "", RateLimit{100, 7, 30}, true, 30 * time.Second},
		{"the tighter of two", "limit=100,remaining=7", "limit=9, Remaining=0, reset=60", RateLimit{9, 0, 60}, true, time.Minute},
		{"the first when neither says", "limit=3", "limit=4", RateLimit{3, -1, -1}, true, 0},
		{"a reset as a time", "remaining=0,reset=1700000090", "", RateLimit{-1, 0, 1700000090}, true, 90 * time.Second},
		{"a reset that has passed", "remaining=0,reset=1699999999", "", RateLimit{-1, 0, 1699999999}, true, 0},
		{"a reset that is neither", "remaining=0,reset=1700000000000", "", RateLimit{-1, 0, 1700000000000}, true, 0},
		{"nonsense", "a,b=c,remaining=-4", "", RateLimit{-1, -1, -1}, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("X-Librato-RateLimit-Agg", c.agg)
			h.Set("X-Librato-RateLimit-Std", c.std)
			limit, found := RateLimitOf(h)
			assert.Equal(t, c.want, limit)
			assert.Equal(t, c.found, found)
			assert.Equal(t, c.wait, limit.wait(time.Unix(1700000000, 0)))
		})
	}
}
