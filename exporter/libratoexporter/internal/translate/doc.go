// Package translate holds the rules that turn OTLP into measurements and annotations
// of Librato and AppOptics. It is pure: no network, clock, logger or configuration.
package translate
