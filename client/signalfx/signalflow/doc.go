// Package signalflow executes SignalFlow programs on SignalFx (Splunk Observability
// Cloud) and reads their streams.
//
//	client, err := signalflow.NewClient(signalflow.Options{Endpoint: endpoint, Token: token})
//	...
//	computation, err := client.Execute(ctx, signalflow.Request{Program: "data('cpu.utilization').publish()"})
//	...
//	for {
//		message, err := computation.Next(ctx)
//		...
//	}
//
// A Computation returns everything the service says about one program, in its
// order: metadata of the output series, data that refers to it, events, and what
// the service has to tell about the job. The error of Next is the end; ClassOf
// tells what can be done about it. Batches gathers data by logical time.
//
// # Resuming
//
// Nothing is executed again by itself: after a lost connection the caller executes
// again with Request.Start at the last time of which he has everything. Points of
// that time may come again; a series must then be recognized by its label and
// dimensions, for the service may have given it another TSID. The client paces the
// connections, so a caller may execute again at once.
//
// # Memory
//
// Everything is bounded: messages by Options.MaxMessageSize and
// Options.MaxDecompressedSize, what waits for Next by Options.MaxQueuedBytes, series
// by Options.MaxSeries. A computation that shares its connection and is not read as
// fast as its messages arrive ends with ErrSlowConsumer, and the others go on; one
// that has the connection for itself (Request.Exclusive, or by chance) makes the
// service wait.
//
// # Protocol
//
// The messages are documented by the vendor's SignalFlow API, as far as they are;
// the rest is what the vendor's own clients do and what was captured of the service.
// All three forms of binary messages that these clients know are read. Messages,
// values and codes that nobody knows yet are counted and left out.
package signalflow
