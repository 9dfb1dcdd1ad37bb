// Package spans sums spans up into metrics: a histogram of durations and a count of
// errors per series and period. What it has summed up is in memory only, so it stands
// in front of the collector's queue.
package spans
