// Package signalflowtest is a SignalFlow service for tests. It knows nothing of the
// client: it has its own encoder, so that the two can disagree.
//
// A test says what happens on the channel of a program, either message by message:
//
//	server := signalflowtest.Start(t)
//	server.Handle("data('cpu').publish()", func(ch *signalflowtest.Channel) {
//		ch.Started()
//		ch.Data(t0, signalflowtest.Double(1, 46.5))
//		ch.End()
//	})
//
// or with Replay, which computes the same data for the same program and time every
// time it is asked, so that what a client gets over many broken connections can be
// compared with what there was. Faults are methods of Server.
//
// StartInMemory serves inside a synctest bubble, with the bubble's clock.
package signalflowtest
