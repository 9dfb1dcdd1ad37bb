// Package wavefront speaks the formats of Wavefront, later VMware Aria Operations
// for Applications: metrics, delta counters, histograms, spans, span logs, events
// and source tags.
//
// # Encoding
//
// An [Encoder] appends whole lines from plain structs, or the elements of a line
// one by one. What many lines share, such as a metric's name or a resource's source
// and tags, is encoded once and copied:
//
//	name, _, err := e.AppendName(nil, "http.requests")
//	tail, _, err := e.AppendSource(nil, "web-1")
//	tail, _, err = e.AppendTag(tail, "region", "eu")
//	for _, p := range points {
//		buf = append(buf, name...)
//		buf = wavefront.AppendFloat(append(buf, ' '), p.value)
//		buf = wavefront.AppendTimestamp(buf, p.time)
//		buf = append(append(buf, tail...), '\n')
//	}
//
// [Encoder.TagKey] does the same for a key that comes with many values.
//
// Texts are made safe for the lexer of the vendor's proxy; see [Change] for what may
// be altered and [Reason] for what is refused. The order of tags is the caller's.
//
// # Sending
//
// [HTTP] posts lines to the service or to a proxy, and events and source tags to
// the service; [TCP] writes lines to a proxy. Both make one attempt and report what
// became of it: neither buffers, and neither repeats what may have arrived.
package wavefront
