package libratoexporter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
)

// MetricsConfig says what becomes of metrics.
type MetricsConfig struct {
	// Temporality is delta, which sends what was added since the last point of a
	// series, or cumulative, which sends running totals as they are.
	Temporality Temporality `mapstructure:"temporality"`
	// MaxSeries bounds the series of running totals that are remembered, SeriesTTL for how long one that is silent is.
	MaxSeries int           `mapstructure:"max_series"`
	SeriesTTL time.Duration `mapstructure:"series_ttl"`

	// ResourceAttributes become tags; a key may end in * for any ending.
	ResourceAttributes []string `mapstructure:"resource_attributes"`
	// ScopeNameTag makes the tag otel.scope.name.
	ScopeNameTag bool `mapstructure:"scope_name_tag"`
	// Tags are sent with every measurement, unless an attribute has the same name.
	Tags map[string]string `mapstructure:"tags"`
	// FallbackTag is the tag of a measurement that has no other.
	FallbackTag FallbackTag `mapstructure:"fallback_tag"`
	// LowercaseTagValues sends tag values in lower case, as the service stores them.
	LowercaseTagValues bool `mapstructure:"lowercase_tag_values"`
	// SourceAttributes make up the source, joined by dots; empty for the first of
	// host.name, service.instance.id and service.name.
	SourceAttributes []string `mapstructure:"source_attributes"`

	// Percentiles, 0 to 100, are sent of every histogram.
	Percentiles []float64 `mapstructure:"percentiles"`
	// Buckets is none, or tag for a measurement per bucket of every histogram.
	Buckets Buckets `mapstructure:"buckets"`

	// SummarizeFunction is how the service rolls new metrics up: auto, none, average, sum, count, min or max.
	SummarizeFunction string `mapstructure:"summarize_function"`
	// Period is the reporting interval that new metrics are created with, in whole seconds; 0 for none.
	Period time.Duration `mapstructure:"period"`
	// FloorToPeriod rounds times down to the period.
	FloorToPeriod bool `mapstructure:"floor_to_period"`
	// UpdateMetrics also sets unit, description and period of metrics that exist already, once per metric and start.
	UpdateMetrics bool `mapstructure:"update_metrics"`

	// MaxAge and MaxFuture bound the times of what is sent; 0 is no bound.
	MaxAge    time.Duration `mapstructure:"max_age"`
	MaxFuture time.Duration `mapstructure:"max_future"`

	_ struct{}
}

// FallbackTag is the tag of a measurement that has no other.
type FallbackTag struct {
	Name  string `mapstructure:"name"`
	Value string `mapstructure:"value"`

	_ struct{}
}

var summarizeFunctions = []string{translate.SummarizeAuto, translate.SummarizeNone, "average", "sum", "count", "min", "max"}

// validate refuses what cannot work. It is not exported: the collector would name the
// struct in its error, which users do not see.
func (c *MetricsConfig) validate() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.MaxSeries < 1 {
		add("`max_series` is %d: it must be at least 1", c.MaxSeries)
	}
	if c.SeriesTTL < time.Second {
		add("`series_ttl` is %s: it must be at least 1s", c.SeriesTTL)
	}
	if c.FallbackTag.Name == "" || c.FallbackTag.Value == "" {
		add("`fallback_tag` lacks a name or a value: the service takes no measurement without a tag")
	}
	for _, p := range c.Percentiles {
		if !(p >= 0 && p <= 100) {
			add("`percentiles` holds %v: it may hold numbers from 0 to 100", p)
		}
	}
	if !slices.Contains(summarizeFunctions, c.SummarizeFunction) {
		add("`summarize_function` is %q: it must be one of %s", c.SummarizeFunction, strings.Join(summarizeFunctions, ", "))
	}
	if c.MaxAge < 0 || c.MaxFuture < 0 {
		add("`max_age` or `max_future` is negative: set a duration such as 2h, or 0 for no bound")
	}
	return errors.Join(append(errs, c.validatePeriod(), c.validateSources(), c.validateTags())...)
}

// validateTags refuses tags of which some would silently be left out.
func (c *MetricsConfig) validateTags() error {
	if len(c.Tags) > librato.MaxTags {
		return fmt.Errorf("`tags` has %d tags: a measurement may have at most %d", len(c.Tags), librato.MaxTags)
	}
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Tags)) {
		if name == "" || c.Tags[name] == "" {
			return fmt.Errorf("`tags` holds %q: %q: the service takes neither empty names nor empty values", name, c.Tags[name])
		}
		legal, _ := librato.AppendSanitizedTagName(nil, name)
		if other, taken := seen[string(legal)]; taken {
			return fmt.Errorf("`tags` holds %q and %q, which the service stores as the same tag %q: remove one", other, name, legal)
		}
		seen[string(legal)] = name
	}
	return nil
}

func (c *MetricsConfig) validatePeriod() error {
	if c.Period < 0 || c.Period%time.Second != 0 {
		return fmt.Errorf("`period` is %s: it must be whole seconds, such as 60s, or 0 for none", c.Period)
	}
	if c.FloorToPeriod && c.Period == 0 {
		return errors.New("`floor_to_period` needs a `period`")
	}
	return nil
}

func (c *MetricsConfig) validateSources() error {
	for _, key := range c.ResourceAttributes {
		if i := strings.IndexByte(key, '*'); key == "" || i >= 0 && i < len(key)-1 {
			return fmt.Errorf("`resource_attributes` holds %q: it may hold attribute keys, which may end in *", key)
		}
	}
	if slices.Contains(c.SourceAttributes, "") {
		return errors.New("`source_attributes` holds an empty key: remove it")
	}
	return nil
}

// rules are those of metrics.
func (c *Config) rules() *translate.Rules {
	m := &c.MetricsConfig
	r := &translate.Rules{
		Dialect:    c.dialect(),
		Cumulative: m.Temporality == TemporalityCumulative,
		Tags: translate.TagRules{
			Resource: m.ResourceAttributes, ScopeName: m.ScopeNameTag, Static: m.Tags,
			FallbackName: m.FallbackTag.Name, FallbackValue: m.FallbackTag.Value, LowerValues: m.LowercaseTagValues,
		},
		Source:     m.SourceAttributes,
		Buckets:    m.Buckets == BucketsTag,
		Properties: translate.PropertyRules{Summarize: m.SummarizeFunction, Period: int64(m.Period / time.Second)},
		Times:      translate.TimeRules{MaxAge: m.MaxAge, MaxFuture: m.MaxFuture},
	}
	if m.FloorToPeriod {
		r.Times.Floor = r.Properties.Period
	}
	for _, p := range m.Percentiles {
		r.Percentiles = append(r.Percentiles, translate.PercentileOf(p))
	}
	return r
}
