package libratoexporter

import (
	"testing"

	"go.opentelemetry.io/collector/component"

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

func TestReadmeSamplesAreTested(t *testing.T) {
	testkit.CheckSamples(t, readme, "testdata/config.yaml")
}
