package translate

import (
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// Attributes of event records. Those of SignalFx are the convention of the SignalFx
// receiver and exporter, so that an exporter can send the records on as events.
const (
	attributeEventType       = "com.splunk.signalfx.event_type"
	attributeEventCategory   = "com.splunk.signalfx.event_category"
	attributeEventProperties = "com.splunk.signalfx.event_properties"

	attributeIncident      = "signalflow.incident.id"
	attributeState         = "signalflow.incident.state"
	attributePreviousState = "signalflow.incident.previous_state"
	attributeDetectorID    = "signalflow.detector.id"
	attributeDetectorName  = "signalflow.detector.name"
	attributeTSID          = "signalflow.tsid"
)

const propertyEventType = "sf_eventType"

// incidentAttributes are properties of alerts that become attributes of their own.
var incidentAttributes = map[string]string{
	"incidentId": attributeIncident, "is": attributeState, "was": attributePreviousState,
	"detectorId": attributeDetectorID, "detectorName": attributeDetectorName,
	"sf_detectorId": attributeDetectorID, "sf_detector": attributeDetectorName,
}

// severities of detector rules, as the vendor's API spells them.
var severities = map[string]plog.SeverityNumber{
	"Critical": plog.SeverityNumberFatal, "Major": plog.SeverityNumberError, "Minor": plog.SeverityNumberWarn,
	"Warning": plog.SeverityNumberWarn, "Info": plog.SeverityNumberInfo,
}

// EventIdentity is the same for the same event in all computations of the program.
func EventIdentity(e *signalflow.Event) uint64 {
	parts := []string{time.UnixMilli(e.TimestampMs).UTC().Format(time.RFC3339Nano)}
	for _, p := range e.Properties {
		parts = append(parts, p.Key+"\x00"+p.Value.Text())
	}
	metadata := eventMetadata(e)
	for key, value := range metadata {
		if !signalflow.IsInternal(key) {
			parts = append(parts, key+"\x00"+value.Text())
		}
	}
	return identity(metadata[signalflow.PropertyStreamLabel].Text(), metadata[propertyEventType].Text(), parts)
}

// eventMetadata is what is known of the event's series: from the event itself, else
// from earlier metadata.
func eventMetadata(e *signalflow.Event) map[string]signalflow.Value {
	metadata := make(map[string]signalflow.Value)
	if e.Series != nil {
		maps.Insert(metadata, e.Series.Properties())
	}
	for _, p := range e.Metadata {
		metadata[p.Key] = p.Value
	}
	return metadata
}

// Event makes a log record of an event.
func (r *Rules) Event(e *signalflow.Event, observed time.Time) plog.Logs {
	metadata := eventMetadata(e)
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	r.setResource(resource.Resource(), textOf(metadata[signalflow.PropertyOrganization]))
	scope := resource.ScopeLogs().AppendEmpty()
	scope.Scope().SetName(r.ScopeName)
	scope.Scope().SetVersion(r.ScopeVersion)
	record := scope.LogRecords().AppendEmpty()
	record.SetTimestamp(nanoseconds(e.TimestampMs))
	record.SetObservedTimestamp(pcommon.NewTimestampFromTime(observed))

	putDimensions(record.Attributes(), metadata)
	record.Attributes().PutStr(attributeTSID, e.TSID.String())
	isAlert := putProperties(record, e.Properties)
	r.putType(record, metadata, isAlert)
	setSeverity(record, e.Properties, metadata, isAlert)
	return logs
}

// putDimensions adds what identifies the event's series.
func putDimensions(to pcommon.Map, metadata map[string]signalflow.Value) {
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		if !signalflow.IsInternal(key) {
			putValue(to, key, metadata[key])
		}
	}
	if label := textOf(metadata[signalflow.PropertyStreamLabel]); label != "" {
		to.PutStr(AttributeLabel, label)
	}
}

// putProperties adds the event's properties and reports whether it is an alert's.
func putProperties(record plog.LogRecord, properties []signalflow.Property) (isAlert bool) {
	all := record.Attributes().PutEmpty(attributeEventProperties).SetEmptyMap()
	for _, p := range properties {
		if p.Value.Kind() == signalflow.ValueNull {
			continue
		}
		setValue(all.PutEmpty(p.Key), decoded(p.Value), 0)
	}
	for _, p := range properties {
		if name, ok := incidentAttributes[p.Key]; ok && p.Value.Kind() != signalflow.ValueNull {
			record.Attributes().PutStr(name, p.Value.Text())
			isAlert = isAlert || name == attributeIncident || name == attributeState
		}
	}
	return isAlert
}

// decoded takes objects and lists out of text: older detectors send "inputs" as JSON in a string.
func decoded(v signalflow.Value) signalflow.Value {
	if text := v.Text(); v.Kind() == signalflow.ValueString && text != "" && (text[0] == '{' || text[0] == '[') {
		if inner, ok := signalflow.ParseValue(text); ok {
			return inner
		}
	}
	return v
}

func (r *Rules) putType(record plog.LogRecord, metadata map[string]signalflow.Value, isAlert bool) {
	name := textOf(metadata[propertyEventType])
	if name == "" {
		name = textOf(metadata[signalflow.PropertyStreamLabel])
	}
	if name == "" {
		name = "signalflow." + r.Program
	}
	category := signalfx.UserDefined
	if isAlert {
		category = signalfx.Alert
	}
	record.SetEventName(name)
	record.Attributes().PutStr(attributeEventType, name)
	record.Attributes().PutInt(attributeEventCategory, int64(category))
}

// setSeverity takes the severity of the detector's rule where it is told; programs
// that are run by themselves have none.
func setSeverity(record plog.LogRecord, properties []signalflow.Property, metadata map[string]signalflow.Value, isAlert bool) {
	text := textOf(metadata["severity"])
	for _, p := range properties {
		if p.Key == "severity" {
			text = textOf(p.Value)
		}
	}
	record.SetSeverityText(text)
	if number, ok := severities[text]; ok {
		record.SetSeverityNumber(number)
	}
	if state, ok := record.Attributes().Get(attributeState); isAlert && ok && state.AsString() == "ok" {
		record.SetSeverityNumber(plog.SeverityNumberInfo)
	}
}

func textOf(v signalflow.Value) string {
	if v.Kind() == signalflow.ValueNull {
		return ""
	}
	return v.Text()
}
