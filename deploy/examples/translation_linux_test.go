package examples

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/lab"
)

// What the page on contrib's signalfx exporter says of its old translation rules.
func TestTranslationRulesAsProcessors(t *testing.T) {
	l := startLab(t)
	c := run(t, l, []string{"migrate/translation-rules.yaml", labConfig}, nil)
	attribute := func(key, value string) string {
		return fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, key, value)
	}
	points := func(second int64, total int) string {
		point := func(value, attributes string) string {
			return fmt.Sprintf(`{"timeUnixNano":"%d000000000",%s,"attributes":[%s]}`, second, value, attributes)
		}
		gauge := func(name, points string) string {
			return fmt.Sprintf(`{"name":%q,"gauge":{"dataPoints":[%s]}}`, name, points)
		}
		host := attribute("hostname", "a")
		return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[` +
			gauge("queue_length", point(`"asInt":"3"`, host)) + "," +
			gauge("latency", point(`"asDouble":2500`, host)) + "," +
			gauge("ratio", point(`"asInt":"1"`, host)) + "," +
			gauge("unwanted", point(`"asInt":"1"`, host)) + "," +
			gauge("requests", point(`"asInt":"1"`, host+","+attribute("path", "/a"))+","+point(`"asInt":"2"`, host+","+attribute("path", "/b"))) + "," +
			gauge("memory", point(`"asInt":"5"`, host+","+attribute("state", "used"))+","+point(`"asInt":"7"`, host+","+attribute("state", "free"))) + "," +
			`{"name":"bytes","sum":{"isMonotonic":true,"aggregationTemporality":2,"dataPoints":[` + point(fmt.Sprintf(`"asInt":"%d"`, total), host) + `]}}` +
			`]}]}]}`
	}
	now := time.Now().Unix()
	c.post(t, points(now-10, 100))
	l.Series(t, "signalfx", "bytes") // of the first request, before the second can overtake it
	c.post(t, points(now, 130))
	lab.Wait(t, "the second request arrives", func() bool { return string(l.Series(t, "signalfx", "bytes").Last.Value) == "130" })

	for name, want := range map[string]struct {
		kind, value string
		dimensions  []string
	}{
		"queue.length":  {"gauge", "3", []string{"host=a"}},
		"latency":       {"gauge", "2.5", nil},
		"ratio":         {"gauge", "1", nil},
		"requests.copy": {"gauge", "2", []string{"path=/b"}},
		"requests":      {"gauge", "3", nil},
		"memory.used":   {"gauge", "5", []string{"state=used"}},
		"memory.free":   {"gauge", "7", []string{"state=free"}},
		"bytes":         {"cumulative_counter", "130", nil},
		"bytes.delta":   {"counter", "30", nil},
	} {
		got := l.Series(t, "signalfx", name, want.dimensions...)
		assert.Equal(t, want.kind, got.Type, name)
		assert.JSONEq(t, want.value, string(got.Last.Value), name)
		assert.Equal(t, "a", got.Dimensions["host"], name)
		assert.NotContains(t, got.Dimensions, "hostname", name)
	}
	var answer struct{ Series []lab.Series }
	l.Get(t, "/api/series?vendor=signalfx", &answer)
	for _, s := range answer.Series {
		assert.NotContains(t, []string{"unwanted", "memory", "queue_length"}, s.Metric)
	}
}
