package wavefrontexporter

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
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
		"csp::client", "sending_queue", "retry_on_failure", "tls", "auth", "keepalive", "cookies", "compression_params")
}

func TestReadmeSamplesAreTested(t *testing.T) {
	testkit.CheckSamples(t, readme, "testdata/config.yaml")
	testkit.CheckSamples(t, "../../docs/migrate/upstream-tanzuobservability.md", "testdata/config.yaml")
}

// The keys of contrib's tanzuobservability exporter at its end, apart from those of the HTTP client.
func TestTheMigrationGuideHasEveryKeyOfTanzuObservability(t *testing.T) {
	text, err := os.ReadFile("../../docs/migrate/upstream-tanzuobservability.md")
	require.NoError(t, err)
	for _, key := range []string{
		"traces::endpoint", "metrics::endpoint", "metrics::resource_attrs_included", "metrics::app_tags_excluded",
		"sending_queue", "retry_on_failure",
	} {
		assert.Regexp(t, "(?m)^\\| [^|]*`"+key+"[:`]", string(text))
	}
}
