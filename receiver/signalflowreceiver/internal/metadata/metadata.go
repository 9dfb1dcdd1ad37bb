// Package metadata holds what metadata.yaml declares: type, stability and instruments.
package metadata

import "go.opentelemetry.io/collector/component"

// Type and ScopeName identify the component.
var (
	Type      = component.MustNewType("signalflow")
	ScopeName = "github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver"
)

// Stability per signal.
const (
	MetricsStability = component.StabilityLevelAlpha
	LogsStability    = component.StabilityLevelAlpha
)
