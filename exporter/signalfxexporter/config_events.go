package signalfxexporter

import (
	"errors"
	"fmt"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
)

// EventsConfig says what becomes of log records.
type EventsConfig struct {
	// AllLogsAsEvents makes every record an event, not only marked and named ones.
	AllLogsAsEvents bool `mapstructure:"all_logs_as_events"`
	// EventProperties lists what of a record becomes properties: body, severity, trace_id, span_id.
	EventProperties []string `mapstructure:"event_properties"`
	// EntityEvents turns entity events into dimension properties.
	EntityEvents bool `mapstructure:"entity_events"`
	// EntityTypes maps more entity types to the id attribute that is their dimension.
	EntityTypes map[string]string `mapstructure:"entity_types"`

	_ struct{}
}

// Validate refuses unknown names.
func (c *EventsConfig) Validate() error {
	_, err := c.properties()
	return err
}

func (c *EventsConfig) properties() (translate.RecordFields, error) {
	var fields translate.RecordFields
	var errs []error
	for _, name := range c.EventProperties {
		switch name {
		case "body":
			fields.Body = true
		case "severity":
			fields.Severity = true
		case "trace_id":
			fields.TraceID = true
		case "span_id":
			fields.SpanID = true
		default:
			errs = append(errs, fmt.Errorf("`event_properties` holds %q: it may hold body, severity, trace_id and span_id", name))
		}
	}
	return fields, errors.Join(errs...)
}
