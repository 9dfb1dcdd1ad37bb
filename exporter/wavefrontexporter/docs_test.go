package wavefrontexporter

import (
	"testing"

	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/docstest"
)

const readme = "README.md"

func TestMetadataAndReadmeAgreeWithTheCode(t *testing.T) {
	docstest.CheckMetadata(t, ".", metadata.Type, map[string]component.StabilityLevel{
		"metrics": metadata.MetricsStability, "logs": metadata.LogsStability, "traces": metadata.TracesStability,
	}, func(s component.TelemetrySettings) error {
		_, err := metadata.NewTelemetryBuilder(s)
		return err
	})
}

func TestReadmeListsWhatIsDroppedAndChanged(t *testing.T) {
	docstest.CheckColumn(t, readme, "Dropped items", names(translate.Reasons()))
	docstest.CheckColumn(t, readme, "Changed items", names(translate.Changes()))
}

func names[T interface{ String() string }](all []T) []string {
	var names []string
	for _, v := range all {
		names = append(names, v.String())
	}
	return names
}

func TestReadmeListsEveryKey(t *testing.T) {
	docstest.CheckKeys(t, readme, "Keys", createDefaultConfig(),
		"csp::client", "sending_queue", "retry_on_failure", "tls", "auth", "keepalive", "cookies", "compression_params")
}

func TestReadmeSamplesAreTested(t *testing.T) {
	docstest.CheckSamples(t, readme, "testdata/config.yaml")
}
