// Package signalflowreceiver runs SignalFlow programs on SignalFx (Splunk
// Observability Cloud) and makes metrics and logs of their streams.
package signalflowreceiver
