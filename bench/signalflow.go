package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	vendor "github.com/signalfx/signalflow-client-go/v2/signalflow"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver"
)

// The stream: a backfill of 1,000 series over 200 steps.
const (
	streamProgram = "data('cpu.utilization').publish('cpu')"
	streamSeries  = 1000
	streamSteps   = 200
	streamPoints  = streamSeries * streamSteps
)

// stream is the range that is asked for.
type stream struct {
	url         string
	start, stop time.Time
}

// scripts is the little of testing.TB that the scripted server needs.
type scripts struct{ testing.TB }

func (scripts) Cleanup(func()) {} // the process ends
func (scripts) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}

// serveStream is the life of the child that plays the service.
func serveStream() error {
	server := signalflowtest.Start(scripts{})
	server.Handle(streamProgram, signalflowtest.Replay(signalflowtest.Program{
		Resolution: time.Second,
		Blocks:     []signalflowtest.Block{{Label: "cpu", Metric: "cpu.utilization", Series: signalflowtest.Hosts(streamSeries)}},
	}))
	fmt.Println(server.URL())
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// signalFlowTable reads the same stream with the vendor's Go client, with our client,
// and with our receiver, which makes OTLP of it.
func signalFlowTable(o options) error {
	url, stop, err := startChild(streamVariable)
	if err != nil {
		return err
	}
	defer stop()
	end := time.Now().Truncate(time.Second).Add(-time.Minute)
	s := stream{url, end.Add(-(streamSteps - 1) * time.Second), end}
	theirs, err := vendor.NewClient(vendor.StreamURL(url), vendor.AccessToken("token"))
	if err != nil {
		return err
	}
	defer theirs.Close()
	endpoint, err := signalflow.ParseEndpoint(url)
	if err != nil {
		return err
	}
	ours, err := signalflow.NewClient(signalflow.Options{Endpoint: endpoint, Token: "token"})
	if err != nil {
		return err
	}
	defer func() { _ = ours.Close() }()
	contenders := []contender{
		{"receiver signalflow, to OTLP", streamPoints, s.receive},
		{"client/signalfx/signalflow, points only", streamPoints, func() error { return s.read(ours) }},
		{"signalflow-client-go, points only", streamPoints, func() error { return s.readTheirs(theirs) }},
	}
	samples, err := race(contenders, o.rounds, o.time)
	if err != nil {
		return err
	}
	t := newTable(fmt.Sprintf("SignalFlow, %d series × %d steps", streamSeries, streamSteps),
		"reader", "CPU ns/point", "over the receiver (CPU)", "allocs/point")
	for i, c := range contenders {
		t.row(c.name, nanoseconds(median(samples[i], cpu)), times(ratio(samples[i], samples[0], cpu)), count(median(samples[i], allocs)))
	}
	return nil
}

func (s stream) read(client *signalflow.Client) error {
	ctx := context.Background()
	computation, err := client.Execute(ctx, signalflow.Request{Program: streamProgram, Start: s.start, Stop: s.stop, Resolution: time.Second})
	if err != nil {
		return err
	}
	points := 0
	for {
		m, err := computation.Next(ctx)
		if err == io.EOF {
			return complete(points)
		}
		if err != nil {
			return err
		}
		if data, ok := m.(*signalflow.Data); ok {
			points += len(data.Points)
		}
	}
}

func (s stream) readTheirs(client *vendor.Client) error {
	computation, err := client.Execute(context.Background(), &vendor.ExecuteRequest{Program: streamProgram, Start: s.start, Stop: s.stop, Resolution: time.Second})
	if err != nil {
		return err
	}
	points := 0
	for data := range computation.Data() {
		points += len(data.Payloads)
	}
	if err := computation.Err(); err != nil {
		return err
	}
	return complete(points)
}

// receive runs the receiver from its start to the end of the stream.
func (s stream) receive() error {
	f := signalflowreceiver.NewFactory()
	config := f.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(settings{
		"access_token": "token", "stream_url": s.url, "programs": []any{settings{
			"name": "bench", "program": streamProgram, "resolution": "1s",
			"start": s.start.Format(time.RFC3339), "stop": s.stop.Format(time.RFC3339),
		}},
	}).Unmarshal(config); err != nil {
		return err
	}
	points, ended := 0, make(chan struct{})
	sink, err := consumer.NewMetrics(func(_ context.Context, md pmetric.Metrics) error {
		if points += md.DataPointCount(); points == streamPoints {
			close(ended)
		}
		return nil
	})
	if err != nil {
		return err
	}
	ctx := context.Background()
	r, err := f.CreateMetrics(ctx, receivertest.NewNopSettings(f.Type()), config, sink)
	if err != nil {
		return err
	}
	if err := r.Start(ctx, componenttest.NewNopHost()); err != nil {
		return err
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		err = complete(points)
	}
	if failed := r.Shutdown(ctx); failed != nil {
		return failed
	}
	return err
}

func complete(points int) error {
	if points != streamPoints {
		return fmt.Errorf("read %d points of %d", points, streamPoints)
	}
	return nil
}
