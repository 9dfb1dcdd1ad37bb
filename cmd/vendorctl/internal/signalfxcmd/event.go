package signalfxcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

// event is an event as a line of a batch has it: the vendor's own JSON.
type event struct {
	EventType  string            `json:"eventType"`
	Category   string            `json:"category,omitempty"`
	Timestamp  int64             `json:"timestamp,omitempty"` // Unix milliseconds
	Dimensions map[string]string `json:"dimensions,omitempty"`
	Properties map[string]any    `json:"properties,omitempty"`
}

func newEvent(s *session.Session) *cobra.Command {
	f := frame{session: s}
	var one event
	var properties []string
	cmd := command.Leaf("event [TYPE]", "Send events", func(cmd *cobra.Command, args []string) error {
		if f.lines.Path == "" && len(args) != 1 {
			return exit.With(exit.Usage, fmt.Errorf("give the TYPE of the event, or a file with -f"))
		}
		ingest, token, err := s.SignalFxIngest()
		if err != nil {
			return err
		}
		now := s.Now().UnixMilli()
		batch := &events{points: points{session: s, send: func(ctx context.Context, body []byte) error { return ingest.SendEvents(ctx, token, body) }}, now: now}
		if f.lines.Path != "" {
			return f.sendLines(cmd, args, batch, &batch.shared)
		}
		if one.Timestamp, one.Dimensions, err = f.stamp(); err != nil {
			return err
		}
		texts, err := command.Pairs(properties)
		if err != nil {
			return err
		}
		one.EventType, one.Properties = args[0], typed(texts)
		if err := batch.add(&one); err != nil {
			return exit.With(exit.Usage, err)
		}
		return batch.Send(cmd.Context())
	})
	cmd.Long = "Send one event, or all that a file holds.\n\nA line of the file is an event as the vendor's ingest API takes it:\n\n" +
		`  {"eventType": "deploy", "category": "USER_DEFINED", "timestamp": 1700000000000, "dimensions": {"service": "shop"}, "properties": {"version": "v91"}}`
	cmd.Example = "  vendorctl signalfx event deploy --dimension service=shop --property version=v91"
	f.addFlags(cmd, "event", "now")
	cmd.Flags().StringVar(&one.Category, "category", "USER_DEFINED", "the vendor's category")
	cmd.Flags().StringArrayVar(&properties, "property", nil, "KEY=VALUE, numbers, true and false as such; may be repeated")
	return cmd
}

// typed are the values of flags: numbers and bools where they look like ones.
func typed(texts map[string]string) map[string]any {
	values := map[string]any{}
	for key, text := range texts {
		values[key] = text
		if text == "true" || text == "false" {
			values[key] = text == "true"
		} else if _, err := strconv.ParseFloat(text, 64); err == nil {
			values[key] = json.Number(text)
		}
	}
	return values
}

// events is a batch of events.
type events struct {
	points
	now int64
}

// Add implements input.Batch.
func (e *events) Add(line []byte) (bool, error) {
	var one event
	if err := input.Line(line, &one); err != nil {
		return false, err
	}
	err := e.add(&one)
	return e.n >= signalfx.DefaultMaxDatapointsPerRequest || len(e.body) >= signalfx.DefaultMaxRequestBytes, err
}

func (e *events) add(one *event) error {
	if err := checkName("the event type", one.EventType, signalfx.MaxEventTypeLength); err != nil {
		return err
	}
	if one.Category == "" {
		one.Category = signalfx.UserDefined.String()
	}
	category, ok := signalfx.CategoryByName(strings.ToUpper(one.Category))
	if !ok {
		return fmt.Errorf("%q is no category of events; USER_DEFINED is the one for custom events", one.Category)
	}
	dimensions, err := appendDimensions(nil, e.with(one.Dimensions))
	if err != nil {
		return err
	}
	properties, err := appendProperties(nil, one.Properties)
	if err != nil {
		return err
	}
	timestamp := one.Timestamp
	if timestamp == 0 {
		timestamp = e.now
	}
	e.body = signalfx.AppendEvent(e.body, one.EventType, dimensions, properties, category, timestamp)
	e.n++
	return nil
}

func appendProperties(dst []byte, properties map[string]any) ([]byte, error) {
	for _, key := range sortedKeys(properties) {
		switch value := properties[key].(type) {
		case string:
			if err := checkName("property "+key, value, signalfx.MaxPropertyValueLength); err != nil {
				return nil, err
			}
			dst = signalfx.AppendStringProperty(dst, key, value)
		case bool:
			dst = signalfx.AppendBoolProperty(dst, key, value)
		case json.Number:
			if i, err := value.Int64(); err == nil {
				dst = signalfx.AppendIntProperty(dst, key, i)
			} else if f, err := value.Float64(); err == nil && f-f == 0 {
				dst = signalfx.AppendDoubleProperty(dst, key, f)
			} else {
				return nil, fmt.Errorf("property %s: %q is no finite number", key, value)
			}
		default:
			return nil, fmt.Errorf("property %s: is neither text nor a number nor true or false", key)
		}
	}
	return dst, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
