// Package metadata holds what metadata.yaml declares: type and stability.
package metadata

import "go.opentelemetry.io/collector/component"

// Type identifies the component.
var Type = component.MustNewType("queue_check")

// Stability of the extension.
const Stability = component.StabilityLevelDevelopment
