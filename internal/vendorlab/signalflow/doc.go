// Package signalflow answers like the vendor's SignalFlow service: programs run over
// what arrived at the lab, and their results are streamed over a WebSocket or as
// server-sent events.
//
//	lang/      reads programs
//	compute/   runs them
//	request.go what clients ask for         job.go      one running program
//	message.go what the service tells       socket.go   the WebSocket and its channels
//	frame.go   binary frames                sse.go      server-sent events and plain HTTP
//
// What the vendor's documents leave open is decided in the lab's README.
package signalflow
