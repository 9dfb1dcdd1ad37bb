package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// parallel is how many requests are under way at once.
const parallel = 4

// sender sends the same OTLP requests over and over, at a rate.
type sender struct {
	url      string
	payloads [][]byte // OTLP protobuf; sent in turn
	points   int      // of each payload
	client   http.Client

	next atomic.Int64
	mu   sync.Mutex
	sent []time.Time // when each request began
}

func newSender(url string, payloads [][]byte, points int) *sender {
	return &sender{url: url, payloads: payloads, points: points,
		client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}}
}

// hold sends at a rate of datapoints a second for a time, or as fast as requests are
// taken if that is slower. A rate of 0 knows no limit. It returns how many requests it sent.
func (s *sender) hold(ctx context.Context, rate int, d time.Duration) (requests int64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d, errEnough)
	defer cancel()
	start := time.Now()
	var begun, done atomic.Int64
	var failed atomic.Pointer[error]
	var tasks sync.WaitGroup
	for range parallel {
		tasks.Go(func() {
			for {
				due := start
				if rate > 0 {
					due = start.Add(time.Duration(float64(begun.Add(1)-1) * float64(s.points) / float64(rate) * float64(time.Second)))
				}
				if !wait(ctx, time.Until(due)) {
					return
				}
				if err := s.send(context.WithoutCancel(ctx)); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				done.Add(1)
			}
		})
	}
	tasks.Wait()
	if failed := failed.Load(); failed != nil {
		return done.Load(), *failed
	}
	return done.Load(), nil
}

var errEnough = fmt.Errorf("the time is over")

// wait reports whether the context is still good after d.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// send is one request; it is timed from its beginning.
func (s *sender) send(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	payload := s.payloads[int(s.next.Add(1)-1)%len(s.payloads)]
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(payload))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	s.mu.Lock()
	s.sent = append(s.sent, time.Now())
	s.mu.Unlock()
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the collector answered %s", response.Status)
	}
	return nil
}
