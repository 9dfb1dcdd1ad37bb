// Package librato speaks to Librato and AppOptics: it encodes measurements in both
// of their dialects and sends them, reads them back, and manages
// metrics, annotations, alerts, services, spaces and charts.
//
// The vendor has retired both services. What still speaks their API are receivers
// and relays that kept it for old clients, and captures made while moving off; so
// the base URL may have any host, scheme and path prefix, and credentials are
// optional.
//
// There are two ways in. A Connection, its Queue and its Aggregator do what the
// vendor's Python clients did, one measurement at a time:
//
//	conn := librato.NewConnection(client, librato.Tags{"service": "shop"}, librato.SanitizeName)
//	_, err := conn.Submit(ctx, librato.Measurement{Name: "orders", Value: librato.Int(12)})
//
// The encoders below them append to a buffer and know nothing of where the data
// came from. What many measurements share, the name of a metric and the tags of a
// host, is encoded once and copied:
//
//	head := librato.AppendHead(nil, "cpu.user", nil)
//	tags := librato.AppendTag(nil, "host", "web-1")
//	body, err = librato.TagDialect.AppendValue(body, head, librato.Float(12.5), now, tags)
//	receipt, err := client.Send(ctx, librato.TagDialect, frame.Body(body))
//
// The rest of the API is methods of Client: metrics and their data, composites,
// annotations, alerts, services, spaces and charts. Lists are iterators that fetch
// pages as they go. What is read, changed and written back keeps the members that
// this package does not know.
//
//	for alert, err := range client.Alerts(ctx, librato.ListOptions{Name: "cpu"}) {
//
// Nothing is repeated behind the caller's back, but that calls wait for a rate limit
// as long as Options.Patience allows.
//
// The service refuses a whole request for one bad measurement, so names, tags and
// numbers are checked before they are sent: see SanitizeName, the AppendSanitized
// functions and Number.Check.
package librato
