package translate

import (
	"fmt"
	"strings"
)

// HistogramMode says what becomes of explicit and exponential histograms.
type HistogramMode uint8

const (
	// HistogramBuckets sends count, sum, min, max and cumulative buckets with a dimension "le".
	HistogramBuckets HistogramMode = iota
	// HistogramNoBuckets is HistogramBuckets without the buckets.
	HistogramNoBuckets
	// HistogramUpperBound sends what exporters did until 2021: count, the sum under the
	// plain name, and buckets that are not cumulative with a dimension "upper_bound".
	HistogramUpperBound
	// HistogramStatistics sends what the vendor's Python reporter sent: the count under the
	// plain name, and gauges .min, .max, .avg and percentiles.
	HistogramStatistics
	// HistogramOTLP sends explicit buckets in an OTLP request of their own.
	HistogramOTLP
)

var histogramModes = []string{"buckets", "no_buckets", "upper_bound", "statistics", "otlp"}

// String returns the spelling of the configuration.
func (m HistogramMode) String() string { return histogramModes[m] }

// MarshalText returns the spelling of the configuration.
func (m HistogramMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the spelling of the configuration.
func (m *HistogramMode) UnmarshalText(text []byte) error {
	for i, name := range histogramModes {
		if name == string(text) {
			*m = HistogramMode(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no histogram mode: it must be one of %s", text, strings.Join(histogramModes, ", "))
}
