package signalfxexporter

import "go.opentelemetry.io/collector/featuregate"

// The upstream exporter reads entity events only behind this gate. Here they are read
// by default (`entity_events`); the gate is known so that a command line that sets it
// still starts.
var _ = featuregate.GlobalRegistry().MustRegister("exporter.signalfx.consumeEntityEvents", featuregate.StageStable,
	featuregate.WithRegisterDescription("Entity events in logs pipelines update dimensions."),
	featuregate.WithRegisterFromVersion("v0.1.0"),
	featuregate.WithRegisterToVersion("v0.1.0"))
