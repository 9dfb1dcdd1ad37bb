package signalflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// integer reads a JSON number, also one written as a string, as the vendor's Java
// client writes them. What is neither leaves 0.
type integer int64

func (n *integer) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		*n = integer(i)
	} else if f, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(f) < 1<<63 {
		*n = integer(f)
	}
	return nil
}

// unmarshal reads what it can: a field of an unexpected type stays zero.
func unmarshal(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	if mismatch := (*json.UnmarshalTypeError)(nil); errors.As(err, &mismatch) {
		return nil
	}
	return err
}

type controlJSON struct {
	Event       string  `json:"event"`
	TimestampMs integer `json:"timestampMs"`
	Handle      string  `json:"handle"`
	Progress    integer `json:"progress"`
	AbortInfo   struct {
		State  string `json:"sf_job_abortState"`
		Reason string `json:"sf_job_abortReason"`
	} `json:"abortInfo"`
}

func (c *controlJSON) message() *Control {
	return &Control{Event: c.Event, TimestampMs: int64(c.TimestampMs), Handle: c.Handle, Progress: int64(c.Progress)}
}

func decodeInfo(body []byte) (*Info, error) {
	var raw struct {
		LogicalTimestampMs integer `json:"logicalTimestampMs"`
		Message            struct {
			Code               string          `json:"messageCode"`
			Level              string          `json:"messageLevel"`
			NumInputTimeSeries integer         `json:"numInputTimeSeries"`
			Block              *integer        `json:"blockSerialNumber"` // before 2017
			Blocks             []integer       `json:"blockSerialNumbers"`
			Contents           json.RawMessage `json:"contents"`
		} `json:"message"`
	}
	if err := unmarshal(body, &raw); err != nil {
		return nil, err
	}
	info := &Info{
		Code: raw.Message.Code, Level: raw.Message.Level, LogicalTimestampMs: int64(raw.LogicalTimestampMs),
		NumInputTimeSeries: int64(raw.Message.NumInputTimeSeries),
	}
	if raw.Message.Block != nil {
		info.BlockSerialNumbers = []int64{int64(*raw.Message.Block)}
	}
	for _, block := range raw.Message.Blocks {
		info.BlockSerialNumbers = append(info.BlockSerialNumbers, int64(block))
	}
	if raw.Message.Contents == nil {
		return info, nil
	}
	var err error
	info.Contents, err = decodeInfoContents(raw.Message.Contents)
	return info, err
}

func decodeInfoContents(body []byte) (InfoContents, error) {
	var raw struct {
		ResolutionMs         integer  `json:"resolutionMs"`
		DetectedResolutionMs integer  `json:"detectedResolutionMs"`
		OriginalResolutionMs integer  `json:"originalResolutionMs"`
		LagMs                integer  `json:"lagMs"`
		MaxDelayMs           integer  `json:"maxDelayMs"`
		MatchedSize          integer  `json:"matchedSize"`
		LimitSize            integer  `json:"limitSize"`
		Query                string   `json:"query"`
		PropertyNames        []string `json:"propertyNames"`
		DimensionCounts      []struct {
			Dimensions []string `json:"dimensions"`
			Count      integer  `json:"count"`
		} `json:"dimensionCounts"`
	}
	if err := unmarshal(body, &raw); err != nil {
		return InfoContents{}, err
	}
	contents := InfoContents{
		ResolutionMs: int64(raw.ResolutionMs), DetectedResolutionMs: int64(raw.DetectedResolutionMs),
		OriginalResolutionMs: int64(raw.OriginalResolutionMs), LagMs: int64(raw.LagMs), MaxDelayMs: int64(raw.MaxDelayMs),
		MatchedSize: int64(raw.MatchedSize), LimitSize: int64(raw.LimitSize),
		Query: raw.Query, PropertyNames: raw.PropertyNames,
	}
	for _, counted := range raw.DimensionCounts {
		contents.DimensionCounts = append(contents.DimensionCounts, DimensionCount{counted.Dimensions, int64(counted.Count)})
	}
	return contents, nil
}

// decodeMetadata returns the series' id and its raw properties, nil if it has none.
func decodeMetadata(body []byte) (id TSID, properties []byte, err error) {
	var text []byte
	for key, value := range members(body) {
		switch string(key) {
		case "tsId":
			text = value
		case "properties":
			properties = value
		}
	}
	id, err = decodeTSID(text)
	return id, properties, err
}

func decodeExpired(body []byte) (TSID, error) {
	id, _, err := decodeMetadata(body)
	return id, err
}

func decodeTSID(raw []byte) (TSID, error) {
	if len(raw) < 2 || raw[0] != '"' {
		return 0, errors.New("message has no series id")
	}
	return parseTSID(plainText(raw))
}

func decodeEvent(body []byte) (*Event, error) {
	event := new(Event)
	for key, value := range members(body) {
		switch string(key) {
		case "tsId":
			id, err := decodeTSID(value)
			if err != nil {
				return nil, err
			}
			event.TSID = id
		case "timestampMs":
			var ms integer
			_ = ms.UnmarshalJSON(value)
			event.TimestampMs = int64(ms)
		case "properties":
			event.Properties = parseProperties(value)
		case "metadata":
			event.Metadata = parseProperties(value)
		}
	}
	return event, nil
}

// decodeDataJSON reads the JSON form of a data message into d, whose Points are
// reused. Values that are neither number nor null are left out and counted.
func decodeDataJSON(d *Data, body []byte) (unknown int, err error) {
	d.Points, d.MaxDelayMs = d.Points[:0], 0
	var timestamp, points []byte
	for key, value := range members(body) {
		switch string(key) {
		case "logicalTimestampMs":
			timestamp = value
		case "maxDelayMs":
			_ = (*integer)(&d.MaxDelayMs).UnmarshalJSON(value)
		case "data":
			points = value
		}
	}
	kind, bits := ValueNull, uint64(0)
	if timestamp != nil {
		kind, bits = parseScalarOnly(timestamp)
	}
	if kind != ValueInt {
		return 0, errors.New("data message has no logical timestamp")
	}
	d.LogicalTimestampMs = int64(bits)
	for element := range elements(points) {
		point, ok, err := decodePointJSON(element)
		if err != nil {
			return 0, err
		}
		if !ok {
			unknown++
			continue
		}
		d.Points = append(d.Points, point)
	}
	return unknown, nil
}

func decodePointJSON(element []byte) (p Point, ok bool, err error) {
	var id, value []byte
	for key, raw := range members(element) {
		switch string(key) {
		case "tsId":
			id = raw
		case "value":
			value = raw
		}
	}
	if p.TSID, err = decodeTSID(id); err != nil {
		return p, false, err
	}
	if value == nil {
		return p, false, nil
	}
	kind, bits := parseScalarOnly(value)
	switch kind {
	case ValueNull:
		return p, true, nil
	case ValueInt:
		p.Kind, p.bits = KindLong, bits
		return p, true, nil
	case ValueFloat:
		p.Kind, p.bits = KindDouble, bits
		return p, true, nil
	}
	return p, false, nil
}

// parseScalarOnly is parseScalar for values that may be of any type.
func parseScalarOnly(raw []byte) (ValueKind, uint64) {
	switch raw[0] {
	case '"':
		return ValueString, 0
	case '{', '[':
		return ValueJSON, 0
	}
	return parseScalar(raw)
}

// decodeError reads any form of an error message: with a message, or with a list
// of codes, or in a shape never seen.
func decodeError(body []byte) *Error {
	var raw struct {
		Code    integer         `json:"error"`
		Status  integer         `json:"code"` // HTTP answers
		Type    string          `json:"errorType"`
		Message json.RawMessage `json:"message"`
		Context struct {
			Line   integer `json:"line"`
			Column integer `json:"column"`
		} `json:"context"`
		Errors []struct {
			Code json.RawMessage `json:"code"`
		} `json:"errors"`
	}
	e := new(Error)
	if err := unmarshal(body, &raw); err != nil {
		e.Message = "an error message that is not valid JSON"
		return e
	}
	e.Code, e.Type = int(raw.Code), raw.Type
	if e.Code == 0 {
		e.Code = int(raw.Status)
	}
	e.Line, e.Column = int(raw.Context.Line), int(raw.Context.Column)
	for _, one := range raw.Errors {
		e.Codes = append(e.Codes, plainJSON(one.Code))
	}
	e.Codes = slices.DeleteFunc(e.Codes, func(code string) bool { return code == "" })
	e.Message = plainJSON(raw.Message)
	return e
}

// plainJSON returns a string as it is, null as "", and anything else as JSON.
func plainJSON(raw []byte) string {
	if len(raw) == 0 || raw[0] == 'n' {
		return ""
	}
	return parseValue(raw).Text()
}

// envelope is what tells where a JSON message without a binary header belongs.
type envelope struct {
	typ     MessageType
	channel string
	event   string
}

func decodeEnvelope(body []byte) envelope {
	var e envelope
	named, failed := false, false
	for key, value := range members(body) {
		switch string(key) {
		case "type":
			named = true
			e.typ = typeNamed(textOf(value))
		case "channel":
			e.channel = textOf(value)
		case "event":
			e.event = textOf(value)
		case "error":
			failed = true
		}
	}
	if !named && failed { // met by the vendor's Node client
		e.typ = TypeError
	}
	return e
}

func malformed(t MessageType, err error) *Malformed {
	return &Malformed{Type: t, Err: fmt.Errorf("signalflow: %s message: %w", t, err)}
}

func decodeStarted(body []byte) (*Started, error) {
	for key, value := range members(body) {
		if string(key) == "computationId" {
			return &Started{Handle: textOf(value)}, nil
		}
	}
	return nil, errors.New("message has no computation id")
}

func decodeEstimation(body []byte) *Estimation {
	e := new(Estimation)
	for key, value := range members(body) {
		if string(key) == "result" {
			e.Result = slices.Clone(value)
		}
	}
	return e
}
