package wavefront_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
)

func ExampleEncoder_AppendMetric() {
	e := wavefront.Encoder{Limits: wavefront.DocumentedLimits(), DefaultSource: "web-1"}
	line, changes, err := e.AppendMetric(nil, &wavefront.Metric{
		Name: "disk free", Value: 42422, Timestamp: 1493773500, Tags: []wavefront.Tag{{Key: "path", Value: `C:\`}},
	})
	fmt.Printf("%s%s %v\n", line, changes, err)

	_, _, err = e.AppendMetric(nil, &wavefront.Metric{Name: "disk.free", Tags: []wavefront.Tag{{Key: "path"}}})
	fmt.Println(err, errors.Is(err, wavefront.BlankValue))
	// Output:
	// "disk-free" 42422.0 1493773500 source="web-1" "path"="C:\ "
	// name_rewritten,text_rewritten <nil>
	// metric "disk.free": tag "path": wavefront: the value is blank; leave the tag out true
}

// What lines share is encoded once.
func ExampleEncoder() {
	var e wavefront.Encoder
	name, _, _ := e.AppendDeltaName(nil, "requests")
	tail, _, _ := e.AppendSource(nil, "web-1")
	tail, _, _ = e.AppendTag(tail, "region", "eu")

	var lines []byte
	for minute, count := range []int64{17, 4} {
		lines = append(lines, name...)
		lines = wavefront.AppendInt(append(lines, ' '), count)
		lines = wavefront.AppendTimestamp(lines, 1493773500+60*int64(minute))
		lines = append(append(lines, tail...), '\n')
	}
	fmt.Printf("%s", lines)
	// Output:
	// "∆requests" 17 1493773500 source="web-1" "region"="eu"
	// "∆requests" 4 1493773560 source="web-1" "region"="eu"
}

func ExampleEncoder_AppendHistogram() {
	e := wavefront.Encoder{DefaultSource: "web-1"}
	lines, _, _ := e.AppendHistogram(nil, &wavefront.Histogram{
		Name: "latency", Granularities: []wavefront.Granularity{wavefront.Minute},
		Centroids: []wavefront.Centroid{{Mean: 30, Count: 20}, {Mean: 5.1, Count: 10}},
	})
	fmt.Printf("%s", lines)
	// Output: !M #20 30.0 #10 5.1 "latency" source="web-1"
}

func ExampleEncoder_AppendSpan() {
	e := wavefront.Encoder{DefaultSource: "web-1"}
	span := &wavefront.Span{
		Name: "GET /users", Start: 1552949776000, Duration: 343,
		TraceID: wavefront.UUID{15: 1}, SpanID: wavefront.SpanUUID([8]byte{7: 2}),
		Tags:    []wavefront.Tag{{Key: "application", Value: "shop"}, {Key: "service", Value: "users"}},
		HasLogs: true,
	}
	line, _, _ := e.AppendSpan(nil, span)
	fmt.Printf("%s", line)
	logs, _ := e.AppendSpanLogs(nil, &wavefront.SpanLogs{
		TraceID: span.TraceID, SpanID: span.SpanID,
		Logs: []wavefront.SpanLog{{Timestamp: 1552949776000100, Fields: []wavefront.Tag{{Key: "event", Value: "retry"}}}},
	})
	fmt.Printf("%s", logs)
	// Output:
	// "GET /users" source="web-1" traceId=00000000-0000-0000-0000-000000000001 spanId=00000000-0000-0000-0000-000000000002 "application"="shop" "service"="users" "_spanLogs"="true" 1552949776000 343
	// {"traceId":"00000000-0000-0000-0000-000000000001","spanId":"00000000-0000-0000-0000-000000000002","logs":[{"timestamp":1552949776000100,"fields":{"event":"retry"}}]}
}

func ExampleEncoder_AppendEventLine() {
	e := wavefront.Encoder{DefaultSource: "web-1"}
	event := &wavefront.Event{
		Name: "deploy", Start: 1493773500000, End: 1493773560000,
		Tags: []string{"env: test"}, Annotations: []wavefront.Tag{{Key: "severity", Value: "INFO"}},
	}
	line, _, _ := e.AppendEventLine(nil, event)
	fmt.Printf("%s", line)
	body, _ := e.AppendEventJSON(nil, event)
	fmt.Printf("%s\n", body)
	// Output:
	// @Event 1493773500000 1493773560000 "deploy" severity="INFO" host="web-1" tag="env: test"
	// {"name":"deploy","annotations":{"severity":"INFO"},"hosts":["web-1"],"startTime":1493773500000,"endTime":1493773560000,"tags":["env: test"]}
}

func ExampleHTTP() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.RequestURI, r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusAccepted)
	}))
	defer service.Close()
	defer service.Client().CloseIdleConnections()

	endpoint, err := wavefront.ParseEndpoint(service.URL)
	if err != nil {
		panic(err)
	}
	h, err := wavefront.NewHTTP(service.Client(), endpoint.Base, wavefront.HTTPOptions{Auth: wavefront.APIToken("TOKEN"), GzipLevel: 1})
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println(h.Send(ctx, wavefront.FormatMetrics, []byte("\"m\" 1.0 source=\"web-1\"\n")))
	// Output:
	// POST /report?f=wavefront Bearer TOKEN
	// <nil>
}
