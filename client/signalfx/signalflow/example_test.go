package signalflow_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// Average utilization per host over the last quarter of an hour, and on from there.
func Example() {
	endpoint, err := signalflow.RealmEndpoint("us1", signalflow.DefaultDomain)
	if err != nil {
		panic(err)
	}
	client, err := signalflow.NewClient(signalflow.Options{Endpoint: endpoint, Token: "an access token"})
	if err != nil {
		panic(err)
	}
	defer client.Close()

	ctx := context.Background()
	const text = "data('cpu.utilization').mean(by=['host']).publish('cpu')"
	for start := time.Now().Add(-15 * time.Minute); ; {
		computation, err := client.Execute(ctx, signalflow.Request{Program: text, Start: start, Resolution: 10 * time.Second})
		if err == nil {
			err = print(ctx, computation, &start)
		}
		fmt.Println("ended:", err)
		switch signalflow.ClassOf(err) {
		case signalflow.ClassResume: // at once: the client paces its connections
		case signalflow.ClassBackoff:
			time.Sleep(time.Minute)
		default:
			return
		}
	}
}

// print reads a stream to its end and notes in start from when on to read again.
func print(ctx context.Context, computation *signalflow.Computation, start *time.Time) error {
	batches := signalflow.NewBatches(computation)
	for {
		message, err := batches.Next(ctx)
		if err != nil {
			return errors.Join(err, computation.Close())
		}
		switch m := message.(type) {
		case *signalflow.Info:
			fmt.Println("the service says:", m.Code)
		case *signalflow.Batch:
			if m.Partial {
				continue // comes again
			}
			at := time.UnixMilli(m.LogicalTimestampMs)
			for _, p := range m.Points {
				if p.Series != nil && !p.IsNull() {
					fmt.Println(at, p.Series.Text("host"), p.Float())
				}
			}
			*start = at.Add(time.Millisecond)
		}
	}
}

// A program whose stop time has passed is answered from storage and ends with io.EOF.
func ExampleClient_Execute() {
	ctx := context.Background()
	var client *signalflow.Client // as above
	computation, err := client.Execute(ctx, signalflow.Request{
		Program: "data('jvm.gc.*').sum(by=['pod']).publish()",
		Start:   time.Now().Add(-time.Hour), Stop: time.Now(),
		Immediate: true, // do not wait for what is still to come
		Exclusive: true, // slow the service down rather than fall behind
	})
	if err != nil {
		return
	}
	defer computation.Close()
	for {
		message, err := computation.Next(ctx)
		if err == io.EOF {
			fmt.Println("done")
			return
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		if data, ok := message.(*signalflow.Data); ok {
			fmt.Println(data.LogicalTimestampMs, len(data.Points))
		}
	}
}
