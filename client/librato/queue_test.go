package librato

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// script answers each request with the next status, then with 200, and keeps what
// measurements each request held.
type script struct {
	mu       sync.Mutex
	statuses []int
	reply    string
	requests [][]string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body map[string]json.RawMessage
	text, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(text, &body)
	var names []string
	for _, list := range []string{"gauges", "counters", "measurements"} {
		var measurements []struct{ Name string }
		_ = json.Unmarshal(body[list], &measurements)
		for _, m := range measurements {
			names = append(names, m.Name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, names)
	if n := len(s.requests); n <= len(s.statuses) {
		w.WriteHeader(s.statuses[n-1])
	}
	_, _ = io.WriteString(w, s.reply)
}

func (s *script) sizes() []int {
	var sizes []int
	for _, names := range s.requests {
		sizes = append(sizes, len(names))
	}
	return sizes
}

func newQueue(t *testing.T, s *script, autoSubmit int) *Queue {
	return NewConnection(newTestClient(t, s.ServeHTTP), nil, nil).NewQueue(autoSubmit, nil)
}

func fill(t *testing.T, q *Queue, n int) {
	for i := range n {
		require.NoError(t, q.Add(t.Context(), Measurement{Name: "m" + strconv.Itoa(i), Value: Int(int64(i))}))
	}
}

func TestQueueSendsNothingTwice(t *testing.T) {
	s := &script{statuses: []int{200, 503}}
	q := newQueue(t, s, 0)
	fill(t, q, 700)
	outcome, err := q.Submit(t.Context())
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
	assert.ErrorContains(t, err, "400 measurements stay queued")
	assert.Equal(t, Outcome{Delivered: 300, Queued: 400}, outcome)

	outcome, err = q.Submit(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Outcome{Delivered: 400}, outcome)
	assert.Equal(t, []int{300, 300, 300, 100}, s.sizes())
	assert.Equal(t, s.requests[1], s.requests[2], "the chunk that failed, and not the first")
	assert.Zero(t, q.Len())
}

func TestQueueGivesUpWhatIsRefused(t *testing.T) {
	s := &script{statuses: []int{400}}
	q := newQueue(t, s, 0)
	fill(t, q, 301)
	outcome, err := q.Submit(t.Context())
	assert.Equal(t, httpsend.Rejected, httpsend.ClassOf(err))
	assert.Equal(t, Outcome{Delivered: 1, Rejected: 300}, outcome, "what comes behind is delivered")
	assert.Zero(t, q.Len())
}

func TestQueueKeepsWhatCredentialsHoldUp(t *testing.T) {
	q := newQueue(t, &script{statuses: []int{401}}, 0)
	fill(t, q, 1)
	outcome, err := q.Submit(t.Context())
	assert.Equal(t, httpsend.Unauthorized, httpsend.ClassOf(err))
	assert.Equal(t, Outcome{Queued: 1}, outcome)
}

func TestQueueCountsRejectedInsideSuccess(t *testing.T) {
	q := newQueue(t, &script{reply: `{"failed":2}`}, 0)
	fill(t, q, 3)
	outcome, err := q.Submit(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Outcome{Delivered: 1, Rejected: 2}, outcome)
}

func TestQueueLeavesOutWhatCannotBeSent(t *testing.T) {
	s := &script{}
	q := newQueue(t, s, 0)
	add := func(m Measurement) error { return q.Add(t.Context(), m) }
	assert.ErrorIs(t, add(Measurement{Name: "m", Value: Float(math.NaN())}), ErrNotFinite)
	assert.ErrorIs(t, add(Measurement{Name: "m", Value: Float(1e127), Tags: Tags{"a": "b"}}), ErrOutOfRange)
	assert.ErrorIs(t, add(Measurement{Name: "m", Value: Int(-1), Counter: true}), ErrNegativeCounter)
	assert.ErrorIs(t, add(Measurement{Value: Int(1)}), ErrNoName)
	assert.ErrorContains(t, add(Measurement{Name: "m", Complex: &Complex{}}), `metric "m"`)
	assert.NoError(t, add(Measurement{Name: "m", Value: Int(-1), Counter: true, Tags: Tags{"a": "b"}}), "the tag dialect knows no counters")
	assert.Equal(t, 1, q.Len())
	_, err := q.Submit(t.Context())
	assert.NoError(t, err)
	assert.Equal(t, []int{1}, s.sizes())
}

func TestQueueSubmitsItselfAgainAfterAnOutage(t *testing.T) {
	s := &script{statuses: []int{503}}
	q := newQueue(t, s, 2)
	fill(t, q, 1)
	err := q.Add(t.Context(), Measurement{Name: "x"})
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
	assert.Equal(t, 2, q.Len(), "the measurement is queued all the same")
	assert.NoError(t, q.Add(t.Context(), Measurement{Name: "y"}))
	assert.Equal(t, []int{2, 3}, s.sizes())
}

func TestQueueTags(t *testing.T) {
	q := newQueue(t, &script{}, 0)
	q.SetTags(Tags{"a": "1", "b": "1"})
	q.AddTags(Tags{"b": "2"})
	tags := q.Tags()
	assert.Equal(t, Tags{"a": "1", "b": "2"}, tags)
	tags["a"] = "changed"
	assert.Equal(t, "1", q.Tags()["a"], "a copy")
}

func TestQueueFromSeveralGoroutines(t *testing.T) {
	s := &script{}
	q := newQueue(t, s, 50)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() { fill(t, q, 100) })
	}
	group.Wait()
	_, err := q.Submit(t.Context())
	require.NoError(t, err)
	total := 0
	for _, n := range s.sizes() {
		total += n
		assert.LessOrEqual(t, n, QueueChunk)
	}
	assert.Equal(t, 400, total)
}

func newAggregator(t *testing.T, s *script, o AggregatorOptions) *Aggregator {
	return NewConnection(newTestClient(t, s.ServeHTTP), nil, nil).NewAggregator(o)
}

func TestAggregatorKeepsWhatFailed(t *testing.T) {
	s := &script{statuses: []int{200, 503}}
	a := newAggregator(t, s, AggregatorOptions{Tags: Tags{"a": "b"}, Time: time.Unix(90, 0), Period: time.Minute})
	require.NoError(t, a.Add("plain", Int(1)))
	require.NoError(t, a.AddTagged("tagged", Int(1)))
	outcome, err := a.Submit(t.Context())
	assert.Equal(t, httpsend.Retry, httpsend.ClassOf(err))
	assert.Equal(t, Outcome{Delivered: 1, Queued: 1}, outcome)

	require.NoError(t, a.AddTagged("tagged", Int(3)))
	assert.EqualValues(t, 60, a.measureTime(), "the time stays as well")
	outcome, err = a.Submit(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Outcome{Delivered: 1}, outcome)
	assert.Equal(t, [][]string{{"plain"}, {"tagged"}, {"tagged"}}, s.requests)
	assert.Zero(t, a.Len())
}

func TestAggregatorGivesUpWhatIsRefused(t *testing.T) {
	a := newAggregator(t, &script{statuses: []int{400}}, AggregatorOptions{})
	require.NoError(t, a.Add("plain", Int(1)))
	require.NoError(t, a.AddTagged("tagged", Int(1)))
	outcome, err := a.Submit(t.Context())
	assert.Equal(t, httpsend.Rejected, httpsend.ClassOf(err))
	assert.Equal(t, Outcome{Delivered: 1, Rejected: 1}, outcome)
}

func TestAggregatorRefusesWhatCannotBeSent(t *testing.T) {
	a := newAggregator(t, &script{}, AggregatorOptions{})
	assert.ErrorIs(t, a.Add("m", Float(math.Inf(1))), ErrNotFinite)
	assert.ErrorIs(t, a.Add("", Int(1)), ErrNoName)
	require.NoError(t, a.Add("m", Float(9e126)))
	assert.ErrorIs(t, a.Add("m", Float(9e126)), ErrOutOfRange, "the sum would leave the range")
	assert.EqualValues(t, 1, a.lanes[untagged].list[0].Count)
	a.Clear()
	assert.Zero(t, a.Len())
}

func TestAggregatorTags(t *testing.T) {
	given := Tags{"a": "1", "b": "1"}
	a := newAggregator(t, &script{}, AggregatorOptions{Tags: given})
	a.AddTags(Tags{"b": "2"})
	assert.Equal(t, Tags{"a": "1", "b": "2"}, a.Tags())
	assert.Equal(t, "1", given["b"], "the caller's map stays as it is")
	a.SetTags(Tags{"c": "3"})
	assert.Equal(t, Tags{"c": "3"}, a.Tags())
}

func TestAggregatorCountsWhatCameInMeanwhile(t *testing.T) {
	a := newAggregator(t, &script{}, AggregatorOptions{})
	require.NoError(t, a.Add("m", Float(9e126)))
	require.NoError(t, a.Add("n", Int(1)))
	taken, _ := a.take(untagged)
	require.NoError(t, a.Add("m", Float(9e126)))
	require.NoError(t, a.Add("n", Int(2)))
	assert.Equal(t, 1, a.giveBack(untagged, taken), "the sum of m would leave the range")
	assert.Equal(t, Int(3), a.lanes[untagged].list[1].Sum)
}

func TestAggregatorMergesExtremes(t *testing.T) {
	var later, earlier aggregates
	for _, n := range []int64{5, 9} {
		require.NoError(t, earlier.merge(aggregate{"m", single(Int(n))}))
	}
	for _, n := range []int64{7, 1, 11} {
		require.NoError(t, later.merge(aggregate{"m", single(Int(n))}))
	}
	require.NoError(t, earlier.merge(later.list[0]))
	assert.Equal(t, Complex{Count: 5, Sum: Int(33), Has: HasMin | HasMax, Min: Int(1), Max: Int(11)}, earlier.list[0].Complex)
}

func TestFloorTime(t *testing.T) {
	for _, c := range []struct{ time, period, want int64 }{
		{1419302671, 60, 1419302640}, {1419302640, 60, 1419302640}, {59, 60, 0}, {-1, 60, -60}, {61, 0, 61}, {61, -5, 61},
	} {
		assert.Equal(t, c.want, FloorTime(c.time, c.period))
	}
}
