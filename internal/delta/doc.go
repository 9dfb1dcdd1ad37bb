// Package delta turns running totals into what was added since the last point of their
// series. It remembers the last total of every series, within bounds, and so stands in
// front of the collector's queue: behind it, a retry would go through it twice.
package delta
