package wavefrontexporter

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
)

// Whatever the services of the types of data answer, in any order: nothing arrives
// twice, and what does not arrive is counted as refused.
func TestWhateverTheServiceAnswers(t *testing.T) {
	const items = 60
	for seed := range uint64(15) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			s, other := newSink(t), newSink(t)
			permanent := r.IntN(2) == 0
			s.answerAtRandom(seed, permanent)
			other.answerAtRandom(seed+1000, permanent)
			c := testConfig(s.URL)
			if r.IntN(2) == 0 {
				c.Endpoints = EndpointsConfig{Histograms: other.URL, SpanLogs: other.URL}
			}
			c.MaxLinesPerRequest = 1 + r.IntN(30)
			c.MaxParallelRequests = 1 + r.IntN(3)

			p := newProbe(t)
			err := startMetrics(t, c, p).ConsumeMetrics(t.Context(), mixed(items))
			arrived := seriesIn(t, s, other)
			refused := int(p.Dropped(t, "refused"))
			assert.Equal(t, 3*items, arrived+refused)
			assert.EqualValues(t, arrived, p.Sum(t, "sent_lines"))
			if !permanent {
				assert.NoError(t, err)
				assert.Zero(t, refused)
			} else if err != nil {
				assert.True(t, consumererror.IsPermanent(err), "%v", err)
			}

			p = newProbe(t)
			_ = startTraces(t, c, p).ConsumeTraces(t.Context(), spansOf(items))
			spans, logs := idsIn(t, "trace", s, other), idsIn(t, "spanLogs", s, other)
			assert.Equal(t, items+items/2, spans+logs+int(p.Dropped(t, "refused")))

			p = newProbe(t)
			_ = startLogs(t, c, p).ConsumeLogs(t.Context(), eventsOf(items))
			assert.Equal(t, items, len(s.of("event"))+int(p.Dropped(t, "refused")))
		})
	}
}

// answerAtRandom makes about half of all requests fail, each with one of the answers that
// a service has for it; some for good, when permanent.
func (s *sink) answerAtRandom(seed uint64, permanent bool) {
	r := rand.New(rand.NewPCG(seed, 2)) // guarded by the sink's lock
	codes := []int{http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusNotAcceptable, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, 0}
	if permanent {
		codes = append(codes, http.StatusBadRequest)
	}
	var again func(w http.ResponseWriter, _ *http.Request) bool
	again = func(w http.ResponseWriter, _ *http.Request) bool {
		s.answers = append(s.answers, again)
		if r.IntN(2) == 0 {
			return false
		}
		code := codes[r.IntN(len(codes))]
		if code == http.StatusRequestEntityTooLarge && strings.Count(s.bodies[len(s.bodies)-1], "\n") < 4 {
			return false // a single item would be refused for good
		}
		if code == 0 { // no answer
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
			return true
		}
		w.WriteHeader(code)
		return true
	}
	s.answer(again)
}

// seriesIn counts the points that arrived, each once.
func seriesIn(t *testing.T, sinks ...*sink) int {
	t.Helper()
	times := make(map[string]int)
	for _, s := range sinks {
		for _, line := range append(s.of("wavefront"), s.of("histogram")...) {
			if p, err := linetest.ParseMetric(line); err == nil {
				times[p.Name+p.Tag("i")]++
			} else if d, err := linetest.ParseHistogram(line); assert.NoError(t, err) {
				times[d.Name+d.Tag("i")]++
			}
		}
	}
	return onceIn(t, times)
}

// idsIn counts the spans, or spans with logs, that arrived, each once.
func idsIn(t *testing.T, format string, sinks ...*sink) int {
	t.Helper()
	times := make(map[string]int)
	for _, s := range sinks {
		for id, n := range s.idsOf(format) {
			times[id] += n
		}
	}
	return onceIn(t, times)
}

func onceIn(t *testing.T, times map[string]int) int {
	t.Helper()
	for what, n := range times {
		assert.Equal(t, 1, n, what)
	}
	return len(times)
}
