// Package libratoexporter sends OTLP metrics, events and aggregated spans to
// whatever speaks the API of Librato or AppOptics, in the vendor's own format.
package libratoexporter
