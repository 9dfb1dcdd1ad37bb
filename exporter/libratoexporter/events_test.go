package libratoexporter

import (
	"context"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

var eventTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// event adds an event; pairs are attributes.
func event(ld plog.Logs, name string, pairs ...string) {
	if ld.ResourceLogs().Len() == 0 {
		ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
		ld.ResourceLogs().At(0).Resource().Attributes().PutStr("host.name", "web-1")
	}
	r := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty()
	r.SetEventName(name)
	r.SetTimestamp(pcommon.NewTimestampFromTime(eventTime))
	for i := 0; i < len(pairs); i += 2 {
		r.Attributes().PutStr(pairs[i], pairs[i+1])
	}
}

func events(name string, pairs ...string) plog.Logs {
	ld := plog.NewLogs()
	event(ld, name, pairs...)
	return ld
}

func unpaced(c *Config) *Config {
	c.Annotations.MaxPerSecond = 0
	return c
}

func TestAnnotationsArrive(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startLogs(t, unpaced(testConfig(s.URL)), p)
	ld := events("deploy", "librato.annotation.stream", "my deploys", "librato.annotation.description", "v17")
	ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty().Body().SetStr("an ordinary line")
	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	requests := s.seen()
	require.Len(t, requests, 1)
	assert.Equal(t, "/v1/annotations/my-deploys", requests[0].path)
	assert.JSONEq(t, `{"title":"deploy","source":"web-1","description":"v17","start_time":1767323045}`, string(requests[0].body))
	assert.EqualValues(t, 1, p.Sum(t, "sent_items"))
	assert.EqualValues(t, 1, p.Dropped(t, "not_an_annotation"))
	require.NoError(t, e.ConsumeLogs(t.Context(), plog.NewLogs()))
}

func TestOpenAnnotationIsEnded(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startLogs(t, unpaced(testConfig(s.URL)), p)
	key := []string{"librato.annotation.key", "17"}
	require.NoError(t, e.ConsumeLogs(t.Context(), events("deploy.begin", key...)))
	assert.EqualValues(t, 1, state(t, p, "annotations"))
	end := append(key, "librato.annotation.end_time", "2026-01-02T03:14:05Z", "librato.annotation.links", "https://example.com/17")
	require.NoError(t, e.ConsumeLogs(t.Context(), events("deploy.end", end...)))
	assert.EqualValues(t, 0, state(t, p, "annotations"))
	requests := s.seen()
	require.Len(t, requests, 2)
	assert.Equal(t, http.MethodPut, requests[1].method)
	assert.Equal(t, "/v1/annotations/otel-events/1", requests[1].path)
	assert.JSONEq(t, `{"end_time":1767323645,"links":[{"rel":"link1","href":"https://example.com/17"}]}`, string(requests[1].body), "the title stays")

	// The end of one that nobody knows is an annotation of its own.
	require.NoError(t, e.ConsumeLogs(t.Context(), events("deploy.end", end...)))
	assert.Equal(t, http.MethodPost, s.seen()[2].method)
	assert.Contains(t, string(s.seen()[2].body), `"end_time":1767323645`)

	// One that somebody deleted in the meantime is posted again.
	require.NoError(t, e.ConsumeLogs(t.Context(), events("deploy.begin", key...)))
	s.next(&answer{status: http.StatusNotFound})
	require.NoError(t, e.ConsumeLogs(t.Context(), events("deploy.end", end...)))
	assert.Equal(t, http.MethodPost, s.seen()[5].method)
}

func TestBeginningAndEndInOneBatch(t *testing.T) {
	s := newStandin(t)
	e := startLogs(t, unpaced(testConfig(s.URL)), newProbe(t))
	ld := events("begin", "librato.annotation.key", "1")
	event(ld, "end", "librato.annotation.key", "1", "librato.annotation.end_time", "2026-01-02T03:14:05Z")
	s.next(&answer{status: 503}) // the end waits for the beginning
	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	requests := s.seen()
	require.Len(t, requests, 3)
	assert.Equal(t, []string{http.MethodPost, http.MethodPost, http.MethodPut}, []string{requests[0].method, requests[1].method, requests[2].method})
}

func TestOnlyFailedAnnotationsAreSentAgain(t *testing.T) {
	s, p := newStandin(t), newProbe(t)
	e := startLogs(t, unpaced(testConfig(s.URL)), p)
	ld := plog.NewLogs()
	for _, name := range []string{"a", "b", "c", "d"} {
		event(ld, name)
	}
	s.next(nil, &answer{status: 503}, nil, &answer{status: 400, body: `{"errors":{"params":{"title":["is bad"]}}}`})
	err := e.ConsumeLogs(t.Context(), ld)
	assert.True(t, consumererror.IsPermanent(err))
	var titles []string
	for _, r := range s.seen() {
		titles = append(titles, string(r.body[10]))
	}
	assert.Equal(t, []string{"a", "b", "b", "c", "d"}, titles)
	assert.EqualValues(t, 3, p.Sum(t, "sent_items"))
	assert.EqualValues(t, 1, p.Dropped(t, "refused"))
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(2)
		start := time.Now()
		for range 6 {
			require.NoError(t, p.wait(t.Context()))
		}
		assert.Equal(t, 2*time.Second, time.Since(start), "two at once, then two a second")
		time.Sleep(time.Hour)
		start = time.Now()
		for range 2 {
			require.NoError(t, p.wait(t.Context()))
		}
		assert.Zero(t, time.Since(start), "a pause saves up one second, no more")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, p.wait(ctx), context.Canceled)
		close(p.done)
		require.NoError(t, p.wait(t.Context()))
		assert.Zero(t, time.Since(start), "nobody waits when the pace is lifted")
	})
}

func TestShutdownLiftsThePace(t *testing.T) {
	s := newStandin(t)
	c := withQueue(testConfig(s.URL))
	c.Annotations.MaxPerSecond = 0.001
	e, err := NewFactory().CreateLogs(t.Context(), newProbe(t).Settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), newProbe(t)))
	ld := plog.NewLogs()
	for range 5 {
		event(ld, "e")
	}
	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	require.NoError(t, e.Shutdown(t.Context()))
	assert.Len(t, s.seen(), 5)
}

func TestQueueHandsOutWhatThePaceAllows(t *testing.T) {
	for name, c := range map[string]struct {
		perSecond  float64
		maxElapsed time.Duration
		consumers  int
		want       int64
	}{
		"the defaults":        {10, 5 * time.Minute, 10, 75},
		"a consumer alone":    {10, 5 * time.Minute, 1, 750},
		"less than one":       {0.001, 5 * time.Minute, 10, 1},
		"a very high pace":    {1e300, 5 * time.Minute, 1, math.MaxInt32},
		"no pace":             {0, 5 * time.Minute, 10, 0},
		"retries without end": {10, 0, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			queue := withQueue(testConfig("http://127.0.0.1")).QueueConfig
			queue.Get().NumConsumers = c.consumers
			paced := pacedQueue(queue, c.perSecond, c.maxElapsed)
			require.NoError(t, paced.Get().Validate())
			require.Equal(t, c.want > 0, paced.Get().Batch.HasValue())
			assert.False(t, queue.Get().Batch.HasValue(), "the other signals' queues stay as they are")
			if c.want > 0 {
				require.NoError(t, paced.Get().Batch.Get().Validate())
				assert.Equal(t, c.want, paced.Get().Batch.Get().MaxSize)
			}
		})
	}
	set := withQueue(testConfig("http://127.0.0.1")).QueueConfig
	set.Get().Batch = configoptional.Some(exporterhelper.BatchConfig{MaxSize: 7})
	set = pacedQueue(set, 10, time.Minute)
	assert.EqualValues(t, 7, set.Get().Batch.Get().MaxSize, "as the user wants it")
	none := pacedQueue(testConfig("http://127.0.0.1").QueueConfig, 10, time.Minute)
	assert.False(t, none.HasValue())
}

// What is given up at a failure is what was handed out at once: here one record.
func TestFailureDoesNotCostALongBatch(t *testing.T) {
	s := newStandin(t)
	c := withQueue(testConfig(s.URL))
	c.Annotations.MaxPerSecond = 0.001
	c.RetryConfig.Enabled = false
	c.RetryConfig.MaxElapsedTime = 5 * time.Minute
	e, err := NewFactory().CreateLogs(t.Context(), newProbe(t).Settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), newProbe(t)))
	ld := plog.NewLogs()
	for range 5 {
		event(ld, "e")
	}
	s.next(&answer{status: 503})
	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	require.NoError(t, e.Shutdown(t.Context()))
	assert.Len(t, s.seen(), 5)
}

func TestOpenAnnotationsAreBounded(t *testing.T) {
	o := newOpenAnnotations(2, time.Hour)
	now := eventTime
	assert.Equal(t, 1, o.put("a", "1", now))
	assert.Equal(t, 1, o.put("b", "2", now.Add(time.Minute)))
	assert.Equal(t, 0, o.put("c", "3", now.Add(time.Minute)), "full")
	assert.Equal(t, 0, o.put("b", "4", now.Add(time.Minute)), "known ones can change")
	assert.Equal(t, librato.ID("4"), o.find("b", now))
	assert.Empty(t, o.find("a", now.Add(time.Hour)), "too old")
	assert.Equal(t, 0, o.put("c", "3", now.Add(time.Hour)), "in place of the old one")
	assert.Equal(t, -1, o.forget("c"))
	assert.Equal(t, 0, o.forget("c"))
}
