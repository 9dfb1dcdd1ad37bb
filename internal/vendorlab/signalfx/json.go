package signalfx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// jsonObject keeps names as they are: matching into a struct would ignore case,
// which the vendor does not.
type jsonObject map[string]json.RawMessage

func decodeJSONDatapoints(body []byte) (*batch, *exchange.Error) {
	var byType jsonObject
	if err := json.Unmarshal(body, &byType); err != nil {
		return nil, badJSON(err)
	}
	for key := range byType {
		if key != typeGauge && key != typeCounter && key != typeCumulative {
			return nil, exchange.Errorf(http.StatusBadRequest, "key %q is no metric type; use gauge, counter or cumulative_counter", key)
		}
	}
	b := &batch{}
	for _, metricType := range []string{typeGauge, typeCounter, typeCumulative} {
		if err := b.addJSONPoints(metricType, byType[metricType]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func badJSON(err error) *exchange.Error {
	return exchange.Errorf(http.StatusBadRequest, "the body is not the JSON expected here: %v", err)
}

func (b *batch) addJSONPoints(metricType string, raw json.RawMessage) *exchange.Error {
	var points []jsonObject
	if raw == nil {
		return nil
	}
	if err := json.Unmarshal(raw, &points); err != nil {
		return badJSON(err)
	}
	for i, point := range points {
		sample := store.Sample{Type: metricType}
		err := errors.Join(
			point.read("metric", &sample.Metric),
			point.read("timestamp", (*millis)(&sample.Timestamp)),
			point.read("dimensions", (*jsonDimensions)(&sample.Dimensions)))
		if err != nil {
			return badJSON(err)
		}
		if sample.Metric == "" {
			return missingMetric(i)
		}
		var numeric bool
		if sample.Value, numeric = jsonNumber(point["value"]); !numeric {
			b.refuse(kindDatapoint, refuse(ValueNotNumeric, "the value is no number"), sample)
			continue
		}
		b.addSample(sample)
	}
	return nil
}

// read decodes a member if it is present.
func (o jsonObject) read(name string, into any) error {
	raw, ok := o[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// jsonNumber reads a number or a numeric string. Absent and null are no value.
func jsonNumber(raw json.RawMessage) (value store.Value, numeric bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return store.Value{}, true
	}
	text := string(raw)
	if raw[0] == '"' && json.Unmarshal(raw, &text) != nil {
		return store.Value{}, false
	}
	return parseNumber(text)
}

// millis reads a timestamp; a fraction of a millisecond is cut off.
type millis int64

func (m *millis) UnmarshalJSON(raw []byte) error {
	value, numeric := jsonNumber(raw)
	if !numeric || raw[0] == '"' {
		return errors.New("not a number of milliseconds")
	}
	if *m = millis(value.Float()); value.IsInt() {
		return json.Unmarshal(raw, (*int64)(m))
	}
	return nil
}

// jsonDimensions reads an object of scalars. It keeps duplicate keys, so that they can be refused.
type jsonDimensions store.Dimensions

func (d *jsonDimensions) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if start, err := decoder.Token(); start != json.Delim('{') || err != nil {
		if start == nil && err == nil {
			return nil
		}
		return errors.New("not an object")
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		value, err := decoder.Token()
		if err != nil {
			return err
		}
		text, err := scalarText(value)
		if err != nil {
			return err
		}
		*d = append(*d, store.Dimension{Key: key.(string), Value: text})
	}
	return nil
}

func scalarText(token json.Token) (string, error) {
	switch v := token.(type) {
	case string:
		return v, nil
	case json.Number, bool:
		return fmt.Sprint(v), nil
	}
	return "", errors.New("a value is neither text, number nor bool")
}

func decodeJSONEvents(body []byte) (*batch, *exchange.Error) {
	var events []jsonObject
	if err := json.Unmarshal(body, &events); err != nil {
		return nil, badJSON(err)
	}
	if events == nil {
		return nil, badJSON(errors.New("not an array"))
	}
	b := &batch{}
	for i, from := range events {
		event := store.Event{Category: "USER_DEFINED"}
		err := errors.Join(
			from.read("eventType", &event.Type),
			from.read("category", &event.Category),
			from.read("timestamp", (*millis)(&event.Timestamp)),
			from.read("dimensions", (*jsonDimensions)(&event.Dimensions)),
			from.read("properties", (*jsonProperties)(&event.Properties)))
		if err != nil {
			return nil, badJSON(err)
		}
		if _, ok := from["eventType"]; !ok {
			return nil, exchange.Errorf(http.StatusBadRequest, "event %d has no eventType", i)
		}
		if !eventCategories[event.Category] {
			b.refuse(kindEvent, refuse(EventCategory, "category %q is not known", event.Category), shownEvent(event))
			continue
		}
		b.addEvent(event)
	}
	return b, nil
}

// jsonProperties reads integers as int64 and other numbers as float64.
type jsonProperties map[string]any

func (p *jsonProperties) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode((*map[string]any)(p)); err != nil && err != io.EOF {
		return err
	}
	for key, value := range *p {
		if number, ok := value.(json.Number); ok {
			(*p)[key] = numberProperty(number)
		}
	}
	return nil
}

func numberProperty(number json.Number) any {
	if i, err := number.Int64(); err == nil {
		return i
	}
	f, _ := number.Float64() // out of range: an infinity, refused later
	return f
}
