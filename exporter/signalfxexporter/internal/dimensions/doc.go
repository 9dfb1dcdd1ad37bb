// Package dimensions keeps the metadata of dimensions and metrics up to date:
// custom properties, tags, descriptions.
//
// An Updater collects the updates of one dimension for a while, sends what has
// changed since the last time, repeats what failed, and drops, counted, what it
// has no room for. Metadata does not pass through the collector's queue: it is the
// latest state of an object rather than a stream of data, so it is merged, and only
// its last value is worth sending. That is why this package has a queue and a retry
// loop of its own, the only ones beside the collector's.
//
//	update.go     what goes in: Update
//	outcome.go    what becomes of it: Outcome, and Change for its contents
//	names.go      how properties are named
//	rules.go      what of an update is sent: names, exclusions, lengths
//	content.go    merging and comparing contents, and how many there may be
//	queue.go      one value for each key, sent when it is due; schedule.go says when
//	updater.go    dimensions: all of the above put together
//	metrics.go    units and descriptions of metrics, over the same queue
//	report.go     counting and warning
//	entities.go   entity events in logs become updates
package dimensions
