package signalfxexporter

import (
	"errors"
	"fmt"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
)

// MetricsConfig says what becomes of metrics.
type MetricsConfig struct {
	// HistogramMode is buckets, no_buckets, upper_bound, statistics or otlp.
	HistogramMode translate.HistogramMode `mapstructure:"histogram_mode"`
	// DropHistogramBuckets is upstream's name for no_buckets, SendOTLPHistograms for otlp.
	DropHistogramBuckets bool `mapstructure:"drop_histogram_buckets"`
	SendOTLPHistograms   bool `mapstructure:"send_otlp_histograms"`

	// NonAlphanumericDimensionChars are kept in dimension keys besides letters and digits.
	NonAlphanumericDimensionChars string `mapstructure:"nonalphanumeric_dimension_chars"`
	// Dimensions are sent with every datapoint and event; they override others of the same key.
	Dimensions map[string]string `mapstructure:"dimensions"`
	// DimensionPriority lists keys that are kept first when a datapoint has more than 36 dimensions.
	DimensionPriority []string `mapstructure:"dimension_priority"`
	// ScopeDimensions lists what of the scope becomes dimensions: name, version, attributes.
	ScopeDimensions []string `mapstructure:"scope_dimensions"`

	// ExcludeMetrics extends the default excludes; an empty list switches those off.
	ExcludeMetrics []FilterConfig `mapstructure:"exclude_metrics"`
	// IncludeMetrics overrides excludes.
	IncludeMetrics []FilterConfig `mapstructure:"include_metrics"`

	// DisableDefaultTranslationRules turns the derived host metrics off.
	DisableDefaultTranslationRules bool `mapstructure:"disable_default_translation_rules"`
	// DeltaTranslationTTL is how long, in seconds, a series that derived metrics need is remembered.
	DeltaTranslationTTL int64 `mapstructure:"delta_translation_ttl"`

	// LogDataPoints logs every point at debug level.
	LogDataPoints bool `mapstructure:"log_data_points"`

	noDefaultExcludes bool
	_                 struct{}
}

// FilterConfig is one filter of datapoints. Items are exact, glob patterns, or
// /regular expressions/; a leading "!" negates.
type FilterConfig struct {
	MetricName  string         `mapstructure:"metric_name"`
	MetricNames []string       `mapstructure:"metric_names"`
	Dimensions  map[string]any `mapstructure:"dimensions"`
	// MatchAllDimensions asks that every key of Dimensions is on the point.
	MatchAllDimensions bool `mapstructure:"match_all_dimensions"`

	_ struct{}
}

// Bounds that leave room for the dimensions that tell series apart.
const (
	maxDimensionPriority = 20
	maxStaticDimensions  = 20
)

// Validate refuses what cannot work.
func (c *MetricsConfig) Validate() error {
	var errs []error
	if c.HistogramMode != translate.HistogramBuckets && (c.DropHistogramBuckets || c.SendOTLPHistograms) {
		errs = append(errs, errors.New("`histogram_mode` replaces `drop_histogram_buckets` and `send_otlp_histograms`: set only `histogram_mode`"))
	}
	if len(c.DimensionPriority) > maxDimensionPriority {
		errs = append(errs, fmt.Errorf("`dimension_priority` has %d keys: it may have at most %d", len(c.DimensionPriority), maxDimensionPriority))
	}
	if len(c.Dimensions) > maxStaticDimensions {
		errs = append(errs, fmt.Errorf("`dimensions` has %d keys: it may have at most %d, to leave room for those of the data", len(c.Dimensions), maxStaticDimensions))
	}
	for _, part := range c.ScopeDimensions {
		if part != "name" && part != "version" && part != "attributes" {
			errs = append(errs, fmt.Errorf("`scope_dimensions` holds %q: it may hold name, version and attributes", part))
		}
	}
	if c.DeltaTranslationTTL < 1 {
		errs = append(errs, fmt.Errorf("`delta_translation_ttl` is %d: it must be at least 1 (second)", c.DeltaTranslationTTL))
	}
	if _, err := c.filter(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// mode resolves the mode and its upstream names. As upstream, dropping buckets does not
// concern histograms that are sent as OTLP.
func (c *MetricsConfig) mode() translate.HistogramMode {
	switch {
	case c.SendOTLPHistograms:
		return translate.HistogramOTLP
	case c.DropHistogramBuckets:
		return translate.HistogramNoBuckets
	}
	return c.HistogramMode
}

// filter compiles the filters, the default excludes among them.
func (c *MetricsConfig) filter() (*translate.Filter, error) {
	exclude, err := specs("exclude_metrics", c.ExcludeMetrics)
	if err != nil {
		return nil, err
	}
	if !c.noDefaultExcludes {
		exclude = append(exclude, translate.DefaultExcludes()...)
	}
	include, err := specs("include_metrics", c.IncludeMetrics)
	if err != nil {
		return nil, err
	}
	f, err := translate.NewFilter(include, exclude)
	if err != nil {
		return nil, fmt.Errorf("`include_metrics` or `exclude_metrics`: %w", err)
	}
	return f, nil
}

func specs(key string, filters []FilterConfig) ([]translate.FilterSpec, error) {
	var all []translate.FilterSpec
	for i, f := range filters {
		spec := translate.FilterSpec{Names: f.MetricNames, MatchAll: f.MatchAllDimensions}
		if f.MetricName != "" {
			spec.Names = append([]string{f.MetricName}, f.MetricNames...)
		}
		for dimension, values := range f.Dimensions {
			list, err := stringList(values)
			if err != nil {
				return nil, fmt.Errorf("`%s[%d]::dimensions::%s`: %w", key, i, dimension, err)
			}
			if spec.Dimensions == nil {
				spec.Dimensions = make(map[string][]string)
			}
			spec.Dimensions[dimension] = list
		}
		all = append(all, spec)
	}
	return all, nil
}

// stringList takes a string or a list of strings.
func stringList(value any) ([]string, error) {
	switch v := value.(type) {
	case string:
		return []string{v}, nil
	case []any:
		var list []string
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("%v is not text: put it in quotes", item)
			}
			list = append(list, text)
		}
		return list, nil
	}
	return nil, errors.New("it must be a text or a list of texts")
}

func (c *MetricsConfig) rules() (*translate.MetricRules, error) {
	filter, err := c.filter()
	if err != nil {
		return nil, err
	}
	rules := &translate.MetricRules{
		DimensionSources: translate.DimensionSources{
			Dimensions: translate.NewDimensionRules(c.NonAlphanumericDimensionChars, c.DimensionPriority),
			Static:     c.Dimensions,
		},
		Filter:     filter,
		Histograms: c.mode(),
	}
	for _, part := range c.ScopeDimensions {
		switch part {
		case "name":
			rules.ScopeName = true
		case "version":
			rules.ScopeVersion = true
		case "attributes":
			rules.ScopeAttributes = true
		}
	}
	return rules, nil
}
