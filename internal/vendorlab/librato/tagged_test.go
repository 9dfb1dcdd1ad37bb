package librato

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestTaggedMeasurements(t *testing.T) {
	const at = arrival * 1000
	for _, test := range []struct {
		name, body string
		tags       store.Dimensions
		timestamp  int64
		value      string
	}{
		{"tags of its own", `{"measurements":[{"name":"m","value":1,"tags":{"b":"2","a":"1"},"time":1699999990}]}`,
			store.Dimensions{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}, at - 10_000, "1"},
		{"tags and time of all", `{"tags":{"a":"1"},"time":1699999990,"measurements":[{"name":"m","value":1}]}`,
			store.Dimensions{{Key: "a", Value: "1"}}, at - 10_000, "1"},
		{"tags are never merged", `{"tags":{"a":"1"},"measurements":[{"name":"m","value":1,"tags":{"b":"2"}}]}`,
			store.Dimensions{{Key: "b", Value: "2"}}, at, "1"},
		{"tags in lower case", `{"measurements":[{"name":"m","value":1,"tags":{"Host":"A b/c\\d?"}}]}`,
			store.Dimensions{{Key: "host", Value: `a b/c\d?`}}, at, "1"},
		{"several samples", `{"measurements":[{"name":"m","count":2,"sum":3,"min":1,"max":2,"last":2,"stddev":0.5,"tags":{"a":"1"}}]}`,
			store.Dimensions{{Key: "a", Value: "1"}}, at, `{"count":2,"sum":3,"min":1,"max":2,"bounds":[],"bucket_counts":[],"last":2,"stddev":0.5}`},
		{"the older form of a deviation", `{"measurements":[{"name":"m","count":2,"sum":3,"stddev_m2":0.5,"tags":{"a":"1"}}]}`,
			store.Dimensions{{Key: "a", Value: "1"}}, at, `{"count":2,"sum":3,"bounds":[],"bucket_counts":[]}`},
		{"fifty tags", `{"measurements":[{"name":"m","value":1,"tags":` + manyTags(50) + `}]}`, nil, at, "1"},
		{"longest tag", `{"measurements":[{"name":"m","value":1,"tags":{"` + long(64) + `":"` + long(255) + `"}}]}`,
			store.Dimensions{{Key: long(64), Value: long(255)}}, at, "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := r.send("POST", "/v1/measurements", test.body)
			require.Equal(t, 202, answer.Code, answer.Body)
			assert.JSONEq(t, `{"measurements":{"summary":{"total":1,"accepted":1,"failed":0,"filtered":0}}}`, answer.Body.String())
			series := r.only()
			assert.Equal(t, "gauge", series.Type)
			if test.tags != nil {
				assert.Equal(t, test.tags, series.Dimensions)
			}
			assert.Equal(t, test.timestamp, series.Last.Timestamp)
			assert.Equal(t, test.value, series.Last.Value.String())
		})
	}
}

func manyTags(n int) string {
	var tags []string
	for i := range n {
		tags = append(tags, fmt.Sprintf(`"t%d":"v"`, i))
	}
	return "{" + strings.Join(tags, ",") + "}"
}

func TestTaggedMeasurementsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, item string
		want       Reason
		errors     string
	}{
		{"no tags", `{"name":"m","value":1}`, TagMissing, `{"name":["m"],"tags":["at least one tag is needed"]}`},
		{"empty tags", `{"name":"m","value":1,"tags":{}}`, TagMissing, `"tags":[`},
		{"51 tags", `{"name":"m","value":1,"tags":` + manyTags(51) + `}`, TagCount, `"tags":["has 51 tags`},
		{"long tag name", `{"name":"m","value":1,"tags":{"` + long(65) + `":"v"}}`, TagName, `"tags":[`},
		{"blank in a tag name", `{"name":"m","value":1,"tags":{"a b":"v"}}`, TagName, `"tags":[`},
		{"long tag value", `{"name":"m","value":1,"tags":{"a":"` + long(256) + `"}}`, TagValue, `"tags":[`},
		{"empty tag value", `{"name":"m","value":1,"tags":{"a":""}}`, TagValue, `"tags":[`},
		{"letter beyond ASCII", `{"name":"m","value":1,"tags":{"a":"é"}}`, TagValue, `"tags":[`},
		{"tag that is a number", `{"name":"m","value":1,"tags":{"a":1}}`, TagValue, `"tags":[`},
		{"tags that differ in case", `{"name":"m","value":1,"tags":{"a":"1","A":"2"}}`, TagName, `"tags":[`},
		{"tags that are a list", `{"name":"m","value":1,"tags":["a"]}`, PropertyInvalid, `"tags":["is not an object"]`},
		{"too old", `{"name":"m","value":1,"tags":{"a":"1"},"time":1}`, TimePast, `{"name":["m"],"time":["is too far in the past"]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			answer := r.send("POST", "/v1/measurements", `{"measurements":[{"name":"good","value":1,"tags":{"a":"1"}},`+test.item+`]}`)
			require.Equal(t, 400, answer.Code, answer.Body)
			assert.Contains(t, answer.Body.String(), test.errors)
			assert.Equal(t, []Reason{test.want, test.want}, r.reasons(), "the measurement and the request")
			assert.Zero(t, r.points())
			assert.Equal(t, map[string]int{"measurement": 2}, r.store.Requests(0, 1)[0].Rejected)
		})
	}
}
