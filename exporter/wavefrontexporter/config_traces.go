package wavefrontexporter

import (
	"errors"
	"time"

	"go.opentelemetry.io/collector/config/configoptional"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

// TracesConfig says what becomes of spans.
type TracesConfig struct {
	// DefaultApplication and DefaultService stand in where a span has none.
	DefaultApplication string `mapstructure:"default_application"`
	DefaultService     string `mapstructure:"default_service"`
	// MapTags adds the tags by which the vendor's application map knows databases and AWS services.
	MapTags bool `mapstructure:"map_tags"`
	// ExternalServices also shows the peer.service of client spans on the map, as a service outside.
	ExternalServices bool `mapstructure:"external_services"`
	// RED derives request, error and duration metrics and heartbeats from the spans, as
	// a proxy does on a custom tracing port.
	RED configoptional.Optional[REDConfig] `mapstructure:"red_metrics"`

	_ struct{}
}

// Validate refuses defaults that stand for nothing: the vendor takes no span without them.
func (c *TracesConfig) Validate() error {
	if wavefront.IsBlank(c.DefaultApplication) || wavefront.IsBlank(c.DefaultService) {
		return errors.New("`default_application` and `default_service` must not be blank: take the key out for its default")
	}
	return nil
}

// REDConfig says what is derived from spans.
type REDConfig struct {
	// Interval is the time between two reports.
	Interval time.Duration `mapstructure:"interval"`
	// Tags lists span and resource attributes that become tags of the derived metrics.
	Tags []string `mapstructure:"tags"`
	// MaxSeries is the number of operations, told apart by all tags, in one interval.
	MaxSeries int `mapstructure:"max_series"`

	_ struct{}
}

// Validate refuses what cannot work.
func (c *REDConfig) Validate() error {
	if c.Interval < time.Second || c.MaxSeries < 1 {
		return errors.New("`interval` must be at least 1s, and `max_series` at least 1")
	}
	return nil
}

// EventsConfig says what becomes of log records.
type EventsConfig struct {
	// AllLogs makes every record an event, not only named and marked ones.
	AllLogs bool `mapstructure:"all_logs"`

	_ struct{}
}
