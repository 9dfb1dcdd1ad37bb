// Package red derives request, error and duration metrics and heartbeats from spans, under
// the names and tags by which the vendor's proxies do it for spans on a custom tracing port.
package red
