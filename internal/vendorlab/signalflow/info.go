package signalflow

import (
	"encoding/json"
	"fmt"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
)

// info is an info message about the job, or about one place of its program.
func (r *runner) info(t int64, code string, at lang.Position, block int, series int, contents map[string]any) message {
	level := "INFO"
	if code == "FIND_LIMITED_RESULT_SET" || code == "FIND_MATCHED_NO_TIMESERIES" {
		level = "WARNING"
	}
	body := map[string]any{
		"messageCode": code, "messageLevel": level, "timestampMs": r.now(),
		"numInputTimeSeries": series, "blockContexts": []any{}, "blockSerialNumbers": []any{}, "contents": contents,
	}
	if at.Line > 0 {
		body["blockContexts"] = []any{map[string]any{"line": at.Line, "column": at.Column}}
		body["blockSerialNumbers"] = []any{block}
	}
	return message{"message", map[string]any{"logicalTimestampMs": t, "message": body}}
}

// infos are the messages that follow the first batch.
func (r *runner) infos(t int64) []message {
	job := func(code string, contents map[string]any) message {
		return r.info(t, code, lang.Position{}, 0, 0, contents)
	}
	messages := []message{job("JOB_RUNNING_RESOLUTION", map[string]any{"resolutionMs": r.resolution})}
	inputs := r.run.Inputs()
	var native, lag int64
	for _, in := range inputs {
		lag = max(lag, in.Lag)
	}
	if native = nativeStep(inputs); native > r.options.resolution && r.options.resolution > 0 {
		messages = append(messages, job("JOB_DETECTED_RESOLUTION", map[string]any{
			"detectedResolutionMs": native, "originalResolutionMs": r.options.resolution}))
	}
	messages = append(messages,
		job("JOB_DETECTED_LAG", map[string]any{"lagMs": lag}),
		job("JOB_INITIAL_MAX_DELAY", map[string]any{"maxDelayMs": r.maxDelay}))
	for _, in := range inputs {
		messages = append(messages, r.inputInfo(t, in)...)
	}
	for _, lacking := range r.run.Lacking() {
		messages = append(messages, r.info(t, "GROUPBY_MISSING_PROPERTY", lacking.Position, 0, 0,
			map[string]any{"propertyNames": lacking.Properties}))
	}
	return messages
}

func (r *runner) inputInfo(t int64, in compute.Input) []message {
	about := func(code string, contents map[string]any) message {
		return r.info(t, code, in.Position, in.Block, in.Taken, contents)
	}
	switch {
	case in.Matched == 0:
		return []message{about("FIND_MATCHED_NO_TIMESERIES", map[string]any{"query": in.Query})}
	case in.Matched > in.Taken:
		return []message{
			about("FIND_LIMITED_RESULT_SET", map[string]any{"matchedSize": in.Matched, "limitSize": in.Taken}),
			about("FETCH_NUM_TIMESERIES", map[string]any{}),
		}
	}
	return []message{about("FETCH_NUM_TIMESERIES", map[string]any{})}
}

// metadata tells what a series is.
func (r *runner) metadata(of *compute.Publication, p compute.Point) message {
	properties := map[string]any{
		"sf_type":                     "MetricTimeSeries",
		"sf_metric":                   fmt.Sprintf("_SF_COMP_%s_%02d-PUBLISH_METRIC", r.handle, of.Block),
		"sf_resolutionMs":             r.resolution,
		"sf_createdOnMs":              p.Series.Created,
		"sf_isPreQuantized":           true,
		"sf_singletonFixedDimensions": []string{"sf_metric"},
		"sf_organizationID":           signalfx.OrganizationID,
		"computationId":               r.handle,
	}
	keys := []string{}
	if p.Series.Metric != "" {
		properties["sf_originatingMetric"] = p.Series.Metric
	}
	if of.Label != "" {
		properties["sf_streamLabel"] = of.Label
	}
	for _, d := range p.Series.Dimensions {
		// Properties of a dimension belong to its series, those of computed ones on demand.
		if !p.Series.Derived || r.options.derivedMetadata {
			for name, value := range r.server.properties(d.Key, d.Value) {
				properties[name] = value
			}
		}
	}
	for _, d := range p.Series.Dimensions {
		properties[d.Key] = d.Value
		keys = append(keys, d.Key)
	}
	keys = append(keys, "sf_originatingMetric", "sf_metric", "computationId")
	properties["sf_key"] = keys
	return message{"metadata", map[string]any{"tsId": tsID(p.TSID), "properties": properties}}
}

// eventMetadata tells what an event time series is.
func (r *runner) eventMetadata(e compute.Event) map[string]any {
	properties := map[string]any{
		"sf_type": "EventTimeSeries", "sf_organizationID": signalfx.OrganizationID, "computationId": r.handle,
	}
	if e.Type != "" {
		properties["sf_eventType"] = e.Type
	}
	if e.Of.Label != "" {
		properties["sf_streamLabel"] = e.Of.Label
	}
	keys := []string{"sf_eventType"}
	for _, d := range e.Dimensions {
		properties[d.Key] = d.Value
		keys = append(keys, d.Key)
	}
	properties["sf_key"] = keys
	if e.Of.IsDetector() {
		contexts, _ := json.Marshal(map[string]any{"_S1": map[string]string{"identifier": e.Watched}})
		properties["sf_detectInputContexts"] = string(contexts)
	}
	return properties
}

// events tells an event. A detector's comes without metadata, but behind a metadata
// message for its series.
func (r *runner) event(e compute.Event) []message {
	metadata := r.eventMetadata(e)
	tell := func(metadata map[string]any) message {
		properties := e.Properties
		if properties == nil {
			properties = map[string]any{}
		}
		return message{"event", map[string]any{"tsId": tsID(e.TSID), "timestampMs": e.Time, "properties": properties, "metadata": metadata}}
	}
	if !e.Of.IsDetector() {
		return []message{tell(metadata)}
	}
	if !e.New {
		return []message{tell(map[string]any{})}
	}
	return []message{{"metadata", map[string]any{"tsId": tsID(e.TSID), "properties": metadata}}, tell(map[string]any{})}
}
