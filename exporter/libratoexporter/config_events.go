package libratoexporter

import (
	"errors"
	"fmt"
	"time"
)

// AnnotationsConfig says which log records become annotations, and how fast.
type AnnotationsConfig struct {
	// AllLogs makes every record one. Otherwise it takes an event name or the attribute librato.annotation.stream.
	AllLogs bool `mapstructure:"all_logs"`
	// Stream is the stream of records that name none.
	Stream string `mapstructure:"stream"`
	// MaxPerSecond paces the requests, of which each annotation takes one; 0 does not.
	MaxPerSecond float64 `mapstructure:"max_per_second"`
	// MaxOpen bounds the open annotations that are remembered for being closed, OpenTTL for how long.
	MaxOpen int           `mapstructure:"max_open"`
	OpenTTL time.Duration `mapstructure:"open_ttl"`

	_ struct{}
}

// Validate refuses what cannot work.
func (c *AnnotationsConfig) Validate() error {
	var errs []error
	if c.Stream == "" {
		errs = append(errs, errors.New("`stream` is empty: set the stream of records that name none"))
	}
	if !(c.MaxPerSecond >= 0) {
		errs = append(errs, fmt.Errorf("`max_per_second` is %v: it must be a rate, or 0 for none", c.MaxPerSecond))
	}
	if c.MaxOpen < 1 {
		errs = append(errs, fmt.Errorf("`max_open` is %d: it must be at least 1", c.MaxOpen))
	}
	if c.OpenTTL < time.Second {
		errs = append(errs, fmt.Errorf("`open_ttl` is %s: it must be at least 1s", c.OpenTTL))
	}
	return errors.Join(errs...)
}

// SpansConfig says how spans are aggregated.
type SpansConfig struct {
	// Period is how long spans are aggregated before they are sent.
	Period time.Duration `mapstructure:"period"`
	// DurationMetric is the name of the durations, ErrorMetric that of the error counts.
	DurationMetric string `mapstructure:"duration_metric"`
	ErrorMetric    string `mapstructure:"error_metric"`
	// Attributes of spans tell series apart, besides service, span name, kind and status.
	Attributes []string `mapstructure:"attributes"`
	// MaxSeries bounds the series of one period.
	MaxSeries int `mapstructure:"max_series"`

	_ struct{}
}

// Validate refuses what cannot work.
func (c *SpansConfig) Validate() error {
	var errs []error
	if c.Period < time.Second {
		errs = append(errs, fmt.Errorf("`period` is %s: it must be a duration of at least 1s, such as 60s", c.Period))
	}
	if c.DurationMetric == "" || c.ErrorMetric == "" || c.DurationMetric == c.ErrorMetric {
		errs = append(errs, errors.New("`duration_metric` and `error_metric` must be two names"))
	}
	if c.MaxSeries < 1 {
		errs = append(errs, fmt.Errorf("`max_series` is %d: it must be at least 1", c.MaxSeries))
	}
	return errors.Join(errs...)
}
