// Package signalfxexporter sends OTLP metrics, events and spans to SignalFx
// (Splunk Observability Cloud) in the vendor's own formats.
package signalfxexporter
