package librato_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// receiver stands in for the service: it prints what it is sent.
func receiver() (*librato.Client, func()) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(r.Method, r.URL.Path, string(body))
	}))
	base, _ := librato.ParseBaseURL(server.URL)
	credentials, _ := librato.LibratoCredentials("user@example.com", "token")
	client, err := librato.NewClient(server.Client(), base, librato.Options{API: librato.Librato, Credentials: credentials})
	if err != nil {
		panic(err)
	}
	return client, server.Close
}

func ExampleNewClient() {
	base, err := librato.ParseBaseURL("http://relay.example.com:8080/capture")
	if err != nil {
		fmt.Println(err)
		return
	}
	credentials, err := librato.CredentialsFromEnvironment(librato.AppOptics, os.Getenv)
	if err != nil {
		credentials = librato.Credentials{} // a receiver that asks for none
	}
	client, err := librato.NewClient(&http.Client{Timeout: 10 * time.Second}, base, librato.Options{Credentials: credentials})
	fmt.Println(client.API(), err)
	// Output: appoptics <nil>
}

func ExampleConnection_Submit() {
	client, stop := receiver()
	defer stop()
	conn := librato.NewConnection(client, nil, librato.SanitizeName)
	_, _ = conn.Submit(context.Background(), librato.Measurement{
		Name: "room temperature", Value: librato.Float(21.5), Source: "attic",
	})
	_, _ = conn.Submit(context.Background(), librato.Measurement{
		Name: "temperature", Value: librato.Float(21.5), Tags: librato.Tags{"room": "attic"},
	})
	// Output:
	// POST /v1/metrics {"gauges":[{"name":"room-temperature","source":"attic","value":21.5}],"counters":[]}
	// POST /v1/measurements {"measurements":[{"name":"temperature","value":21.5,"tags":{"room":"attic"}}]}
}

func ExampleConnection_NewQueue() {
	client, stop := receiver()
	defer stop()
	ctx := context.Background()
	conn := librato.NewConnection(client, librato.Tags{"service": "shop"}, nil)
	queue := conn.NewQueue(0, librato.Tags{"host": "web-1"})
	_ = queue.Add(ctx, librato.Measurement{Name: "orders", Value: librato.Int(3)})
	_ = queue.Add(ctx, librato.Measurement{Name: "carts", Value: librato.Int(5), Tags: librato.Tags{"kind": "new"}, InheritTags: true})
	outcome, err := queue.Submit(ctx)
	fmt.Println(outcome.Delivered, err)
	// Output:
	// POST /v1/measurements {"measurements":[{"name":"orders","count":1,"sum":3,"tags":{"host":"web-1","service":"shop"}},{"name":"carts","count":1,"sum":5,"tags":{"host":"web-1","kind":"new","service":"shop"}}]}
	// 2 <nil>
}

func ExampleConnection_NewAggregator() {
	client, stop := receiver()
	defer stop()
	conn := librato.NewConnection(client, nil, nil)
	timings := conn.NewAggregator(librato.AggregatorOptions{
		Tags: librato.Tags{"host": "web-1"}, Period: time.Minute, Time: time.Unix(1419302671, 0),
	})
	for _, ms := range []int64{12, 8, 30} {
		_ = timings.AddTagged("db.query.ms", librato.Int(ms))
	}
	_, _ = timings.Submit(context.Background())
	// Output:
	// POST /v1/measurements {"tags":{"host":"web-1"},"time":1419302640,"measurements":[{"name":"db.query.ms","count":3,"sum":50,"min":8,"max":30}]}
}

func ExampleClient_PostAnnotation() {
	client, stop := receiver()
	defer stop()
	_, err := client.PostAnnotation(context.Background(), "deploys", librato.Annotation{
		Title: "v91", Source: "web-1", Start: time.Unix(1700000000, 0),
		Links: []librato.Link{{Rel: "build", Href: "http://example.com/91"}},
	})
	fmt.Println(err)
	// Output:
	// POST /v1/annotations/deploys {"title":"v91","source":"web-1","start_time":1700000000,"links":[{"rel":"build","href":"http://example.com/91"}]}
	// <nil>
}

// What many measurements share is encoded once, and a body is built without copies.
func ExampleDialect_AppendValue() {
	client, stop := receiver()
	defer stop()
	head := librato.AppendHead(nil, "cpu.user", &librato.Properties{Period: 10})
	host := librato.AppendTag(nil, "host", "web-1")
	var body []byte
	for cpu, value := range []float64{12.5, 80} {
		point := librato.AppendTag(nil, "cpu", fmt.Sprint(cpu))
		body, _ = librato.TagDialect.AppendValue(body, head, librato.Float(value), 1700000000, host, point)
	}
	frame := librato.NewFrame(librato.Measurements, librato.Shared{})
	receipt, err := client.Send(context.Background(), frame.Dialect(), frame.Body(body))
	fmt.Println(receipt.Rejected, err)
	// Output:
	// POST /v1/measurements {"measurements":[{"name":"cpu.user","period":10,"value":12.5,"time":1700000000,"tags":{"host":"web-1","cpu":"0"}},{"name":"cpu.user","period":10,"value":80,"time":1700000000,"tags":{"host":"web-1","cpu":"1"}}]}
	// 0 <nil>
}
