package wavefront

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// spanLogLine is one line of span logs. Timestamps are in microseconds, values are text.
type spanLogLine struct {
	TraceID string `json:"traceId"`
	SpanID  string `json:"spanId"`
	Logs    []struct {
		Timestamp *int64            `json:"timestamp"`
		Fields    map[string]string `json:"fields"`
	} `json:"logs"`
}

// spanLogs reads one JSON object with the logs of a span.
func (d *decoder) spanLogs(line string) *refusal {
	if n := len(line); n > maxSpanLog {
		return refuse(SpanLogLength, "the span logs have %d bytes, the limit is %d", n, maxSpanLog)
	}
	var from spanLogLine
	if err := decodeJSON([]byte(line), &from); err != nil {
		return refuse(LineUnparsable, "cannot be parsed: %v", err)
	}
	if !uuid.MatchString(from.TraceID) || !uuid.MatchString(from.SpanID) {
		return refuse(LineUnparsable, "cannot be parsed: traceId and spanId must be UUIDs")
	}
	if len(from.Logs) == 0 {
		return refuse(LineUnparsable, "cannot be parsed: there are no logs")
	}
	var logs []store.SpanLog
	for _, log := range from.Logs {
		if log.Timestamp == nil {
			return refuse(LineUnparsable, "cannot be parsed: a log has no timestamp")
		}
		logs = append(logs, store.SpanLog{
			TraceID: strings.ToLower(from.TraceID), SpanID: strings.ToLower(from.SpanID),
			Timestamp: *log.Timestamp, Fields: anyMap(log.Fields),
		})
	}
	d.SpanLogs = append(d.SpanLogs, logs...)
	return nil
}

// decodeJSON reads exactly one value.
func decodeJSON(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errors.New("there is more than one JSON value")
	}
	return nil
}

func anyMap(fields map[string]string) map[string]any {
	out := make(map[string]any, len(fields))
	for key, value := range fields {
		out[key] = value
	}
	return out
}
