package librato

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// recordedNow is the clock of the recordings.
var recordedNow = time.Unix(1700000042, 0)

// apiObject is the connection of a case.
type apiObject struct {
	*Connection
	rebuild func(userAgent string) *Connection
}

func newAPIObject(t *testing.T, server *httptest.Server, line vectorLine) *apiObject {
	connect := line.Call.Connect
	base, err := ParseBaseURL(server.URL + textOr(connect["base_path"], ""))
	require.NoError(t, err)
	options := Options{API: apiOf(line.Lib), Now: func() time.Time { return recordedNow }}
	options.Credentials = credentialsOf(t, options.API, connect["no_credentials"] == true, line.Call.Env)
	var sanitize func(string) string
	if connect["sanitizer"] == "sanitize_metric_name" {
		sanitize = SanitizeName
	}
	o := &apiObject{}
	o.rebuild = func(userAgent string) *Connection {
		options.UserAgent = userAgent
		client, err := NewClient(server.Client(), base, options)
		require.NoError(t, err)
		return NewConnection(client, tagsOf(connect["tags"]), sanitize)
	}
	o.Connection = o.rebuild("")
	return o
}

func apiOf(lib string) API {
	if lib == "python-librato" {
		return Librato
	}
	return AppOptics
}

func credentialsOf(t *testing.T, api API, fromEnvironment bool, env map[string]string) Credentials {
	var c Credentials
	var err error
	switch {
	case fromEnvironment:
		c, err = CredentialsFromEnvironment(api, func(name string) string { return env[name] })
	case api == Librato:
		c, err = LibratoCredentials("user@example.com", "token0123")
	default:
		c, err = AppOpticsCredentials("token0123")
	}
	require.NoError(t, err)
	return c
}

func textOr(v any, otherwise string) string {
	if text, ok := v.(string); ok {
		return text
	}
	return otherwise
}

func (o *apiObject) set(attribute string, value any) {
	if attribute == "custom_ua" {
		o.Connection = o.rebuild(value.(string))
	}
}

func (o *apiObject) call(ctx context.Context, method string, a arguments) (any, error) {
	switch method {
	case "submit", "submit_measurement":
		_, err := o.Submit(ctx, measurementOf(a.text(0), a.list[1], a.named))
		return nil, err
	case "get_tags":
		return o.Tags(), nil
	case "set_tags":
		o.SetTags(tagsOf(a.list[0]))
		return nil, nil
	case "add_tags":
		o.AddTags(tagsOf(a.list[0]))
		return nil, nil
	case "new_queue":
		return queueObject{o.NewQueue(int(integerOf(a.named["auto_submit_count"])), tagsOf(a.named["tags"]))}, nil
	case "get":
		if len(a.named) > 0 {
			return firstPage(o.SourcedMeasurements(ctx, a.text(0), sourceQueryOf(a.named)))
		}
		m, err := o.Metric(ctx, a.text(0))
		return metricObject{o.Connection, m}, err
	case "list_metrics":
		return drain(o.Metrics(ctx, listOptionsOf(a.named)))
	case "list_annotation_streams":
		return drain(o.AnnotationStreams(ctx, ListOptions{}))
	case "get_annotation_stream":
		return o.AnnotationStream(ctx, a.text(0), intervalOf(a.named))
	case "update_annotation_stream":
		return nil, o.UpdateAnnotationStream(ctx, a.text(0), a.named["display_name"].(string))
	case "delete_annotation_stream":
		return nil, o.DeleteAnnotationStream(ctx, a.text(0))
	case "post_annotation":
		return o.PostAnnotation(ctx, a.text(0), annotationOf(a.named))
	case "get_annotation":
		return o.Annotation(ctx, a.text(0), ID(a.list[1].(json.Number)))
	}
	return o.manage(ctx, method, a)
}

func (o *apiObject) newAggregator(a arguments) (any, error) {
	t := integerOf(a.named["measure_time"]) + integerOf(a.named["time"])
	return aggregatorObject{o.NewAggregator(AggregatorOptions{
		Source: textOr(a.named["source"], ""),
		Tags:   tagsOf(a.named["tags"]),
		Period: time.Duration(integerOf(a.named["period"])) * time.Second,
		Time:   fromUnix(t),
	})}, nil
}

type metricObject struct {
	conn *Connection
	*Metric
}

func (o metricObject) call(ctx context.Context, method string, a arguments) (any, error) {
	if method != "add" {
		return nil, fmt.Errorf("metric has no method %q", method)
	}
	_, err := o.conn.Submit(ctx, measurementOf(o.Name, a.list[0], a.named))
	return nil, err
}

type queueObject struct{ *Queue }

func (o queueObject) call(ctx context.Context, method string, a arguments) (any, error) {
	switch method {
	case "add":
		return nil, o.Add(ctx, measurementOf(a.text(0), a.list[1], a.named))
	case "add_aggregator":
		return nil, o.AddAggregator(ctx, a.list[0].(aggregatorObject).Aggregator)
	case "submit":
		return nil, o.close(ctx)
	}
	return nil, fmt.Errorf("queue has no method %q", method)
}

func (o queueObject) close(ctx context.Context) error {
	_, err := o.Submit(ctx)
	return err
}

type aggregatorObject struct{ *Aggregator }

func (o aggregatorObject) call(ctx context.Context, method string, a arguments) (any, error) {
	switch method {
	case "add":
		return nil, o.Add(a.text(0), a.number(1))
	case "add_tagged":
		return nil, o.AddTagged(a.text(0), a.number(1))
	case "submit":
		_, err := o.Submit(ctx)
		return nil, err
	}
	return nil, fmt.Errorf("aggregator has no method %q", method)
}

// drain collects what an iterator yields.
func drain[T any](seq func(func(T, error) bool)) (any, error) {
	var all []T
	for item, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// measurementOf turns the arguments of a Python submit or add into a Measurement.
// A keyword that has no place in one fails the test by what is missing on the wire.
func measurementOf(name string, value any, named map[string]any) Measurement {
	m := Measurement{
		Name: name, Value: numberOf(value),
		Counter: named["type"] == "counter", Source: textOr(named["source"], ""),
		Tags: tagsOf(named["tags"]), InheritTags: named["inherit_tags"] == true,
		Time: fromUnix(integerOf(named["measure_time"]) + integerOf(named["time"])),
	}
	if count := integerOf(named["count"]); count != 0 {
		m.Complex = &Complex{Count: uint64(count), Sum: numberOf(named["sum"])}
		for key, into := range map[string]struct {
			has Has
			to  *Number
		}{
			"min": {HasMin, &m.Complex.Min}, "max": {HasMax, &m.Complex.Max}, "last": {HasLast, &m.Complex.Last},
			"stddev": {HasDeviation, &m.Complex.Deviation}, "sum_squares": {HasSumSquares, &m.Complex.SumSquares},
		} {
			if v, ok := named[key]; ok {
				*into.to = numberOf(v)
				m.Complex.Has |= into.has
			}
		}
	}
	m.Properties = &Properties{
		DisplayName: textOr(named["display_name"], ""), Description: textOr(named["description"], ""),
		Period: integerOf(named["period"]), Attributes: recoded[*Attributes](named["attributes"]),
	}
	return m
}

// recoded is a value read again from its JSON form.
func recoded[T any](v any) (out T) {
	text, _ := json.Marshal(v)
	if err := json.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return out
}

func annotationOf(named map[string]any) Annotation { return recoded[Annotation](named) }

func intervalOf(named map[string]any) Interval {
	start, _ := strconv.ParseInt(textOr(named["start_time"], "0"), 10, 64)
	return Interval{Start: fromUnix(start)}
}
