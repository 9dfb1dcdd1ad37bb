package signalflow

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// between is the range from one second to another, at a resolution of a second.
func between(first, last int) string {
	return fmt.Sprintf(`"start":%d,"stop":%d,"resolution":1000,`, at(first), at(last))
}

var infoMessages = []string{"JOB_RUNNING_RESOLUTION", "JOB_DETECTED_LAG", "JOB_INITIAL_MAX_DELAY", "FETCH_NUM_TIMESERIES"}

func TestThePastIsReplayed(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -10, 1)
	r.point("cpu", "a", -9, 2)
	r.point("cpu", "b", -8, 3)
	c := r.connect()
	c.execute("data('cpu').publish('x')", between(-10, -7))
	want := []string{"STREAM_START", "JOB_START", "JOB_PROGRESS", "JOB_PROGRESS", "metadata x/a", "data -10 x/a=1"}
	want = append(want, infoMessages...)
	want = append(want, "data -9 x/a=2", "metadata x/b", "data -8 x/b=3", "data -7", "END_OF_CHANNEL")
	assert.Equal(t, want, story(c.until(event("END_OF_CHANNEL"))))

	c.execute("data('cpu').publish('x')", between(-10, -7))
	assert.Equal(t, want, story(c.until(event("END_OF_CHANNEL"))), "the same again, on the same channel")
}

func TestThePastGoesOverIntoThePresent(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -2, 1)
	c := r.connect()
	c.execute("data('cpu').publish('x')", fmt.Sprintf(`"start":%d,"resolution":1000,"maxDelay":2000,`, at(-3)))
	c.until(func(m received) bool { return m.kind == "data" && m.time == at(-3) })
	waitFor(t, r, 2) // keep-alive and the job
	r.point("cpu", "a", -2, 3)
	r.clock.Advance(time.Second)
	assert.Equal(t, "data -2 x/a=2", last(story(c.until(kind("data")))), "what came within the delay counts")
	waitFor(t, r, 2)
	r.clock.Advance(3 * time.Second)
	for second := -1; second <= 1; second++ {
		assert.Equal(t, fmt.Sprint("data ", second), last(story(c.until(kind("data")))))
	}
}

func waitFor(t *testing.T, r *room, waiters int) {
	t.Helper()
	require.NoError(t, r.clock.Waiters(t.Context(), waiters))
}

func last(lines []string) string { return lines[len(lines)-1] }

func TestAJobWithoutAStartBeginsNow(t *testing.T) {
	r := newRoom(t, Config{})
	c := r.connect()
	c.execute("data('cpu').publish()", `"start":0,"stop":0,"resolution":1000,"maxDelay":0,"timezone":"",`)
	assert.Equal(t, []string{"STREAM_START", "JOB_START"}, story(c.until(event("JOB_START"))))
	waitFor(t, r, 2)
	r.point("cpu", "a", 0, 5)
	r.clock.Advance(2 * time.Second) // the step of a second and the lab's own delay of another
	first := c.until(kind("data"))
	assert.Equal(t, []string{"metadata <nil>/a", "data 0 <nil>/a=5"}, story(first))
}

func TestMetadataOfASeries(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -10, 1)
	r.describe("host/a", `{"customProperties":{"team":"one"}}`)
	c := r.connect()
	c.execute("data('cpu').publish('x')", between(-10, -10))
	all := c.until(event("END_OF_CHANNEL"))
	handle := all[1].members["handle"].(string)
	assert.Len(t, handle, 11)
	metadata := all[4]
	require.Equal(t, "metadata", metadata.kind)
	assert.Len(t, metadata.members["tsId"], 11)
	assert.Equal(t, map[string]any{
		"host": "a", "team": "one", "sf_type": "MetricTimeSeries", "sf_originatingMetric": "cpu", "sf_streamLabel": "x",
		"sf_metric": "_SF_COMP_" + handle + "_00-PUBLISH_METRIC", "computationId": handle,
		"sf_key":          []any{"host", "sf_originatingMetric", "sf_metric", "computationId"},
		"sf_resolutionMs": 1000.0, "sf_createdOnMs": float64(begin), "sf_isPreQuantized": true,
		"sf_singletonFixedDimensions": []any{"sf_metric"}, "sf_organizationID": signalfx.OrganizationID,
	}, metadata.members["properties"])
}

func TestPropertiesOfComputedSeriesOnDemand(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -10, 1)
	r.describe("host/a", `{"customProperties":{"team":"one"}}`)
	c := r.connect()
	for more, want := range map[string]any{"": nil, `"withDerivedMetadata":true,`: "one"} {
		c.execute("data('cpu').sum(by='host').publish()", more+between(-10, -10))
		metadata := c.one(kind("metadata")).members["properties"].(map[string]any)
		assert.Equal(t, want, metadata["team"])
		c.until(event("END_OF_CHANNEL"))
	}
}

// The name is free before the client can know: it may use it again at once.
func TestAChannelIsFreeWithItsLastMessage(t *testing.T) {
	for event, want := range map[string]int{"JOB_START": 1, "END_OF_CHANNEL": 0, "CHANNEL_ABORT": 0} {
		c := &socket{server: newRoom(t, Config{}).server, writer: writer{silent: true}, channels: map[string]*channel{}}
		out := &channel{socket: c, name: "c"}
		c.channels["c"] = out
		_ = out.message(control(event, 0, nil))
		assert.Len(t, c.channels, want, event)
	}
}

func TestInfoMessages(t *testing.T) {
	r := newRoom(t, Config{MaxSeries: 1})
	for _, second := range []int{-40, -30, -20} {
		r.point("cpu", "a", second, 1)
		r.point("cpu", "b", second, 1)
	}
	c := r.connect()
	c.execute("A = data('cpu')\nA.sum(by='rack').publish()\n(A + data('none', filter('a','b'))).publish()", between(-40, -20))
	contents := map[string]map[string]any{}
	var times []int64
	for _, m := range c.until(event("END_OF_CHANNEL")) {
		if m.kind == "data" {
			times = append(times, (m.time-begin)/1000)
		}
		if m.kind == "message" {
			envelope := m.members["message"].(map[string]any)
			contents[envelope["messageCode"].(string)] = envelope
			assert.EqualValues(t, at(-40), m.members["logicalTimestampMs"])
		}
	}
	assert.Equal(t, []int64{-40, -40, -30, -30, -20, -20}, times, "the data is coarser than asked for")
	of := func(code string) map[string]any { return contents[code]["contents"].(map[string]any) }
	assert.EqualValues(t, 10_000, of("JOB_RUNNING_RESOLUTION")["resolutionMs"])
	assert.Equal(t, map[string]any{"detectedResolutionMs": 10_000.0, "originalResolutionMs": 1000.0}, of("JOB_DETECTED_RESOLUTION"))
	assert.Equal(t, map[string]any{"matchedSize": 2.0, "limitSize": 1.0}, of("FIND_LIMITED_RESULT_SET"))
	assert.Equal(t, map[string]any{"query": "sf_metric:none AND filter('a', 'b')"}, of("FIND_MATCHED_NO_TIMESERIES"))
	assert.Equal(t, map[string]any{"propertyNames": []any{"rack"}}, of("GROUPBY_MISSING_PROPERTY"))
	assert.EqualValues(t, 1000, of("JOB_INITIAL_MAX_DELAY")["maxDelayMs"])
	assert.EqualValues(t, 20_000, of("JOB_DETECTED_LAG")["lagMs"])
	fetched := contents["FETCH_NUM_TIMESERIES"]
	assert.EqualValues(t, 1, fetched["numInputTimeSeries"])
	assert.Equal(t, []any{map[string]any{"line": 1.0, "column": 5.0}}, fetched["blockContexts"])
}

func TestMistakesOfPrograms(t *testing.T) {
	c := newRoom(t, Config{}).connect()
	program := "A = data('cpu')\nB.publish()"
	c.execute(program, "")
	m := c.next()
	assert.Equal(t, "error", m.kind)
	assert.Equal(t, map[string]any{
		"type": "error", "channel": "c", "error": 400.0, "errorType": "ANALYTICS_PROGRAM_NAME_ERROR",
		"message": "line 2, column 1: nothing has the name 'B'",
		"context": map[string]any{"line": 2.0, "column": 1.0, "bindingName": "B", "reference": "B", "programText": program, "traceback": []any{}},
	}, m.members)
	c.execute("const(1).publish()", between(-5, -5))
	assert.Equal(t, "STREAM_START", story([]received{c.next()})[0], "the channel is free again")
}

func TestRequestsThatAreRefused(t *testing.T) {
	good := `"program":"const(1).publish()"`
	for _, test := range []struct{ name, request, want string }{
		{"no JSON", `{`, "the message is not the JSON expected here"},
		{"a number that is none", `{"type":"execute","channel":"c","start":"x",` + good + `}`, "the message is not the JSON expected here"},
		{"an unknown type", `{"type":"dance"}`, "there is no message of this type"},
		{"no channel", `{"type":"execute",` + good + `}`, "channel: must have 1 to 16 ASCII characters"},
		{"a long channel", `{"type":"execute","channel":"12345678901234567",` + good + `}`, "channel: must have 1 to 16 ASCII characters"},
		{"a channel beyond ASCII", `{"type":"execute","channel":"é",` + good + `}`, "channel: must have 1 to 16 ASCII characters"},
		{"no program", `{"type":"execute","channel":"c"}`, "line 1, column 1: the program publishes nothing; add .publish() to a stream"},
		{"a delay of more than 15 minutes", `{"type":"execute","channel":"c","maxDelay":900001,` + good + `}`, "maxDelay must be from 0 to 900000 milliseconds"},
		{"a negative resolution", `{"type":"execute","channel":"c","resolution":-1,` + good + `}`, "resolution must not be negative"},
		{"an end before the beginning", `{"type":"execute","channel":"c","start":2,"stop":1,` + good + `}`, "start must not be later than stop"},
		{"an unknown timezone", `{"type":"execute","channel":"c","timezone":"Mars/North",` + good + `}`, "timezone must be a name such as UTC or Europe/Berlin"},
		{"preflight without a range", `{"type":"preflight","channel":"c",` + good + `}`, "preflight needs start and stop"},
		{"stop of nothing", `{"type":"stop","handle":"x"}`, "there is no job with this handle"},
		{"keepalive of nothing", `{"type":"keepalive","handle":"x"}`, "there is no job with this handle"},
		{"attach to nothing", `{"type":"attach","channel":"c","handle":"x"}`, "there is no job with this handle"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newRoom(t, Config{}).connect()
			c.send(test.request)
			m := c.next()
			assert.Equal(t, "error", m.kind)
			assert.Equal(t, test.want, m.members["message"])
			c.execute("const(1).publish()", between(-5, -5))
			c.until(event("END_OF_CHANNEL")) // the connection lives on
		})
	}
}

func TestValuesAsText(t *testing.T) {
	c := newRoom(t, Config{}).connect()
	c.send(fmt.Sprintf(`{"type":"execute","channel":"c","program":"const(1).publish()","start":"%d","stop":"%d","resolution":"1000","maxDelay":1e3,"immediate":"true","compress":"true","persistent":"false"}`, at(-3), at(-2)))
	all := c.until(event("END_OF_CHANNEL"))
	assert.True(t, all[0].binary, "compress was understood")
	assert.Contains(t, story(all), "data -2 <nil>/<nil>=1l")
}

func TestChannels(t *testing.T) {
	r := newRoom(t, Config{MaxChannels: 2})
	c := r.connect()
	open := func(name string) {
		c.send(`{"type":"execute","channel":"` + name + `","program":"const(1).publish()"}`)
	}
	open("one")
	c.until(event("JOB_START"))
	open("one")
	assert.Equal(t, "channel: is in use on this connection", c.next().members["message"])
	open("two")
	c.until(event("JOB_START"))
	open("three")
	refused := c.next()
	assert.Equal(t, "Too many channels in this connection", refused.members["message"])
	assert.EqualValues(t, 429, refused.members["error"])
	assert.Len(t, r.server.Jobs(), 2)
	c.send(`{"type":"detach","channel":"two","reason":"done"}`)
	open("three")
	assert.Equal(t, "three", c.until(event("JOB_START"))[0].members["channel"])
}

func TestStopEndsTheChannelWithItsReason(t *testing.T) {
	r := newRoom(t, Config{})
	c := r.connect()
	c.execute("const(1).publish()", "")
	handle := c.until(event("JOB_START"))[1].members["handle"].(string)
	other := r.connect()
	other.send(`{"type":"stop","handle":"` + handle + `","reason":"enough"}`)
	abort := c.next()
	assert.Equal(t, "CHANNEL_ABORT", abort.members["event"])
	assert.Equal(t, map[string]any{"sf_job_abortState": "STOPPED", "sf_job_abortReason": "enough"}, abort.members["abortInfo"])
	c.execute("const(1).publish()", "")
	c.until(event("JOB_START"))
}

func TestStartAndAttach(t *testing.T) {
	r := newRoom(t, Config{})
	r.point("cpu", "a", -5, 1)
	c := r.connect()
	c.send(fmt.Sprintf(`{"type":"start","channel":"c","program":"data('cpu').publish('x')","start":%d,"stop":%d,"resolution":1000}`, at(-5), at(-4)))
	started := c.next()
	assert.Equal(t, "computation-started", started.kind)
	handle := started.members["computationId"].(string)
	r.clock.Advance(idleTime)
	c.until(event("KEEP_ALIVE"))
	c.send(`{"type":"keepalive","handle":"` + handle + `"}`)
	c.send(`{"type":"attach","channel":"c","handle":"` + handle + `","filters":"x"}`)
	assert.Equal(t, "the lab knows no filters for attach", c.one(kind("error")).members["message"])
	c.send(`{"type":"attach","channel":"c","handle":"` + handle + `"}`)
	all := c.until(event("END_OF_CHANNEL"))
	assert.Contains(t, story(all), "data -5 x/a=1")
	assert.Empty(t, r.server.Jobs(), "a job ends with its last stream")
}

func TestStartedJobsAreForgottenUnlessKept(t *testing.T) {
	r := newRoom(t, Config{})
	c := r.connect()
	c.send(`{"type":"start","channel":"c","program":"const(1).publish()"}`)
	handle := c.next().members["computationId"].(string)
	r.clock.Advance(idleTime + time.Second)
	c.until(event("KEEP_ALIVE"))
	c.send(`{"type":"keepalive","handle":"` + handle + `"}`)
	assert.Equal(t, "there is no job with this handle", c.one(kind("error")).members["message"])
}

func TestPreflightCountsIncidents(t *testing.T) {
	r := newRoom(t, Config{})
	for second, value := range map[int]float64{-9: 1, -8: 5, -7: 1, -6: 5, -5: 5} {
		r.point("cpu", "a", second, value)
	}
	c := r.connect()
	c.send(fmt.Sprintf(`{"type":"preflight","channel":"c","program":"detect(when(data('cpu') > 3)).publish()","start":%d,"stop":%d}`, at(-10), at(10)))
	m := c.next()
	assert.Equal(t, "estimation", m.kind)
	assert.EqualValues(t, 2, m.members["result"])
	assert.Equal(t, "c", m.members["channel"])
}

func TestEventsOfDetectors(t *testing.T) {
	r := newRoom(t, Config{})
	for second, value := range map[int]float64{-9: 1, -8: 5, -7: 1} {
		r.point("cpu", "a", second, value)
	}
	c := r.connect()
	c.execute("A = data('cpu')\ndetect(when(A > 3)).publish('high')", between(-9, -7))
	var told []received
	for _, m := range c.until(event("END_OF_CHANNEL")) {
		if m.kind == "event" || m.kind == "metadata" {
			told = append(told, m)
		}
	}
	require.Len(t, told, 3)
	metadata := told[0].members["properties"].(map[string]any)
	assert.Equal(t, "EventTimeSeries", metadata["sf_type"])
	assert.Equal(t, "high", metadata["sf_streamLabel"])
	assert.JSONEq(t, `{"_S1":{"identifier":"A"}}`, metadata["sf_detectInputContexts"].(string))
	opened, closed := told[1], told[2]
	assert.Equal(t, told[0].members["tsId"], opened.members["tsId"])
	assert.EqualValues(t, at(-8), opened.members["timestampMs"])
	assert.Equal(t, map[string]any{}, opened.members["metadata"])
	properties := opened.members["properties"].(map[string]any)
	assert.Equal(t, map[string]any{
		"is": "anomalous", "was": "ok", "incidentId": properties["incidentId"], "event_annotations": map[string]any{},
		"inputs": map[string]any{"_S1": map[string]any{"key": map[string]any{"host": "a"}, "value": 5.0}},
	}, properties)
	assert.Len(t, properties["incidentId"], 11)
	end := closed.members["properties"].(map[string]any)
	assert.Equal(t, properties["incidentId"], end["incidentId"])
	assert.Equal(t, "ok", end["is"])
}

func TestCustomEvents(t *testing.T) {
	r := newRoom(t, Config{})
	r.store.AddEvents(signalfx.Vendor, []store.Event{{
		Type: "deploy", Timestamp: at(-5) + 7, Dimensions: store.Dimensions{{Key: "host", Value: "a"}}, Properties: map[string]any{"v": int64(1)},
	}})
	c := r.connect()
	c.execute("events(eventType='deploy').publish('F')", between(-6, -4))
	for _, m := range c.until(event("END_OF_CHANNEL")) {
		if m.kind != "event" {
			continue
		}
		assert.EqualValues(t, at(-5)+7, m.members["timestampMs"])
		assert.Equal(t, map[string]any{"v": 1.0}, m.members["properties"])
		metadata := m.members["metadata"].(map[string]any)
		assert.Equal(t, "deploy", metadata["sf_eventType"])
		assert.Equal(t, "a", metadata["host"])
		return
	}
	t.Fatal("no event came")
}

func TestImmediateWaitsForNothing(t *testing.T) {
	c := newRoom(t, Config{}).connect()
	c.execute("const(1).publish()", fmt.Sprintf(`"start":%d,"stop":%d,"resolution":1000,"immediate":true,`, at(-3), at(100)))
	all := story(c.until(event("END_OF_CHANNEL")))
	assert.Contains(t, all, "data -2 <nil>/<nil>=1l")
	assert.NotContains(t, all, "data -1 <nil>/<nil>=1l", "a step of a second and a delay of another")
}

func TestAuthentication(t *testing.T) {
	tokens := signalfx.NewTokens(
		signalfx.Token{Secret: "some-token", Scopes: []signalfx.Scope{signalfx.ScopeAPI}},
		signalfx.Token{Secret: "ingest", Scopes: []signalfx.Scope{signalfx.ScopeIngest}})
	t.Run("refused", func(t *testing.T) {
		for name, test := range map[string]struct {
			first string
			want  int
		}{
			"an unknown token":           {`{"type":"authenticate","token":"other"}`, 4401},
			"no token":                   {`{"type":"authenticate"}`, 4401},
			"a token without API access": {`{"type":"authenticate","token":"ingest"}`, 4401},
			"another message first":      {`{"type":"keepalive","handle":"x"}`, 1008},
			"no JSON":                    {`hello`, 1008},
		} {
			t.Run(name, func(t *testing.T) {
				c := newRoom(t, Config{Tokens: tokens}).dial()
				c.send(test.first)
				code, _ := c.closed()
				assert.Equal(t, test.want, code)
			})
		}
	})
	t.Run("too late", func(t *testing.T) {
		r := newRoom(t, Config{})
		c := r.dial()
		waitFor(t, r, 1)
		r.clock.Advance(authTime)
		code, _ := c.closed()
		assert.Equal(t, 1008, code)
	})
	t.Run("again with another token", func(t *testing.T) {
		c := newRoom(t, Config{Tokens: tokens}).connect()
		c.execute("const(1).publish()", "")
		c.until(event("JOB_START"))
		c.send(`{"type":"authenticate","token":"some-token"}`)
		assert.Equal(t, "authenticated", c.next().kind)
		c.send(`{"type":"authenticate","token":"other"}`)
		code, _ := c.closed()
		assert.Equal(t, 4401, code)
	})
}

func TestKeepAlive(t *testing.T) {
	r := newRoom(t, Config{KeepAlive: time.Minute})
	c := r.connect()
	for i := range 2 {
		waitFor(t, r, 1)
		r.clock.Advance(time.Minute)
		m := c.next()
		assert.Equal(t, "KEEP_ALIVE", m.members["event"])
		assert.EqualValues(t, at(60*(i+1)), m.members["timestampMs"])
		assert.NotContains(t, m.members, "channel")
		assert.False(t, m.binary)
	}
}

func TestJobsEndWithTheConnection(t *testing.T) {
	r := newRoom(t, Config{})
	c := r.connect()
	c.execute("const(1).publish()", "")
	c.until(event("JOB_START"))
	require.Len(t, r.server.Jobs(), 1)
	require.NoError(t, c.conn.CloseNow())
	require.NoError(t, r.store.Wait(t.Context(), func() bool { return len(r.store.Requests(0, 0)) == 1 }))
	assert.Empty(t, r.server.Jobs())
	request := r.store.Requests(0, 1)[0]
	assert.Equal(t, 101, request.Status)
	assert.Equal(t, map[string]int{"job": 1, "message": 2}, request.Accepted)
}

func TestQuotaOfJobs(t *testing.T) {
	quota := NewQuota()
	require.NoError(t, quota.Set(1, 0))
	c := newRoom(t, Config{Quota: quota}).connect()
	c.execute("const(1).publish()", between(-5, -5))
	c.until(event("END_OF_CHANNEL"))
	c.execute("const(1).publish()", between(-5, -5))
	m := c.next()
	assert.EqualValues(t, 429, m.members["error"])
}

func faulty(t *testing.T, fault faults.Fault) *room {
	t.Helper()
	r := newRoom(t, Config{})
	_, err := r.faults.Add(fault)
	require.NoError(t, err)
	return r
}

func TestFaultsOfTheSocket(t *testing.T) {
	five, none := 5, 0
	t.Run("drop after five messages", func(t *testing.T) {
		c := faulty(t, faults.Fault{DropAfter: &five, Count: 1}).connect()
		c.execute("const(1).publish()", between(-5, -1))
		code, before := c.closed()
		assert.Equal(t, -1, code, "no close frame")
		assert.Len(t, before, 5)
	})
	t.Run("only those since it was switched on count", func(t *testing.T) {
		r := newRoom(t, Config{})
		c := r.connect()
		c.execute("const(1).publish()", between(-5, -5))
		c.until(event("END_OF_CHANNEL"))
		_, err := r.faults.Add(faults.Fault{Vendor: Vendor, Path: ConnectPath, DropAfter: &five})
		require.NoError(t, err)
		c.execute("const(1).publish()", between(-5, -1))
		_, before := c.closed()
		assert.Len(t, before, 5)
	})
	t.Run("close in good order", func(t *testing.T) {
		r := faulty(t, faults.Fault{DropAfter: &five, CloseCode: 1011})
		c := r.connect()
		c.execute("const(1).publish()", between(-5, -1))
		code, _ := c.closed()
		assert.Equal(t, 1011, code)
		require.NoError(t, r.store.Wait(t.Context(), func() bool { return len(r.store.Requests(0, 0)) == 1 }))
		assert.Equal(t, "drop after 5 messages", r.store.Requests(0, 1)[0].Fault)
	})
	t.Run("half open from the first message", func(t *testing.T) {
		r := newRoom(t, Config{KeepAlive: time.Minute})
		c := r.connect()
		_, err := r.faults.Add(faults.Fault{SilentAfter: &none})
		require.NoError(t, err)
		c.execute("const(1).publish()", between(-5, -1))
		require.Eventually(t, func() bool { return r.faults.List()[0].Hits == 1 }, 10*time.Second, time.Millisecond)
		r.faults.Clear()
		r.clock.Advance(time.Hour)
		c.send(`{"type":"dance"}`)
		_ = c.conn.CloseNow()
		require.NoError(t, r.store.Wait(t.Context(), func() bool { return len(r.store.Requests(0, 0)) == 1 }))
		assert.NotContains(t, r.store.Requests(0, 1)[0].Accepted, "message", "nothing was sent any more")
	})
	t.Run("authentication is refused", func(t *testing.T) {
		c := faulty(t, faults.Fault{Path: AuthenticatePath, Status: 401, Count: 1}).dial()
		c.send(`{"type":"authenticate","token":"some-token"}`)
		code, _ := c.closed()
		assert.Equal(t, 4401, code)
	})
	t.Run("jobs are refused", func(t *testing.T) {
		c := faulty(t, faults.Fault{Path: ExecutePath, Status: 429, Count: 1}).connect()
		c.execute("const(1).publish()", "")
		assert.EqualValues(t, 429, c.next().members["error"])
		c.execute("const(1).publish()", "")
		c.until(event("JOB_START"))
	})
}
