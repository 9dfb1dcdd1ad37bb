package wavefront

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

const (
	trace1 = "7b3bf470-9456-11e8-9eb6-529269fb1459"
	span1  = "0313bafe-9457-11e8-9eb6-529269fb1459"
	parent = "2f64e538-9457-11e8-9eb6-529269fb1459"
	ids    = ` traceId=` + trace1 + ` spanId=` + span1
	app    = ` application=shop service=cart`
)

func TestSpanLine(t *testing.T) {
	r := newRoom(t, Config{})
	r.report("trace", `"getAllUsers" source="localhost"`+ids+` parent=`+parent+` followsFrom=`+parent+
		` "application"="shop" "service"="cart" "cluster"="none" "shard"="none" "span.kind"="server" "error"="true" "test_id"="run" 1552949776000 343`)
	traces := r.store.Traces(0, 0)
	require.Len(t, traces, 1, r.store.Rejections(0, 0))
	assert.Equal(t, "getAllUsers", traces[0].Root)
	assert.Equal(t, []store.Span{{
		Vendor: Vendor, Received: arrival, TraceID: trace1, SpanID: span1, ParentID: parent,
		Service: "cart", Name: "getAllUsers", Kind: "server", Status: "error",
		Start: 1552949776000 * 1e6, Duration: 343 * 1e6,
		Attributes: map[string]any{"parent": parent, "followsFrom": parent, "application": "shop", "service": "cart",
			"cluster": "none", "shard": "none", "span.kind": "server", "error": "true", "test_id": "run"},
		Resource: map[string]any{"source": "localhost"},
	}}, traces[0].Spans)
	assert.Equal(t, 1, r.store.Audit("run").Distinct)
}

func TestSpanTimes(t *testing.T) {
	for _, test := range []struct {
		name, numbers   string
		start, duration int64
	}{
		{"seconds", "1552949776 2", 1552949776e9, 2e9},
		{"milliseconds", "1552949776000 343", 1552949776e9, 343e6},
		{"microseconds", "1552949776000000 343", 1552949776e9, 343e3},
		{"nanoseconds", "1552949776000000000 343", 1552949776e9, 343},
		{"an end in place of the duration", "1552949776000 1552949776343", 1552949776e9, 343e6},
		{"no duration", "1552949776000 0", 1552949776e9, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("trace", `op source=s`+ids+app+` `+test.numbers)
			spans := r.store.Spans(0, 0)
			require.Len(t, spans, 1, r.store.Rejections(0, 0))
			assert.Equal(t, test.start, spans[0].Start)
			assert.Equal(t, test.duration, spans[0].Duration)
		})
	}
}

func TestSpanKeysThatRepeat(t *testing.T) {
	r := newRoom(t, Config{})
	r.report("trace", `op host=h source=s`+ids+app+` k=1 k=2 k=3 1552949776000 1`)
	spans := r.store.Spans(0, 0)
	require.Len(t, spans, 1)
	assert.Equal(t, []string{"1", "2", "3"}, spans[0].Attributes["k"])
	assert.Equal(t, "s", spans[0].Resource["source"], "the last of host and source wins")
}

func TestSpansThatAreRefused(t *testing.T) {
	const end = " 1552949776000 1"
	for _, test := range []struct {
		name, line string
		want       Reason
	}{
		{"no start", `op source=s` + ids + app, LineUnparsable},
		{"no duration", `op source=s` + ids + app + ` 1552949776000`, LineUnparsable},
		{"negative duration", `op source=s` + ids + app + ` 1552949776000 -1`, LineUnparsable},
		{"something behind the duration", `op source=s` + ids + app + end + ` k=v`, LineUnparsable},
		{"key of digits only", `op source=s` + ids + app + ` "404"="x"` + end, LineUnparsable},
		{"trace id that is no UUID", `op source=s traceId=abc spanId=` + span1 + app + end, LineUnparsable},
		{"no span id", `op source=s traceId=` + trace1 + app + end, LineUnparsable},
		{"blank name", `" " source=s` + ids + app + end, LineUnparsable},
		{"no source", `op` + ids + app + end, SpanSourceMissing},
		{"long source", `op source=` + long(129) + ids + app + end, SpanSourceLength},
		{"long name", long(129) + ` source=s` + ids + app + end, SpanNameLength},
		{"star in the name", `a*b source=s` + ids + app + end, SpanNameChars},
		{"51 tags", `op source=s` + ids + app + manyTags(49) + end, SpanTagCount},
		{"long key", `op source=s` + ids + app + ` ` + long(129) + `=v` + end, SpanTagKeyLength},
		{"blank in a key", `op source=s` + ids + app + ` "a b"=v` + end, SpanTagKeyChars},
		{"empty value", `op source=s` + ids + app + ` k=""` + end, SpanTagValueBlank},
		{"no application", `op source=s` + ids + ` service=cart` + end, SpanTagMissing},
		{"two services", `op source=s` + ids + app + ` service=other` + end, SpanTagRepeated},
		{"more than a day ahead", `op source=s` + ids + app + ` 1553036177000 1`, SpanTimestamp},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("trace", test.line)
			assert.Equal(t, []Reason{test.want}, r.reasons())
			assert.Empty(t, r.store.Spans(0, 0))
		})
	}
}

func TestSpanValueIsCut(t *testing.T) {
	r := newRoom(t, Config{})
	r.report("trace", `op source=s`+ids+app+` k="`+strings.Repeat("😀", 65)+`" 1552949776000 1`)
	assert.Equal(t, []Reason{SpanTagValueLength}, r.reasons())
	spans := r.store.Spans(0, 0)
	require.Len(t, spans, 1, "the span is kept")
	assert.Equal(t, strings.Repeat("😀", 64), spans[0].Attributes["k"])
}

func TestProxyRepairsSpanNames(t *testing.T) {
	r := newRoom(t, Config{})
	r.viaProxy("trace", `"a * b" source=s`+ids+app+` 1552949776000 1`)
	spans := r.store.Spans(0, 0)
	require.Len(t, spans, 1)
	assert.Equal(t, "a - b", spans[0].Name)
}

func TestSpanLogsAreJoinedToTheirSpan(t *testing.T) {
	for name, lines := range map[string][2]string{
		"logs after the span":  {"trace", "spanLogs"},
		"logs before the span": {"spanLogs", "trace"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, Config{})
			line := map[string]string{
				"trace": `op source=s` + ids + app + ` _spanLogs=true 1552949776000 1`,
				"spanLogs": `{"traceId":"` + strings.ToUpper(trace1) + `","spanId":"` + span1 + `","logs":[` +
					`{"timestamp":1552949776000001,"fields":{"error.kind":"exception","test_id":"run"}},{"timestamp":1552949776000002,"fields":{}}],"span":"op\n"}`,
			}
			for _, format := range lines {
				r.report(format, line[format])
			}
			traces := r.store.Traces(0, 0)
			require.Len(t, traces, 1)
			require.Len(t, traces[0].Spans[0].Logs, 2)
			log := traces[0].Spans[0].Logs[0]
			assert.EqualValues(t, 1552949776000001, log.Timestamp)
			assert.Equal(t, map[string]any{"error.kind": "exception", "test_id": "run"}, log.Fields)
			assert.Equal(t, 1, r.store.Audit("run").Distinct)
			assert.EqualValues(t, 2, r.store.Stats().Vendors[Vendor].SpanLogs)
		})
	}
}

func TestSpanLogsThatAreRefused(t *testing.T) {
	const begin = `{"traceId":"` + trace1 + `","spanId":"` + span1 + `",`
	for _, test := range []struct {
		name, line string
		want       Reason
	}{
		{"no JSON", `{`, LineUnparsable},
		{"ids that are no UUIDs", `{"traceId":"t","spanId":"s","logs":[{"timestamp":5,"fields":{}}]}`, LineUnparsable},
		{"no logs", begin + `"logs":[]}`, LineUnparsable},
		{"no timestamp", begin + `"logs":[{"fields":{}}]}`, LineUnparsable},
		{"timestamp with a fraction", begin + `"logs":[{"timestamp":1.5,"fields":{}}]}`, LineUnparsable},
		{"value that is a number", begin + `"logs":[{"timestamp":5,"fields":{"a":1}}]}`, LineUnparsable},
		{"two objects in a line", begin + `"logs":[{"timestamp":5,"fields":{}}]} {}`, LineUnparsable},
		{"longer than 32,768 bytes", begin + `"logs":[{"timestamp":5,"fields":{"a":"` + long(32768) + `"}}]}`, SpanLogLength},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.report("spanLogs", test.line)
			assert.Equal(t, []Reason{test.want}, r.reasons())
			assert.Empty(t, r.store.SpanLogs(0, 0))
		})
	}
}
