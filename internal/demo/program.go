package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"time"
)

const (
	requestInterval = time.Second
	// deployEvery so many requests a deploy is written to the log; the first one at once.
	deployEvery = 5
)

// program plays an application: it sends a trace over OTLP every second, and writes its deploys to a log file, which the
// collector turns into events.
type program struct {
	traces string // URL of the collector's OTLP over HTTP
	log    string
	client *http.Client
}

// run plays until ctx is done. What fails is tried again the next time: the collector may not be up yet.
func (p *program) run(ctx context.Context) {
	tick := time.NewTicker(requestInterval)
	defer tick.Stop()
	for n := 0; ; n++ {
		if n%deployEvery == 0 {
			_ = p.deploy(n / deployEvery)
		}
		_ = p.request(ctx, time.Now())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// deploy appends a line to the log.
func (p *program) deploy(n int) error {
	f, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	return json.NewEncoder(f).Encode(map[string]any{
		"event": "deploy", "service": "checkout", "version": fmt.Sprintf("1.0.%d", n), "canary": n%2 == 0,
	})
}

// request sends the trace of one request: a server span with a database call inside.
func (p *program) request(ctx context.Context, at time.Time) error {
	trace := fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())
	server, database := fmt.Sprintf("%016x", rand.Uint64()), fmt.Sprintf("%016x", rand.Uint64())
	length := 20*time.Millisecond + rand.N(80*time.Millisecond)
	span := func(id, parent, name string, kind int, from, to time.Time) map[string]any {
		return map[string]any{
			"traceId": trace, "spanId": id, "parentSpanId": parent, "name": name, "kind": kind,
			"startTimeUnixNano": fmt.Sprint(from.UnixNano()), "endTimeUnixNano": fmt.Sprint(to.UnixNano()),
		}
	}
	const kindServer, kindClient = 2, 3 // of the OTLP protocol
	query := span(database, server, "SELECT cart", kindClient, at.Add(length/4), at.Add(length/2))
	query["events"] = []any{map[string]any{"name": "cache.miss", "timeUnixNano": fmt.Sprint(at.Add(length / 3).UnixNano())}}
	body, err := json.Marshal(map[string]any{"resourceSpans": []any{map[string]any{
		"resource": map[string]any{"attributes": []any{
			map[string]any{"key": "service.name", "value": map[string]any{"stringValue": "checkout"}},
		}},
		"scopeSpans": []any{map[string]any{"spans": []any{span(server, "", "GET /cart", kindServer, at, at.Add(length)), query}}},
	}}})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.traces, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
