package strictconf

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.yaml.in/yaml/v3"
)

type sample struct {
	Client confighttp.ClientConfig                                  `mapstructure:",squash"`
	Queue  configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	Labels map[string]string                                        `mapstructure:"labels"`
	Nested *struct {
		AccessToken string `mapstructure:"access_token"`
	} `mapstructure:"nested"`
}

func TestCheck(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"nothing":                     {"{}", ""},
		"squashed keys":               {"endpoint: x\ntls: {insecure: true}\nheaders: {any: thing}", ""},
		"keys of a map are free":      {"labels: {any: thing}", ""},
		"optional sections":           {"sending_queue: {enabled: true, queue_size: 1, batch: {enabled: false, min_size: 5}}", ""},
		"null section":                {"nested:", ""},
		"top level":                   {"endpiont: x", "unknown key `endpiont`: did you mean `endpoint`?"},
		"far from everything":         {"zzzzzzzz: x", "unknown key `zzzzzzzz`"},
		"inside of a section":         {"nested: {acess_token: x}", "unknown key `nested::acess_token`: did you mean `nested::access_token`?"},
		"inside of a squashed one":    {"tls: {insecur: true}", "`tls::insecur`"},
		"inside of an optional":       {"sending_queue: {queue_sise: 1}", "`sending_queue::queue_sise`: did you mean `sending_queue::queue_size`?"},
		"enabled where it is unknown": {"nested: {enabled: true}", "`nested::enabled`"},
		"a duration":                  {"timeout: 10s", ""},
		"no duration":                 {"timeout: 0", ""},
		"a duration without a unit":   {"timeout: 10", "`timeout` has no unit: write 10s, 10ms or another duration"},
		"the same inside of sections": {"sending_queue: {batch: {flush_timeout: 0.5}}", "`sending_queue::batch::flush_timeout` has no unit: write 0.5s"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var raw map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(c.text), &raw))
			err := Check(confmap.NewFromStringMap(raw), &sample{})
			if c.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestKeys(t *testing.T) {
	keys := Keys(&sample{})
	assert.Subset(t, keys, []string{"endpoint", "tls::insecure", "sending_queue", "sending_queue::batch::min_size", "labels", "nested::access_token"})
	assert.IsIncreasing(t, keys)
}
