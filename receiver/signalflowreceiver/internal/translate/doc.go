// Package translate holds the rules by which SignalFlow points and events become
// OTLP metrics and logs. It knows no network, clock or configuration.
package translate
