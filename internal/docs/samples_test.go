package docs

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// What the page on reliability tells to configure are keys of every exporter, and of queue_check.
func TestTheReliabilityPageNamesKeysThatExist(t *testing.T) {
	page, err := os.ReadFile(root + "/docs/reliability.md")
	require.NoError(t, err)
	samples := yamlBlock.FindAllSubmatch(page, -1)
	require.Len(t, samples, 1)
	var sample struct {
		Extensions, Exporters map[string]map[string]any
		Service               map[string]any
	}
	require.NoError(t, yaml.Unmarshal(samples[0][1], &sample))
	require.NotEmpty(t, sample.Exporters["signalfx"])
	require.NotEmpty(t, sample.Extensions["queue_check"])
	for _, c := range components {
		switch c.folder {
		case "exporter/signalfxexporter", "exporter/wavefrontexporter", "exporter/libratoexporter":
			assert.NoError(t, strictconf.Check(confmap.NewFromStringMap(sample.Exporters["signalfx"]), c.config), c.folder)
		case "extension/queuecheckextension":
			assert.NoError(t, strictconf.Check(confmap.NewFromStringMap(sample.Extensions["queue_check"]), c.config), c.folder)
		}
	}
}
