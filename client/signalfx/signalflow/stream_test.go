package signalflow_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow/signalflowtest"
)

// labeled is metadata with a stream label.
func labeled(label string) map[string]any {
	return map[string]any{"sf_streamLabel": label, "sf_key": []string{"host"}, "host": "host-0"}
}

// sentence is how a stream reads in the table below.
func sentence(messages []string) string { return strings.Join(messages, "; ") }

// TestStreams plays what a service may do on a channel.
func TestStreams(t *testing.T) {
	double := signalflowtest.Double(1, 46.5)
	tests := []struct {
		name   string
		script func(ch *signalflowtest.Channel)
		want   string
		end    error // compared by text; io.EOF if nil
	}{
		{
			name: "two blocks, interleaved on the first batch",
			script: func(ch *signalflowtest.Channel) {
				ch.Metadata(1, labeled("a"))
				ch.Data(t0, double)
				ch.Metadata(2, labeled("b"))
				ch.Data(t0, signalflowtest.Long(2, 5))
				ch.Resolution(time.Second)
				ch.Data(t0.Add(time.Second), double)
				ch.Data(t0.Add(time.Second), signalflowtest.Long(2, 5))
				ch.End()
			},
			want: "metadata a; data a; metadata b; data b; JOB_RUNNING_RESOLUTION; data a; data b",
		},
		{
			name: "empty data before any metadata",
			script: func(ch *signalflowtest.Channel) {
				ch.Data(t0)
				ch.Metadata(1, labeled("a"))
				ch.Data(t0.Add(time.Second), double)
				ch.End()
			},
			want: "data, empty; metadata a; data a",
		},
		{
			name: "no info message, and the resolution told twice",
			script: func(ch *signalflowtest.Channel) {
				ch.Resolution(time.Second)
				ch.Resolution(time.Minute)
				ch.Info("SOMETHING_NEW", nil)
				ch.Info("GROUPBY_MISSING_PROPERTY", nil)
				ch.End()
			},
			want: "JOB_RUNNING_RESOLUTION; JOB_RUNNING_RESOLUTION; SOMETHING_NEW; GROUPBY_MISSING_PROPERTY",
		},
		{
			name: "metadata behind its data keeps the order",
			script: func(ch *signalflowtest.Channel) {
				ch.Data(t0, double)
				ch.Info("JOB_DETECTED_LAG", map[string]any{"lagMs": 3})
				ch.Data(t0.Add(time.Second), double)
				ch.Metadata(1, labeled("a"))
				ch.End()
			},
			want: "data a; JOB_DETECTED_LAG; data a; metadata a",
		},
		{
			name: "metadata that never comes",
			script: func(ch *signalflowtest.Channel) {
				ch.Data(t0, double)
				ch.Data(t0.Add(time.Second), double)
				ch.End()
			},
			want: "data, unresolved; data, unresolved",
		},
		{
			name: "a series that ends and comes back",
			script: func(ch *signalflowtest.Channel) {
				ch.Metadata(1, labeled("a"))
				ch.Data(t0, double)
				ch.Expired(1)
				ch.Expired(1)
				ch.Metadata(1, labeled("b"))
				ch.Data(t0.Add(time.Second), double)
				ch.End()
			},
			want: "metadata a; data a; expired; expired; metadata b; data b",
		},
		{
			name: "a series that ends while its data waits for metadata",
			script: func(ch *signalflowtest.Channel) {
				ch.Metadata(1, labeled("a"))
				ch.Data(t0, double, signalflowtest.Long(2, 1))
				ch.Expired(1)
				ch.Data(t0.Add(time.Second), double)
				ch.Metadata(1, labeled("b"))
				ch.Metadata(2, labeled("c"))
				ch.Data(t0.Add(2*time.Second), double)
				ch.End()
			},
			want: "metadata a; data a; expired; data b; metadata b; metadata c; data b",
		},
		{
			name: "an event",
			script: func(ch *signalflowtest.Channel) {
				ch.Message("event", map[string]any{"tsId": signalflowtest.ID(9), "timestampMs": 5, "properties": map[string]any{"is": "anomalous"}})
				ch.End()
			},
			want: "event",
		},
		{
			name: "types and events nobody knows",
			script: func(ch *signalflowtest.Channel) {
				ch.Message("weather-report", nil)
				ch.Raw(true, signalflowtest.Frame(1, 99, true, "", ch.Request.Channel, []byte(`{}`)))
				ch.Raw(true, signalflowtest.Frame(1, 11, true, "", ch.Request.Channel, []byte(`{}`)))
				ch.Control("ATTACH", nil)
				ch.Control("KEEP_ALIVE", nil)
				ch.End()
			},
			want: "ATTACH",
		},
		{
			name: "messages that cannot be decoded",
			script: func(ch *signalflowtest.Channel) {
				whole := signalflowtest.DataFrame(1, "", ch.Request.Channel, 1, 0, double)
				ch.Raw(true, whole[:25])
				ch.Raw(true, whole[:len(whole)-1])
				ch.Raw(true, signalflowtest.Frame(1, 4, true, "", ch.Request.Channel, []byte(`{"tsId":`)))
				ch.Raw(true, signalflowtest.Frame(1, 4, true, "", ch.Request.Channel, []byte(`{"tsId":"short"}`)))
				ch.Raw(true, signalflowtest.Frame(1, 10, true, "", ch.Request.Channel, []byte(`{}`)))
				gzipped := signalflowtest.Frame(1, 2, true, signalflowtest.Gzip, ch.Request.Channel, []byte(`{}`))
				ch.Raw(true, gzipped[:len(gzipped)-9])
				ch.End()
			},
			want: "malformed data; malformed data; malformed metadata; malformed metadata; malformed expired-tsid; malformed message",
		},
		{
			name: "messages for nobody",
			script: func(ch *signalflowtest.Channel) {
				ch.Raw(true, []byte{1, 2, 3})
				ch.Raw(true, signalflowtest.DataFrame(1, "", "somebody", 1, 0, double))
				ch.Raw(false, []byte(`{"type":"data","channel":"somebody"}`))
				ch.Raw(false, []byte(`not JSON`))
				ch.Raw(true, signalflowtest.Frame(1, 1, true, "", "", []byte(`{"event":"KEEP_ALIVE"}`)))
				ch.Raw(false, []byte(`{"type":"authenticated"}`))
				ch.Control("STREAM_START", nil)
				ch.End()
			},
			want: "STREAM_START",
		},
		{
			name: "the header's channel wins",
			script: func(ch *signalflowtest.Channel) {
				ch.Raw(true, signalflowtest.Frame(1, 1, true, "", ch.Request.Channel, []byte(`{"channel":"other","event":"STREAM_START"}`)))
				ch.End()
			},
			want: "STREAM_START",
		},
		{
			name: "JSON data",
			script: func(ch *signalflowtest.Channel) {
				ch.Metadata(1, labeled("a"))
				ch.Message("data", map[string]any{"logicalTimestampMs": 5, "data": []any{map[string]any{"tsId": signalflowtest.ID(1), "value": 1.5}}})
				ch.End()
			},
			want: "metadata a; data a",
		},
		{
			name: "messages behind the end",
			script: func(ch *signalflowtest.Channel) {
				ch.Raw(false, []byte(`{"type":"control-message","event":"END_OF_CHANNEL","channel":"`+ch.Request.Channel+`"}`))
				ch.Data(t0)
			},
		},
		{
			name:   "aborted",
			script: func(ch *signalflowtest.Channel) { ch.Started(); ch.Abort("ABORTED", "too many time series") },
			want:   "STREAM_START; JOB_START",
			end:    errors.New("signalflow: the service aborted the computation: ABORTED: too many time series"),
		},
		{
			name:   "aborted without a reason",
			script: func(ch *signalflowtest.Channel) { ch.Control("CHANNEL_ABORT", nil) },
			end:    errors.New("signalflow: the service aborted the computation"),
		},
		{
			name: "a program that is wrong",
			script: func(ch *signalflowtest.Channel) {
				ch.Message("error", map[string]any{"error": 400, "errorType": "ANALYTICS_PROGRAM_NAME_ERROR", "message": "no such name", "context": map[string]any{"line": 1, "column": 5, "programText": "secret"}})
			},
			end: errors.New("signalflow: the service answered with error 400 ANALYTICS_PROGRAM_NAME_ERROR: no such name (line 1, column 5)"),
		},
		{
			name: "an error with nulls",
			script: func(ch *signalflowtest.Channel) {
				ch.Message("error", map[string]any{"error": 500, "errorType": nil, "message": nil, "context": nil})
			},
			end: errors.New("signalflow: the service answered with error 500"),
		},
		{
			name: "an error with a list of codes",
			script: func(ch *signalflowtest.Channel) {
				ch.Message("error", map[string]any{"errors": []any{map[string]any{"code": "A_CODE", "context": map[string]any{}}, map[string]any{"code": 7}, nil}})
			},
			end: errors.New("signalflow: the service answered with error A_CODE, 7"),
		},
		{
			name: "an error without a type",
			script: func(ch *signalflowtest.Channel) {
				ch.Raw(false, []byte(`{"channel":"`+ch.Request.Channel+`","error":"bad","message":{"a":1}}`))
			},
			end: errors.New(`signalflow: the service answered with error: {"a":1}`),
		},
		{
			name: "an error without a channel, in answer to the request",
			script: func(ch *signalflowtest.Channel) {
				ch.Raw(false, []byte(`{"type":"error","error":429,"message":"slow down"}`))
			},
			end: errors.New("signalflow: the service answered with error 429: slow down"),
		},
		{
			name: "an error that repeats the token",
			script: func(ch *signalflowtest.Channel) {
				ch.Error(403, "", "token "+"s3cr3t"+" may not do that")
			},
			end: errors.New("signalflow: the service answered with error 403: token [token] may not do that"),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
				server.Token = "s3cr3t"
				server.Handle(program, tt.script)
				computation := execute(t, newClient(t, server, nil), signalflow.Request{})
				messages, _, err := drain(t, computation)
				assert.Equal(t, tt.want, sentence(messages))
				if tt.end == nil {
					tt.end = io.EOF
				}
				assert.EqualError(t, err, tt.end.Error())
			})
		})
	}
}

func TestIgnoredIsCounted(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, func(ch *signalflowtest.Channel) {
			name := ch.Request.Channel
			ch.Raw(true, []byte{1, 2, 3})
			ch.Raw(true, signalflowtest.DataFrame(1, "", "somebody", 1, 0))
			ch.Message("weather-report", nil)
			ch.Metadata(1, labeled("a"))
			ch.Metadata(2, labeled("b"))
			ch.Raw(true, append(signalflowtest.DataFrame(1, "", name, 1, 0, signalflowtest.Double(1, 1), signalflowtest.Point{Kind: 7}), 0))
			ch.Data(t0, signalflowtest.Double(2, 1))
			ch.Raw(false, []byte(`{"type":"control-message","event":"END_OF_CHANNEL","channel":"`+name+`"}`))
			ch.Data(t0)
			ch.Data(t0)
		})
		client := newClient(t, server, func(o *signalflow.Options) { o.MaxSeries = 1 })
		computation := execute(t, client, signalflow.Request{})
		synctest.Wait() // until everything is in the queue
		_, _, err := drain(t, computation)
		require.Equal(t, io.EOF, err)
		stats := client.Stats()
		assert.Equal(t, [signalflow.NumIgnored]uint64{
			signalflow.IgnoredMalformed: 1, signalflow.IgnoredUnknownChannel: 1, signalflow.IgnoredUnknownType: 1,
			signalflow.IgnoredUnknownValue: 1, signalflow.IgnoredTrailing: 1, signalflow.IgnoredAfterEnd: 2, signalflow.IgnoredSeriesLimit: 1,
		}, stats.Ignored)
		assert.Equal(t, uint64(2), stats.Points)
		assert.Equal(t, uint64(1), stats.Unresolved)
		assert.Equal(t, uint64(2), stats.Messages[signalflow.TypeMetadata])
		assert.Equal(t, int64(1), stats.OpenConnections)
	})
}

// Data must wait for its metadata, but each series only once, and never beyond the time allowed.
func TestMetadataTimeout(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, func(ch *signalflowtest.Channel) {
			ch.Data(t0, signalflowtest.Double(1, 1))
			ch.Data(t0.Add(time.Second), signalflowtest.Double(1, 2))
			<-ch.Done()
		})
		computation := execute(t, newClient(t, server, func(o *signalflow.Options) { o.MetadataTimeout = 3 * time.Second }), signalflow.Request{})
		began := time.Now()

		impatient, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := computation.Next(impatient)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		for range 2 {
			m, err := computation.Next(context.Background())
			require.NoError(t, err)
			assert.Equal(t, 1, m.(*signalflow.Data).Unresolved)
			assert.Equal(t, 3*time.Second, time.Since(began))
		}
		require.NoError(t, computation.Close())
		_, err = computation.Next(context.Background())
		assert.ErrorIs(t, err, signalflow.ErrClosed)
	})
}

func TestMetadataOfKnownSeriesStays(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, func(ch *signalflowtest.Channel) {
			for _, label := range []string{"a", "a", "b"} {
				ch.Metadata(1, labeled(label))
			}
			ch.End()
		})
		computation := execute(t, newClient(t, server, nil), signalflow.Request{})
		var series []*signalflow.Series
		for range 3 {
			m, err := computation.Next(context.Background())
			require.NoError(t, err)
			series = append(series, m.(*signalflow.Metadata).Series)
		}
		assert.Same(t, series[0], series[1], "what a caller derived from a series stays good")
		assert.NotSame(t, series[1], series[2])
		require.NoError(t, computation.Close())
	})
}

func TestMessageContents(t *testing.T) {
	inBubble(t, func(t *testing.T, server *signalflowtest.Server) {
		server.Handle(program, func(ch *signalflowtest.Channel) {
			ch.Control("JOB_PROGRESS", map[string]any{"progress": "40"})
			ch.Info("FIND_LIMITED_RESULT_SET", map[string]any{"matchedSize": 12000, "limitSize": 10000})
			ch.Info("FIND_MATCHED_DIMENSIONS", map[string]any{"dimensionCounts": []any{map[string]any{"dimensions": []string{"host"}, "count": 3}}})
			ch.Info("JOB_RUNNING_RESOLUTION", map[string]any{"resolutionMs": "1000", "query": 5})
			ch.Metadata(7, map[string]any{"sf_type": "EventTimeSeries"})
			ch.Message("event", map[string]any{
				"tsId": signalflowtest.ID(7), "timestampMs": 99,
				"properties": map[string]any{"inputs": `{"_S1":{"value":4}}`}, "metadata": map[string]any{"n": 1.5},
			})
			ch.Expired(7)
			ch.End()
		})
		computation := execute(t, newClient(t, server, nil), signalflow.Request{})
		next := func() signalflow.Message {
			m, err := computation.Next(context.Background())
			require.NoError(t, err)
			return m
		}
		assert.Equal(t, int64(40), next().(*signalflow.Control).Progress)
		limited := next().(*signalflow.Info)
		assert.Equal(t, "INFO", limited.Level)
		assert.Equal(t, signalflow.InfoContents{MatchedSize: 12000, LimitSize: 10000}, limited.Contents)
		assert.Equal(t, []signalflow.DimensionCount{{Dimensions: []string{"host"}, Count: 3}}, next().(*signalflow.Info).Contents.DimensionCounts)
		assert.Equal(t, int64(1000), next().(*signalflow.Info).Contents.ResolutionMs)
		series := next().(*signalflow.Metadata).Series

		event := next().(*signalflow.Event)
		assert.Equal(t, int64(99), event.TimestampMs)
		assert.Same(t, series, event.Series)
		require.Len(t, event.Properties, 1)
		inputs, ok := signalflow.ParseValue(event.Properties[0].Value.Text())
		require.True(t, ok)
		assert.Equal(t, "_S1", inputs.Map()[0].Key)
		assert.Equal(t, 1.5, event.Metadata[0].Value.Float())

		expired := next().(*signalflow.Expired)
		assert.Equal(t, signalflow.TSID(7), expired.TSID)
		assert.Same(t, series, expired.Series)
		require.NoError(t, computation.Close())
	})
}
