package wavefrontexporter

import (
	"errors"
	"fmt"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
)

// MetricsConfig says what becomes of metrics.
type MetricsConfig struct {
	// Granularities lists the distributions that a delta histogram becomes: minute, hour, day.
	Granularities []string `mapstructure:"granularities"`
	// HistogramSeries lists what is sent beside the buckets of a histogram that becomes
	// le series: count, sum, min, max.
	HistogramSeries []string `mapstructure:"histogram_series"`
	// CumulativeSums is metric, or delta_counter to convert monotonic sums.
	CumulativeSums string `mapstructure:"cumulative_sums"`
	// CumulativeHistograms is series, or distribution to convert histograms.
	CumulativeHistograms string `mapstructure:"cumulative_histograms"`
	// Conversion bounds what a conversion remembers.
	Conversion ConversionConfig `mapstructure:"conversion"`

	_ struct{}
}

// ConversionConfig bounds the memory of a conversion.
type ConversionConfig struct {
	// MaxSeries is the number of series that are remembered; points of others are dropped.
	MaxSeries int `mapstructure:"max_series"`
	// MaxIdle is how long a series is remembered after its last point.
	MaxIdle time.Duration `mapstructure:"max_idle"`

	_ struct{}
}

var granularities = map[string]wavefront.Granularity{"minute": wavefront.Minute, "hour": wavefront.Hour, "day": wavefront.Day}

const (
	sumsAsMetric         = "metric"
	sumsAsDelta          = "delta_counter"
	histogramsAsSeries   = "series"
	histogramsAsDistribs = "distribution"
)

// Validate refuses what cannot work.
func (c *MetricsConfig) Validate() error {
	var errs []error
	if len(c.Granularities) == 0 {
		errs = append(errs, errors.New("`granularities` is empty: it may hold minute, hour and day"))
	}
	for _, g := range c.Granularities {
		if _, ok := granularities[g]; !ok {
			errs = append(errs, fmt.Errorf("`granularities` holds %q: it may hold minute, hour and day", g))
		}
	}
	for _, s := range c.HistogramSeries {
		if s != "count" && s != "sum" && s != "min" && s != "max" {
			errs = append(errs, fmt.Errorf("`histogram_series` holds %q: it may hold count, sum, min and max", s))
		}
	}
	if c.CumulativeSums != sumsAsMetric && c.CumulativeSums != sumsAsDelta {
		errs = append(errs, fmt.Errorf("`cumulative_sums` is %q: it must be %s or %s", c.CumulativeSums, sumsAsMetric, sumsAsDelta))
	}
	if c.CumulativeHistograms != histogramsAsSeries && c.CumulativeHistograms != histogramsAsDistribs {
		errs = append(errs, fmt.Errorf("`cumulative_histograms` is %q: it must be %s or %s", c.CumulativeHistograms, histogramsAsSeries, histogramsAsDistribs))
	}
	return errors.Join(errs...)
}

// Validate refuses a memory without room.
func (c *ConversionConfig) Validate() error {
	if c.MaxSeries < 1 || c.MaxIdle <= 0 {
		return errors.New("`max_series` and `max_idle` must be above zero")
	}
	return nil
}

func (c *Config) metricRules() *translate.MetricRules {
	r := &translate.MetricRules{TagRules: c.tagRules(), Times: c.Limits.times()}
	for _, g := range c.Metrics.Granularities {
		r.Granularities = append(r.Granularities, granularities[g])
	}
	for _, s := range c.Metrics.HistogramSeries {
		switch s {
		case "count":
			r.Count = true
		case "sum":
			r.Sum = true
		case "min":
			r.Min = true
		case "max":
			r.Max = true
		}
	}
	return r
}
