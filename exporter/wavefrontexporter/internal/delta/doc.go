// Package delta turns cumulative sums and histograms into deltas.
//
// It remembers the last point of every series, within bounds, and must see every
// batch exactly once: in front of the exporter's queue, not behind it.
package delta
