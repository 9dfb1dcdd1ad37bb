package signalflowreceiver

import (
	"testing"

	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-custom/otelcol-custom/internal/docstest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

const readme = "README.md"

func TestMetadataAndReadmeAgreeWithTheCode(t *testing.T) {
	docstest.CheckMetadata(t, ".", metadata.Type, map[string]component.StabilityLevel{
		"metrics": metadata.MetricsStability, "logs": metadata.LogsStability,
	}, func(s component.TelemetrySettings) error {
		_, err := metadata.NewTelemetryBuilder(s)
		return err
	})
}

func TestReadmeListsWhatIsDropped(t *testing.T) {
	var names []string
	for _, r := range translate.Reasons() {
		names = append(names, r.String())
	}
	docstest.CheckColumn(t, readme, "Data we drop", names)
}

func TestReadmeListsEveryKey(t *testing.T) {
	docstest.CheckKeys(t, readme, "Keys", createDefaultConfig(), "tls", "auth")
	docstest.CheckKeys(t, readme, "Keys of a program", &ProgramConfig{})
}

func TestReadmeSamplesAreTested(t *testing.T) {
	docstest.CheckSamples(t, readme, "testdata/config.yaml")
}
