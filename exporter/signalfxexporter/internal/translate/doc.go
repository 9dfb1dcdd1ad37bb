// Package translate holds the rules that turn OTLP into SignalFx wire bytes. It is
// pure: no network, clock, logger or configuration.
package translate
