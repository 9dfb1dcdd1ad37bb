package signalflowreceiver

import (
	"testing"

	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

const readme = "README.md"

func TestMetadataAndReadmeAgreeWithTheCode(t *testing.T) {
	testkit.CheckMetadata(t, ".", metadata.Type, map[string]component.StabilityLevel{
		"metrics": metadata.MetricsStability, "logs": metadata.LogsStability,
	}, func(s component.TelemetrySettings) error {
		_, err := metadata.NewTelemetryBuilder(s)
		return err
	})
}

func TestReadmeListsWhatIsDropped(t *testing.T) {
	testkit.CheckColumn(t, readme, "Data we drop", testkit.Texts(translate.Reasons()))
}

func TestReadmeListsEveryKey(t *testing.T) {
	testkit.CheckKeys(t, readme, "Keys", createDefaultConfig(), "tls", "auth")
	testkit.CheckKeys(t, readme, "Keys of a program", &ProgramConfig{})
}

func TestReadmeSamplesAreTested(t *testing.T) {
	testkit.CheckSamples(t, readme, "testdata/config.yaml")
}
