// Package signalfx speaks to SignalFx (Splunk Observability Cloud): it encodes
// datapoints and events in the vendor's protobuf format and sends them, and
// OTLP traces and histograms, to the ingest service.
//
// The encoders append to a buffer and know nothing of where the data came from.
// What many datapoints share, the metric name and the dimensions of a resource,
// is encoded once and copied:
//
//	name := signalfx.AppendMetricName(nil, "cpu.utilization")
//	host := signalfx.AppendDimension(nil, "host.name", "web-1")
//	body = signalfx.AppendDatapoint(body, name, now, signalfx.Double(12.5), signalfx.Gauge, host)
//	err := ingest.SendDatapoints(ctx, token, body)
//
// API and REST speak to the API beside it: the catalog of metrics, dimensions, tags
// and time series, detectors and incidents, charts and dashboards, data links, and
// the organization. Lists are iterators that fetch pages as they go; what is read,
// changed and written back keeps the members that this package does not know.
//
//	rest := signalfx.NewAPI(client, base, signalfx.APIOptions{}).REST(token)
//	for dimension, err := range rest.Dimensions(ctx, signalfx.Search{Query: "host:web-*"}) {
//
// Nothing is repeated behind the caller's back, but that calls of a REST wait for a
// rate limit as long as APIOptions.Patience allows.
//
// The service answers 200 to a well-formed request even when it drops
// datapoints in it that break a limit, so callers keep the limits in this
// package themselves.
package signalfx
