// Package signalfx answers like the SignalFx (Splunk Observability Cloud) ingest
// service: same paths, statuses and bodies, same limits.
//
// The vendor answers 200 to a well-formed request and then drops invalid items
// without a word. So does this room, but it records each dropped item with its
// reason (reasons.go, limits.go). It decodes with code of its own, so that it can
// disagree with the project's encoders.
package signalfx
