package dimensions

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// inMetricWorld runs a test under a fake clock with a started updater of metrics.
func inMetricWorld(t *testing.T, s *service, test func(u *MetricUpdater, c *counter)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := new(counter)
		u := NewMetrics(MetricOptions{API: s.api(), Token: "default", Queue: DefaultQueueOptions(), Observer: c.observer()})
		u.Start()
		defer u.Shutdown(context.Background()) // also when the test fails
		test(u, c)
	})
}

// has answers reads with a metric, and writes with success.
func has(metric string) func(int, request) answer {
	return func(_ int, r request) answer {
		switch {
		case !strings.HasPrefix(r.line, "GET "):
			return answer{status: 200}
		case metric == "":
			return answer{status: 404}
		default:
			return answer{status: 200, body: metric}
		}
	}
}

func TestMetricMetadata(t *testing.T) {
	long := strings.Repeat("é", 1025)
	tests := []struct {
		name   string
		has    string // at the service; empty: unknown
		metric Metric
		put    string // empty: nothing is written
	}{
		{"a metric that the service does not know", "", Metric{"COUNTER", "Requests.", "{request}"},
			`{"customProperties":{"unit":"{request}"},"description":"Requests.","tags":[],"type":"COUNTER"}`},
		{"what people wrote stays", `{"type":"GAUGE","description":"old","customProperties":{"owner":"me"},"tags":["t"]}`, Metric{"COUNTER", "new", "By"},
			`{"customProperties":{"owner":"me","unit":"By"},"description":"new","tags":["t"],"type":"GAUGE"}`},
		{"the same is not written again", `{"type":"GAUGE","description":"d","customProperties":{"unit":"By"}}`, Metric{"GAUGE", "d", "By"}, ""},
		{"no unit leaves the unit", `{"type":"GAUGE","description":"d","customProperties":{"unit":"By"}}`, Metric{"GAUGE", "e", ""},
			`{"customProperties":{"unit":"By"},"description":"e","tags":[],"type":"GAUGE"}`},
		{"no description leaves the description", `{"type":"GAUGE","description":"d"}`, Metric{"GAUGE", "", "s"},
			`{"customProperties":{"unit":"s"},"description":"d","tags":[],"type":"GAUGE"}`},
		{"a long description is cut", `{"type":"GAUGE"}`, Metric{"GAUGE", long, ""},
			`{"customProperties":{},"description":"` + long[:2*1024] + `","tags":[],"type":"GAUGE"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &service{answer: has(tt.has)}
			inMetricWorld(t, s, func(u *MetricUpdater, _ *counter) {
				assert.Equal(t, Accepted, u.Add("", "my/metric", tt.metric))
				time.Sleep(10 * time.Second)
				synctest.Wait()
				want := []request{{10 * time.Second, "GET /v2/metric/my%2Fmetric", "default", ""}}
				if tt.put != "" {
					want = append(want, request{10 * time.Second, "PUT /v2/metric/my%2Fmetric", "default", tt.put})
				}
				assert.Equal(t, want, s.seen())
			})
		})
	}
}

func TestMetricsAreWrittenOnce(t *testing.T) {
	s := &service{answer: has("")}
	inMetricWorld(t, s, func(u *MetricUpdater, c *counter) {
		for range 3 { // producers that disagree, in every batch
			u.Add("", "m", Metric{"GAUGE", "one", ""})
			time.Sleep(time.Minute)
			u.Add("", "m", Metric{"GAUGE", "two", ""})
			time.Sleep(time.Minute)
		}
		u.Add("other", "m", Metric{"GAUGE", "one", ""})
		u.Add("", "m", Metric{Type: "GAUGE"})
		time.Sleep(time.Minute)
		outcomes, _ := c.counts()
		assert.Equal(t, map[string]int{"sent": 3}, outcomes)
		assert.Len(t, s.seen(), 6)
		assert.Zero(t, u.Len())
	})
}

// One producer may know the description and another the unit.
func TestWhatTwoProducersSayOfAMetricIsPutTogether(t *testing.T) {
	s := &service{answer: has("")}
	inMetricWorld(t, s, func(u *MetricUpdater, _ *counter) {
		assert.Equal(t, Accepted, u.Add("", "m", Metric{"GAUGE", "d", ""}))
		assert.Equal(t, Merged, u.Add("", "m", Metric{"GAUGE", "", "s"}))
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, []string{"", `{"customProperties":{"unit":"s"},"description":"d","tags":[],"type":"GAUGE"}`}, s.bodies())
	})
}

func TestMetricsThatAreNotTaken(t *testing.T) {
	s := new(service)
	inMetricWorld(t, s, func(u *MetricUpdater, c *counter) {
		assert.Equal(t, Empty, u.Add("", "m", Metric{Type: "GAUGE"}))
		assert.Equal(t, Invalid, u.Add("", "", Metric{Unit: "s"}))
		assert.Equal(t, Invalid, u.Add("", strings.Repeat("m", 257), Metric{Unit: "s"}))
		outcomes, _ := c.counts()
		assert.Equal(t, map[string]int{"invalid": 2}, outcomes)
	})
}

func TestMetricsThatFail(t *testing.T) {
	tests := []struct {
		name   string
		status int
		again  Outcome // of the same, later
		want   map[string]int
	}{
		{"refused, it is not tried again", 400, Unchanged, map[string]int{"rejected": 1}},
		{"refused for its token, it may come again", 403, Accepted, map[string]int{"retried": 10, "rejected": 1}},
		{"given up, it may come again", 500, Accepted, map[string]int{"retried": 10, "given_up": 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &service{answer: func(int, request) answer { return answer{status: tt.status} }}
			inMetricWorld(t, s, func(u *MetricUpdater, c *counter) {
				u.Add("", "m", Metric{"GAUGE", "d", ""})
				time.Sleep(time.Hour)
				outcomes, _ := c.counts()
				assert.Equal(t, tt.want, outcomes)
				assert.Equal(t, tt.again, u.Add("", "m", Metric{"GAUGE", "d", ""}))
			})
		})
	}
}

// What was put together of several statements comes again piece by piece.
func TestGivenUpStatementsMayComeAgain(t *testing.T) {
	s := &service{answer: func(int, request) answer { return answer{status: 500} }}
	inMetricWorld(t, s, func(u *MetricUpdater, _ *counter) {
		u.Add("", "m", Metric{"GAUGE", "d", ""})
		u.Add("", "m", Metric{"GAUGE", "", "s"})
		time.Sleep(time.Hour)
		assert.Equal(t, Accepted, u.Add("", "m", Metric{"GAUGE", "d", ""}))
		assert.Equal(t, Merged, u.Add("", "m", Metric{"GAUGE", "", "s"}))
	})
}

// A token that is enabled again, or gets its scope, needs no restart.
func TestMetricsAreWrittenOnceTheTokenIsTaken(t *testing.T) {
	var taken atomic.Bool
	s := &service{}
	s.answer = func(n int, r request) answer {
		if !taken.Load() {
			return answer{status: 401}
		}
		return has("")(n, r)
	}
	inMetricWorld(t, s, func(u *MetricUpdater, c *counter) {
		batches := func(minutes int) {
			for range 6 * minutes { // one every ten seconds
				for _, name := range []string{"a", "b", "c"} {
					u.Add("", name, Metric{"GAUGE", "d", ""})
				}
				time.Sleep(10 * time.Second)
				synctest.Wait()
			}
		}
		batches(60)
		assert.LessOrEqual(t, len(s.seen()), 3*60, "it is not asked for every batch of the hour")
		taken.Store(true)
		batches(3)
		outcomes, _ := c.counts()
		assert.Equal(t, 3, outcomes["sent"])
	})
}
