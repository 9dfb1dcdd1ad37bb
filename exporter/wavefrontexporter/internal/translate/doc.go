// Package translate holds the rules by which OTLP metrics, spans and log records
// become Wavefront lines. It knows no network, clock, logger or configuration.
package translate
