// Package queuecheckextension looks at the files of the file_storage extension before any exporter
// opens its queue in them, and puts damaged ones aside.
//
// A queue file that a power failure or a bad disk has damaged ends the collector while it starts, again
// and again: the database panics in a goroutine of its own, out of reach of the storage extension's
// `recreate`. Here a file is read the way that does not end the process. What can be read of a damaged one
// is saved into a new file under the old name; the damaged one is kept beside it.
package queuecheckextension
