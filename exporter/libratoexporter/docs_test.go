package libratoexporter

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

const readme = "README.md"

func TestMetadataAndReadmeAgreeWithTheCode(t *testing.T) {
	testkit.CheckMetadata(t, ".", metadata.Type, map[string]component.StabilityLevel{
		"metrics": metadata.MetricsStability, "logs": metadata.LogsStability, "traces": metadata.TracesStability,
	}, func(s component.TelemetrySettings) error {
		_, err := metadata.NewTelemetryBuilder(s)
		return err
	})
}

func TestReadmeListsWhatIsDroppedAndChanged(t *testing.T) {
	testkit.CheckColumn(t, readme, "Dropped items", testkit.Texts(translate.Reasons()))
	testkit.CheckColumn(t, readme, "Changed items", testkit.Texts(translate.Changes()))
}

func TestReadmeListsEveryKey(t *testing.T) {
	testkit.CheckKeys(t, readme, "Keys", createDefaultConfig(),
		"sending_queue", "retry_on_failure", "tls", "auth", "keepalive", "cookies", "compression_params")
}

// The defaults of our own keys, where the table gives them in back-quotes.
func TestReadmeTellsTheDefaults(t *testing.T) {
	conf := confmap.New()
	require.NoError(t, conf.Marshal(createDefaultConfig()))
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(text), "## Keys")
	table, _, _ = strings.Cut(table, "## Self-telemetry")
	checked := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if len(cells) < 3 || !strings.HasPrefix(cells[1], "`") {
			continue
		}
		keys, defaults := strings.Split(cells[0], ", "), strings.Split(cells[1], ", ")
		for i, key := range keys {
			key = strings.Trim(key, "| `")
			value := conf.Get(key)
			if list, ok := value.([]any); ok {
				assert.Equal(t, fmt.Sprint(list), "["+strings.ReplaceAll(strings.ReplaceAll(cells[1], "`", ""), ",", "")+"]", key)
				checked++
				continue
			}
			want, _, closed := strings.Cut(strings.TrimPrefix(defaults[min(i, len(defaults)-1)], "`"), "`")
			if !closed || strings.HasPrefix(want, "level") {
				continue
			}
			if d, err := time.ParseDuration(fmt.Sprint(value)); err == nil {
				w, err := time.ParseDuration(want)
				require.NoError(t, err, key)
				assert.Equal(t, d, w, key)
			} else {
				assert.Equal(t, fmt.Sprint(value), want, key)
			}
			checked++
		}
	}
	assert.Greater(t, checked, 30)
}

func TestReadmeSamplesAreTested(t *testing.T) {
	testkit.CheckSamples(t, readme, "testdata/config.yaml")
}
