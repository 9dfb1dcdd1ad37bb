package exporterconf

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
)

func TestTakeGzip(t *testing.T) {
	cases := map[string]struct {
		compression configcompression.Type
		level       configcompression.Level
		want        int
		left        configcompression.Type
	}{
		"the default of ours":       {"gzip", 1, 1, ""},
		"a level":                   {"gzip", 9, 9, ""},
		"no level":                  {"gzip", 0, 1, ""},
		"the library's own default": {"gzip", -1, 6, ""},
		"no compression":            {"", 5, 0, ""},
		"another compression":       {"zstd", 5, 0, "zstd"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := confighttp.ClientConfig{Compression: c.compression}
			config.CompressionParams.Level = c.level
			left, level := TakeGzip(config)
			assert.Equal(t, c.want, level)
			assert.Equal(t, c.left, left.Compression, "what is left to the HTTP client")
			assert.Equal(t, c.compression, config.Compression, "the configuration stays as it is")
		})
	}
}

func TestUserAgentHasTheCollectorsForm(t *testing.T) {
	assert.Regexp(t, `^A collector/1\.2\.3 \(\w+/\w+\)$`, UserAgent(component.BuildInfo{Description: "A collector", Version: "1.2.3"}))
}
