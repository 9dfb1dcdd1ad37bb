package harness

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCounters(t *testing.T) {
	c, err := parseCounters(strings.NewReader(`# HELP otelcol_exporter_x_dropped_items Items
# TYPE otelcol_exporter_x_dropped_items counter
otelcol_exporter_x_dropped_items{reason="refused",signal="metrics"} 3
otelcol_exporter_x_dropped_items{reason="refused",signal="logs"} 4
otelcol_exporter_x_dropped_items{reason="no_value",signal="metrics"} 1
otelcol_exporter_queue_size{exporter="x"} 1.5e+03
`))
	require.NoError(t, err)
	assert.Equal(t, 1500, c.Sum(QueueSize))
	assert.Equal(t, 7, c.Sum("otelcol_exporter_x_dropped_items", `reason="refused"`))
	assert.Equal(t, Reasons{"refused": 3, "no_value": 1}, c.Dropped(`signal="metrics"`))
	assert.Equal(t, "1 no_value, 3 refused", c.Dropped(`signal="metrics"`).String())
	assert.Equal(t, Reasons{"refused": 1}, c.Dropped(`signal="metrics"`).Since(Reasons{"refused": 2, "no_value": 1}))
}

func TestConfigsAreMerged(t *testing.T) {
	config := Config{
		Exporter: "x", Settings: "{a: 1, b: {c: 2, d: 3}}", More: "b: {c: 4}", Queue: "queue_size: 5",
		Signals: []Signal{Logs}, Whole: "service: {pipelines: {logs: {processors: [p]}}}",
	}
	got := parse(string(config.render("127.0.0.1:1", "127.0.0.1:2", "/q")))
	x := got["exporters"].(section)["x"].(section)
	assert.Equal(t, section{"c": 4, "d": 3}, x["b"])
	assert.Equal(t, 1, x["a"])
	assert.Equal(t, 5, x["sending_queue"].(section)["queue_size"])
	assert.Equal(t, "file_storage", x["sending_queue"].(section)["storage"])
	pipelines := got["service"].(section)["pipelines"].(section)
	assert.Equal(t, section{"logs": section{"receivers": []any{"otlp"}, "exporters": []any{"x"}, "processors": []any{"p"}}}, pipelines)
}
