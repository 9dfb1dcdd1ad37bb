package signalfxexporter

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
)

// MetadataConfig says what is written to the metadata API.
type MetadataConfig struct {
	// SyncHostMetadata writes properties of this host to its dimension.
	SyncHostMetadata bool `mapstructure:"sync_host_metadata"`
	// RootPath is where the host's root is mounted when the collector runs in a container.
	RootPath string `mapstructure:"root_path"`
	// SyncMetricMetadata writes the unit and description of metrics.
	SyncMetricMetadata bool `mapstructure:"sync_metric_metadata"`

	// DimensionClient configures the updates of dimensions.
	DimensionClient DimensionClientConfig `mapstructure:"dimension_client"`
	// ExcludeProperties filters properties of dimension updates.
	ExcludeProperties []PropertyFilterConfig `mapstructure:"exclude_properties"`
	// DefaultProperties are added to every dimension update.
	DefaultProperties map[string]string `mapstructure:"default_properties"`
	// LogDimensionUpdates logs every update that succeeded.
	LogDimensionUpdates bool `mapstructure:"log_dimension_updates"`

	_ struct{}
}

// Methods of updating a dimension.
const (
	methodPatch = "patch"
	methodPut   = "put"
)

// DimensionClientConfig configures the updates of dimensions.
type DimensionClientConfig struct {
	// MaxBuffered bounds the updates that wait.
	MaxBuffered int `mapstructure:"max_buffered"`
	// SendDelay is how long updates of one dimension are collected.
	SendDelay time.Duration `mapstructure:"send_delay"`
	// MaxIdleConns, MaxIdleConnsPerHost, MaxConnsPerHost and IdleConnTimeout bound its connections.
	MaxIdleConns        int           `mapstructure:"max_idle_conns"`
	MaxIdleConnsPerHost int           `mapstructure:"max_idle_conns_per_host"`
	MaxConnsPerHost     int           `mapstructure:"max_conns_per_host"`
	IdleConnTimeout     time.Duration `mapstructure:"idle_conn_timeout"`
	// Timeout bounds one request.
	Timeout time.Duration `mapstructure:"timeout"`
	// DropTags leaves tags out of updates.
	DropTags bool `mapstructure:"drop_tags"`
	// StripK8sLabelPrefix shortens k8s.<resource>.label.<x> to <x>.
	StripK8sLabelPrefix bool `mapstructure:"strip_k8s_label_prefix"`
	// Method is patch, which merges, or put, which replaces what the dimension has.
	Method string `mapstructure:"method"`
	// ClearDeleted removes what was written to a dimension when its entity is deleted.
	ClearDeleted bool `mapstructure:"clear_deleted"`

	_ struct{}
}

// PropertyFilterConfig filters properties: each field is an item or a list of items in
// the syntax of metric filters; one that is not set matches all.
type PropertyFilterConfig struct {
	DimensionName  any `mapstructure:"dimension_name"`
	DimensionValue any `mapstructure:"dimension_value"`
	PropertyName   any `mapstructure:"property_name"`
	PropertyValue  any `mapstructure:"property_value"`

	_ struct{}
}

// Validate refuses filters that cannot be compiled.
func (c *MetadataConfig) Validate() error {
	_, err := c.propertyFilter()
	return err
}

// propertyFilter returns a predicate for the properties that some filter excludes.
func (c *MetadataConfig) propertyFilter() (func(dimensionName, dimensionValue, propertyName, propertyValue string) bool, error) {
	var filters [][4]*translate.Matcher
	for i, f := range c.ExcludeProperties {
		var matchers [4]*translate.Matcher
		for j, field := range []struct {
			key   string
			items any
		}{
			{"dimension_name", f.DimensionName}, {"dimension_value", f.DimensionValue},
			{"property_name", f.PropertyName}, {"property_value", f.PropertyValue},
		} {
			if field.items == nil {
				continue
			}
			items, err := stringList(field.items)
			if err == nil {
				matchers[j], err = translate.NewMatcher(items)
			}
			if err != nil {
				return nil, fmt.Errorf("`exclude_properties[%d]::%s`: %w", i, field.key, err)
			}
		}
		filters = append(filters, matchers)
	}
	return func(dimensionName, dimensionValue, propertyName, propertyValue string) bool {
		texts := [4]string{dimensionName, dimensionValue, propertyName, propertyValue}
		return slices.ContainsFunc(filters, func(f [4]*translate.Matcher) bool {
			for i, m := range f {
				if m != nil && !m.Matches(texts[i]) {
					return false
				}
			}
			return true
		})
	}, nil
}

// Validate refuses what cannot work.
func (c *DimensionClientConfig) Validate() error {
	var errs []error
	if c.MaxBuffered < 1 {
		errs = append(errs, fmt.Errorf("`max_buffered` is %d: it must be at least 1", c.MaxBuffered))
	}
	if c.SendDelay < 0 {
		errs = append(errs, errors.New("`send_delay` is negative: set it to a duration such as 10s, or to 0s to send at once"))
	}
	if c.Timeout < 0 {
		errs = append(errs, errors.New("`timeout` is negative: set it to a duration such as 10s, or to 0s for none"))
	}
	if c.Method != methodPatch && c.Method != methodPut {
		errs = append(errs, fmt.Errorf("`method` is %q: it must be patch or put", c.Method))
	}
	return errors.Join(errs...)
}
