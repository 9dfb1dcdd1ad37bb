// Command program is what runs in the tests' own pods: a program that sends metrics to the agent of its node, and the pause of every pod.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) < 2 || os.Args[1] != "send" {
		<-ctx.Done()
		return
	}
	if err := send(ctx, os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "program:", err)
		os.Exit(1)
	}
}

// send delivers points, each different, and repeats what was not taken, as an SDK does.
func send(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("send", flag.ContinueOnError)
	endpoint := flags.String("endpoint", "http://otelcol-agent.observability:4318", "URL of OTLP over HTTP")
	id := flags.String("id", "", "value of the attribute test_id")
	requests := flags.Int("requests", 1, "requests to send")
	points := flags.Int("points", 100, "points of a request")
	pause := flags.Duration("pause", 50*time.Millisecond, "between requests")
	event := flags.String("event", "", "line to print first")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *event != "" {
		fmt.Println(*event)
	}
	begin := time.Now()
	refused := 0
	for r := range *requests {
		body := request(*id, begin.Add(time.Duration(r**points)*time.Millisecond), *points)
		for deliver(ctx, *endpoint, body) != nil {
			refused++
			select {
			case <-ctx.Done():
				return fmt.Errorf("stopped after %d of %d requests", r, *requests)
			case <-time.After(time.Second):
			}
		}
		time.Sleep(*pause)
	}
	fmt.Printf("sent %d points in %s, repeated %d requests\n", *requests**points, time.Since(begin).Round(time.Millisecond), refused)
	return nil
}

func request(id string, begin time.Time, points int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]},"scopeMetrics":[{"metrics":[{"name":"shop.orders","gauge":{"dataPoints":[`)
	for i := range points {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"asInt":"%d","timeUnixNano":"%d","attributes":[{"key":"test_id","value":{"stringValue":%q}}]}`, i, begin.Add(time.Duration(i)*time.Millisecond).UnixNano(), id)
	}
	b.WriteString(`]}}]}]}]}`)
	return b.String()
}

func deliver(ctx context.Context, endpoint, body string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/v1/metrics", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", response.Status)
	}
	return nil
}
