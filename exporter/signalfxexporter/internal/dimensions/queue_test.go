package dimensions

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUpdatesAreCollectedFromTheFirstOn(t *testing.T) {
	s := new(service)
	inWorld(t, s, nil, func(w *world) {
		assert.Equal(t, Accepted, w.Add(properties("a", "1", "b", "1")))
		w.after(9 * time.Second)
		assert.Equal(t, Merged, w.Add(properties("b", "2", "c", "2")))
		assert.Empty(t, s.seen())
		w.after(time.Second) // 10 s after the first, one after the second
		assert.Equal(t, []request{{
			10 * time.Second, "PATCH /v2/dimension/k/v/_/sfxagent", "default", `{"customProperties":{"a":"1","b":"2","c":"2"}}`,
		}}, s.seen())
		assert.Zero(t, w.Len())
		w.expectOutcomes(map[string]int{"merged": 1, "sent": 1})
	})
}

func TestUpdatesBeforeTheStartWait(t *testing.T) {
	s := new(service)
	synctest.Test(t, func(t *testing.T) {
		u := New(Options{API: s.api(), Queue: DefaultQueueOptions()})
		assert.Equal(t, Accepted, u.Add(properties("a", "1")))
		time.Sleep(time.Minute)
		assert.Empty(t, s.seen())
		u.Start()
		synctest.Wait()
		assert.Len(t, s.seen(), 1)
		u.Shutdown(context.Background())
	})
}

func TestNoDelaySendsAtOnce(t *testing.T) {
	s := new(service)
	inWorld(t, s, func(o *Options) { o.Queue.Delay = 0 }, func(w *world) {
		w.Add(properties("a", "1"))
		synctest.Wait()
		assert.Len(t, s.seen(), 1)
	})
}

func TestFullQueueStrandsNoDimension(t *testing.T) {
	s := new(service)
	inWorld(t, s, func(o *Options) { o.Queue.Capacity = 2 }, func(w *world) {
		assert.Equal(t, Accepted, w.Add(propertiesOf("1", "a", "1")))
		assert.Equal(t, Accepted, w.Add(propertiesOf("2", "a", "1")))
		assert.Equal(t, DroppedFull, w.Add(propertiesOf("3", "a", "1")))
		assert.Equal(t, Merged, w.Add(propertiesOf("1", "b", "1")), "one that waits still takes more")
		assert.Equal(t, 2, w.Len())
		w.after(10 * time.Second)
		assert.Equal(t, Accepted, w.Add(propertiesOf("3", "a", "1")), "there is room now, and nothing is left of the dropped one")
		w.after(10 * time.Second)
		assert.Len(t, s.seen(), 3)
		w.expectOutcomes(map[string]int{"dropped_full": 1, "merged": 1, "sent": 3})
	})
}

func TestAnUpdateDuringARequestWaitsForItsEnd(t *testing.T) {
	s := &service{latency: time.Minute}
	inWorld(t, s, nil, func(w *world) {
		w.Add(properties("a", "1"))
		w.after(11 * time.Second) // the request is in flight for a second
		assert.Equal(t, Accepted, w.Add(properties("a", "2")))
		assert.Equal(t, Merged, w.Add(properties("b", "2")))
		w.after(58 * time.Second)
		assert.Len(t, s.seen(), 1, "never two requests for a dimension at once, or the older might come last")
		w.after(2 * time.Second)
		require.Len(t, s.seen(), 2)
		assert.Equal(t, `{"customProperties":{"a":"2","b":"2"}}`, s.bodies()[1])
		w.after(time.Minute)
		w.expectOutcomes(map[string]int{"merged": 1, "sent": 2})
	})
}

func TestRequestsInFlightAreBounded(t *testing.T) {
	s := &service{latency: 5 * time.Second}
	inWorld(t, s, func(o *Options) { o.Queue.Workers = 3 }, func(w *world) {
		for i := range 10 {
			w.Add(propertiesOf(fmt.Sprint(i), "a", "1"))
		}
		w.after(10*time.Second + 20*time.Second)
		assert.Equal(t, 3, s.most)
		w.expectOutcomes(map[string]int{"sent": 10})
	})
}

func TestFailuresAreRetriedWithGrowingWaits(t *testing.T) {
	s := &service{answer: func(n int, _ request) answer {
		return answer{status: []int{500, 404, 503, 200}[n]}
	}}
	inWorld(t, s, nil, func(w *world) {
		w.Add(properties("a", "1"))
		w.after(10 * time.Second)
		assert.Equal(t, Merged, w.Add(properties("a", "2")), "what waits for a retry takes more")
		w.after(time.Minute)
		seen := s.seen()
		require.Len(t, seen, 4)
		assert.Equal(t, `{"customProperties":{"a":"2"}}`, seen[3].body)
		for i, backoff := range []time.Duration{5, 10, 20} {
			wait := seen[i+1].at - seen[i].at
			assert.GreaterOrEqual(t, wait, backoff*time.Second/2, "retry %d", i)
			assert.LessOrEqual(t, wait, backoff*time.Second*3/2, "retry %d", i)
		}
		w.expectOutcomes(map[string]int{"merged": 1, "retried": 3, "sent": 1})
	})
}

func TestNewerUpdateJoinsARetry(t *testing.T) {
	s := &service{latency: 2 * time.Second, answer: func(n int, _ request) answer {
		return answer{status: []int{500, 200}[n]}
	}}
	inWorld(t, s, nil, func(w *world) {
		w.Add(properties("a", "1", "b", "1"))
		w.after(11 * time.Second)
		assert.Equal(t, Accepted, w.Add(properties("b", "2"))) // while the first is in flight
		w.after(time.Minute)
		require.Len(t, s.seen(), 2)
		assert.Equal(t, `{"customProperties":{"a":"1","b":"2"}}`, s.bodies()[1])
		w.expectOutcomes(map[string]int{"merged": 1, "retried": 1, "sent": 1})
	})
}

func TestRetriesAreBounded(t *testing.T) {
	failing := true
	s := &service{answer: func(int, request) answer {
		if failing {
			return answer{status: 500}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.Queue.MaxRetries = 2 }, func(w *world) {
		w.Add(properties("a", "1"))
		w.after(time.Hour)
		assert.Len(t, s.seen(), 3)
		assert.Zero(t, w.Len())
		failing = false
		assert.Equal(t, Accepted, w.Add(properties("a", "1")), "what was given up is not taken for sent")
		w.after(time.Hour)
		w.expectOutcomes(map[string]int{"retried": 2, "given_up": 1, "sent": 1})
	})
}

func TestGivingUpSparesWhatCameLater(t *testing.T) {
	s := &service{latency: 2 * time.Second, answer: func(n int, _ request) answer {
		return answer{status: []int{500, 500, 500, 200}[n]}
	}}
	inWorld(t, s, func(o *Options) { o.Queue.MaxRetries = 1 }, func(w *world) {
		w.Add(properties("a", "1"))
		w.after(13 * time.Second) // the first attempt has failed
		for len(s.seen()) < 2 {
			w.after(100 * time.Millisecond)
		}
		assert.Equal(t, Accepted, w.Add(properties("b", "1"))) // during the last attempt
		w.after(time.Minute)
		require.Len(t, s.seen(), 4, "the later update has its own attempts")
		assert.Equal(t, `{"customProperties":{"b":"1"}}`, s.bodies()[3])
		w.expectOutcomes(map[string]int{"given_up": 1, "retried": 2, "sent": 1})
	})
}

func TestRetryAfterStopsAllOfATenant(t *testing.T) {
	s := &service{answer: func(n int, r request) answer {
		if r.token == "slow" && r.at < 60*time.Second {
			return answer{status: 429, retryAfter: "50"}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.Queue.Workers = 1 }, func(w *world) {
		for i := range 3 {
			slow := propertiesOf(fmt.Sprint(i), "a", "1")
			slow.Token = "slow"
			w.Add(slow)
		}
		w.Add(propertiesOf("other tenant", "a", "1"))
		w.after(10 * time.Second)
		assert.Len(t, s.seen(), 2, "one attempt of the slow tenant, one of the other")
		w.after(49 * time.Second)
		assert.Len(t, s.seen(), 2)
		w.after(time.Second)
		assert.Len(t, s.seen(), 5)
		w.expectOutcomes(map[string]int{"retried": 1, "sent": 4})
	})
}

func TestAnAbsurdRetryAfterIsCut(t *testing.T) {
	s := &service{answer: func(n int, _ request) answer {
		if n == 0 {
			return answer{status: 503, retryAfter: "86400"}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, nil, func(w *world) {
		w.Add(properties("a", "1"))
		w.after(10*time.Second + maxRetryAfter)
		w.expectOutcomes(map[string]int{"retried": 1, "sent": 1})
	})
}

func TestShutdownSendsWhatWaitsAtOnce(t *testing.T) {
	s := &service{latency: time.Second, answer: func(_ int, r request) answer {
		if strings.Contains(r.line, "/down/") {
			return answer{status: 500}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, nil, func(w *world) {
		for i := range 3 {
			w.Add(propertiesOf(fmt.Sprint(i), "a", "1"))
		}
		w.Add(propertiesOf("down", "a", "1"))
		start := time.Now()
		w.Shutdown(context.Background())
		assert.Equal(t, time.Second, time.Since(start), "not after their delay")
		assert.Len(t, s.seen(), 4)
		assert.Equal(t, Abandoned, w.Add(properties("late", "1")))
		assert.Zero(t, w.Len())
		w.expectOutcomes(map[string]int{"sent": 3, "abandoned": 2})
	})
}

func TestShutdownSendsWhatCameDuringARequest(t *testing.T) {
	s := &service{latency: time.Second}
	inWorld(t, s, func(o *Options) { o.Queue.Delay = 0 }, func(w *world) {
		w.Add(properties("a", "1"))
		synctest.Wait()
		w.Add(properties("a", "2"))
		w.Shutdown(context.Background())
		assert.Equal(t, []string{`{"customProperties":{"a":"1"}}`, `{"customProperties":{"a":"2"}}`}, s.bodies())
	})
}

func TestShutdownEndsInTime(t *testing.T) {
	tests := []struct {
		name string
		ctx  func() (context.Context, context.CancelFunc)
		want time.Duration
	}{
		{"with its context", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 3*time.Second)
		}, 3 * time.Second},
		{"on its own, as the collector's context has no end", func() (context.Context, context.CancelFunc) {
			return context.Background(), func() {}
		}, 10 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &service{latency: time.Hour}
			inWorld(t, s, func(o *Options) { o.Queue.Workers = 2 }, func(w *world) {
				for i := range 5 {
					w.Add(propertiesOf(fmt.Sprint(i), "a", "1"))
				}
				ctx, cancel := tt.ctx()
				defer cancel()
				start := time.Now()
				w.Shutdown(ctx)
				assert.Equal(t, tt.want, time.Since(start))
				w.expectOutcomes(map[string]int{"abandoned": 5})
				assert.Zero(t, w.Len())
			})
		})
	}
}

func TestShutdownWithoutStart(t *testing.T) {
	c := new(counter)
	u := New(Options{API: new(service).api(), Queue: DefaultQueueOptions(), Observer: c.observer()})
	u.Add(properties("a", "1"))
	u.Shutdown(context.Background())
	u.Shutdown(context.Background())
	u.Start() // too late; starts nothing
	outcomes, _ := c.counts()
	assert.Equal(t, map[string]int{"abandoned": 1}, outcomes)
}

// Every update has one outcome, whatever the service does.
func TestEveryUpdateIsAccountedFor(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	s := &service{latency: 3 * time.Second, answer: func(int, request) answer {
		mu.Lock()
		defer mu.Unlock()
		return answer{status: []int{200, 200, 404, 500, 429, 400, 415}[random.IntN(7)], retryAfter: []string{"", "9"}[random.IntN(2)]}
	}}
	const updates = 4000
	change := func(o *Options) {
		o.Queue.Capacity, o.Queue.Workers, o.Queue.MaxRetries = 30, 5, 1
	}
	inWorld(t, s, change, func(w *world) {
		var producers sync.WaitGroup
		for p := range 4 {
			producers.Go(func() {
				r := rand.New(rand.NewPCG(3, uint64(p)))
				for range updates / 4 {
					w.Add(propertiesOf(fmt.Sprint(r.IntN(40)), "a", fmt.Sprint(r.IntN(3))))
					time.Sleep(time.Duration(r.IntN(200)) * time.Millisecond)
				}
			})
		}
		producers.Wait()
		w.Shutdown(context.Background())
		outcomes, _ := w.counter.counts()
		total := 0
		for name, n := range outcomes {
			if name != "retried" {
				total += n
			}
		}
		assert.Equal(t, updates, total, "%v", outcomes)
		for _, name := range []string{"sent", "merged", "unchanged", "dropped_full", "retried", "given_up", "rejected"} {
			assert.NotZero(t, outcomes[name], "the test reaches %s", name)
		}
		assert.Zero(t, w.Len())
		assert.LessOrEqual(t, s.most, 5)
	})
}

func TestATenantWhoseTokenIsRefusedIsNotAskedForAWhile(t *testing.T) {
	s := &service{answer: func(_ int, r request) answer {
		if r.token == "bad" {
			return answer{status: 401, body: "unknown token"}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.Queue.Workers = 1 }, func(w *world) {
		add := func(token string) {
			for i := range 50 {
				u := propertiesOf(fmt.Sprint(i), "a", fmt.Sprint(time.Now()))
				u.Token = token
				assert.Equal(t, Accepted, w.Add(u))
			}
		}
		requests := func(token string) (n int) {
			for _, r := range s.seen() {
				if r.token == token {
					n++
				}
			}
			return n
		}
		add("bad")
		add("good")
		w.after(10 * time.Second)
		assert.Equal(t, 1, requests("bad"), "the rest waits without a request")
		assert.Equal(t, 50, requests("good"))
		w.expectOutcomes(map[string]int{"retried": 50, "sent": 50})
		w.after(time.Hour)
		assert.LessOrEqual(t, requests("bad"), 11, "at most one each minute")
		w.expectOutcomes(map[string]int{"retried": 500, "rejected": 50, "sent": 50})
		assert.Zero(t, w.Len())
	})
}

// A token that is enabled again, or gets its scope, costs no update: sources that only
// tell changes would not state it again.
func TestUpdatesWaitForARefusedToken(t *testing.T) {
	for _, status := range []int{401, 403} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			var taken atomic.Bool
			s := &service{answer: func(int, request) answer {
				if !taken.Load() {
					return answer{status: status}
				}
				return answer{status: 200}
			}}
			inWorld(t, s, nil, func(w *world) {
				for i := range 50 {
					assert.Equal(t, Accepted, w.Add(propertiesOf(fmt.Sprint(i), "a", "1")))
				}
				w.after(3 * time.Minute)
				taken.Store(true)
				w.after(3 * time.Minute)
				outcomes, _ := w.counter.counts()
				assert.Equal(t, 50, outcomes["sent"])
				assert.Zero(t, outcomes["rejected"])
				assert.Zero(t, w.Len())
			})
		})
	}
}

func TestWhatWaitsForATokenLeavesRoomForOthers(t *testing.T) {
	s := &service{answer: func(_ int, r request) answer {
		if r.token == "bad" {
			return answer{status: 401}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.Queue.Capacity = 10 }, func(w *world) {
		for i := range 10 {
			u := propertiesOf(fmt.Sprint(i), "a", "1")
			u.Token = "bad"
			assert.Equal(t, Accepted, w.Add(u))
		}
		w.after(10 * time.Second)
		assert.Equal(t, 5, w.Len())
		for i := range 5 {
			assert.Equal(t, Accepted, w.Add(propertiesOf(fmt.Sprint(i), "a", "1")))
		}
		w.after(10 * time.Second)
		outcomes, _ := w.counter.counts()
		assert.Equal(t, 5, outcomes["sent"])
	})
}
