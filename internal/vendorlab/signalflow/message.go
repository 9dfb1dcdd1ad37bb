package signalflow

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
)

// Numbers of the message types in binary frames.
const typeData = 5

var typeNumbers = map[string]byte{
	"control-message": 1, "message": 2, "event": 3, "metadata": 4, "error": 6,
	"computation-started": 8, "estimation": 9, "expired-tsid": 10,
}

// message is everything but data. Its members leave out type and channel, which
// server-sent events do not carry.
type message struct {
	kind    string
	members map[string]any
}

// data is one batch of one publication.
type data struct {
	time, maxDelay int64 // milliseconds
	points         []compute.Point
}

// text is the JSON of the message with its type, and its channel unless that is empty.
func (m message) text(channel string) []byte {
	members := map[string]any{"type": m.kind}
	for name, value := range m.members {
		members[name] = value
	}
	if channel != "" {
		members["channel"] = channel
	}
	return marshal(members)
}

// isLast reports whether nothing follows on the channel.
func (m message) isLast() bool {
	event := m.members["event"]
	return m.kind == "error" || m.kind == "estimation" || event == "END_OF_CHANNEL" || event == "CHANNEL_ABORT"
}

func marshal(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil { // an event property that is NaN or infinite
		text, _ = json.Marshal(map[string]any{"error": err.Error()})
	}
	return text
}

// text is the JSON that server-sent events carry; null where there is no value.
func (d data) text() []byte {
	points := make([]map[string]any, len(d.points))
	for i, p := range d.points {
		points[i] = map[string]any{"tsId": tsID(p.TSID), "value": p.Value.Any()}
	}
	return marshal(map[string]any{"logicalTimestampMs": d.time, "data": points})
}

// tsID is the text form of a series id: base64url of its 8 bytes, always 11 characters.
func tsID(id uint64) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, id))
}

func control(event string, now int64, more map[string]any) message {
	members := map[string]any{"event": event, "timestampMs": now}
	for name, value := range more {
		members[name] = value
	}
	return message{"control-message", members}
}

// failure is an error as the vendor tells it. Its code is an HTTP status.
type failure struct {
	code      int
	errorType string
	text      string
	context   map[string]any
}

func (f *failure) Error() string { return f.text }

// internalError is the errorType of what is no fault of the program's author. Its
// name was seen in an answer of the vendor.
const internalError = "ANALYTICS_INTERNAL_ERROR"

func refuse(code int, text string) *failure {
	return &failure{code: code, errorType: internalError, text: text}
}

// programFailure is a mistake in a program.
func programFailure(program string, err *lang.Error) *failure {
	return &failure{code: http.StatusBadRequest, errorType: string(err.Kind), text: err.Error(), context: map[string]any{
		"bindingName": err.Name, "column": err.Column, "line": err.Line,
		"programText": program, "reference": err.Name, "traceback": []any{},
	}}
}

func (f *failure) message() message {
	context := f.context
	if context == nil {
		context = map[string]any{}
	}
	return message{"error", map[string]any{"error": f.code, "errorType": f.errorType, "message": f.text, "context": context}}
}
