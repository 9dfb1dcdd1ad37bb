package librato_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// The client talks to a lab here; see ExampleNewClient for one that does not.
func ExampleClient_Metrics() {
	client, _, stop := labClient(librato.Options{})
	defer stop()
	ctx := context.Background()
	for _, name := range []string{"shop.orders", "shop.carts", "cpu"} {
		_ = client.PutMetric(ctx, name, librato.Metric{Type: "gauge", Period: 60})
	}
	for metric, err := range client.Metrics(ctx, librato.ListOptions{Name: "shop"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(metric.Name, metric.Period)
	}
	// Output:
	// shop.carts 60
	// shop.orders 60
}

func ExampleClient_TaggedMeasurements() {
	client, _, stop := labClient(librato.Options{})
	defer stop()
	ctx := context.Background()
	at := time.Now().Truncate(time.Minute).Add(-time.Minute)
	conn := librato.NewConnection(client, librato.Tags{"service": "shop"}, nil)
	_, _ = conn.Submit(ctx, librato.Measurement{Name: "orders", Value: librato.Int(12), Time: at})
	query := librato.TagQuery{
		Window: librato.Window{Duration: time.Hour, Resolution: time.Minute},
		Tags:   map[string][]string{"service": {"shop"}},
	}
	for page, err := range client.TaggedMeasurements(ctx, "orders", query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, series := range page.Series {
			fmt.Println(series.Tags, series.Points[0].Value)
		}
	}
	// Output: map[service:shop] 12
}

func ExampleClient_CreateAlert() {
	client, _, stop := labClient(librato.Options{})
	defer stop()
	ctx := context.Background()
	hot := librato.Above("cpu.percent.user", 90)
	hot.Duration = 300
	alert, err := client.CreateAlert(ctx, librato.Alert{
		Name:       "cpu.high",
		Conditions: []librato.Condition{hot, librato.Absent("heartbeat", 600)},
		Attributes: map[string]any{"runbook_url": "https://runbooks.example.com/cpu"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	alert.RearmSeconds = 1200
	fmt.Println(client.UpdateAlert(ctx, *alert))
	found, _ := client.FindAlert(ctx, "cpu.high")
	fmt.Println(found.Name, len(found.Conditions), found.RearmSeconds)
	// Output:
	// <nil>
	// cpu.high 2 1200
}

func ExampleClient_UpdateChart() {
	client, _, stop := labClient(librato.Options{})
	defer stop()
	ctx := context.Background()
	space, err := client.CreateSpace(ctx, librato.Space{Name: "Shop"})
	if err != nil {
		fmt.Println(err)
		return
	}
	chart, err := client.CreateChart(ctx, space.ID, librato.Chart{
		Name: "Orders", Type: librato.ChartLine,
		Streams: []librato.Stream{{Metric: "orders", Tags: librato.TagPatterns{{Name: "service", Values: []string{"*"}}}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	chart.Name = "Orders a minute" // all else stays as it is, the tags of the stream too
	chart, err = client.UpdateChart(ctx, space.ID, *chart)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(chart.Name, chart.Streams[0].Tags[0].Name)
	// Output: Orders a minute service
}

// A bad request comes back with what the service said about it.
func ExampleFault() {
	client, _, stop := labClient(librato.Options{})
	defer stop()
	_, err := client.CreateAlert(context.Background(), librato.Alert{Name: "cpu high"})
	fault := new(librato.Fault)
	if errors.As(err, &fault) {
		fmt.Println(fault)
	}
	// Output: params: name: is invalid: 1 to 255 of A-Z a-z 0-9 . : - _
}
