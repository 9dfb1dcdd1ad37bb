package translate

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestEvents(t *testing.T) {
	cases := map[string]struct {
		rules func(*EventRules)
		fill  func(plog.Logs, plog.LogRecord)
	}{
		"a named record": {fill: func(_ plog.Logs, r plog.LogRecord) {
			r.SetEventName("deploy")
			r.Body().SetStr("version 5\nof the cart")
			r.Attributes().PutStr("team", "a \"team\"")
			r.SetSeverityNumber(plog.SeverityNumberWarn2)
		}},
		"everything that an event can have": {fill: func(_ plog.Logs, r plog.LogRecord) {
			a := r.Attributes()
			a.PutStr("wavefront.event.name", "maintenance")
			a.PutInt("wavefront.event.end", (at+600)*1000)
			a.PutStr("wavefront.event.type", "planned")
			a.PutStr("wavefront.event.severity", "severe")
			a.PutStr("wavefront.event.details", "disks")
			tags := a.PutEmptySlice("wavefront.event.tags")
			tags.AppendEmpty().SetStr("env: prod")
			tags.AppendEmpty().SetStr(" ")
			a.PutEmptySlice("wavefront.event.hosts").AppendEmpty().SetStr("db-1")
			a.PutStr("blank", " ")
			a.PutStr("host", "reserved")
			a.PutStr("severity", "taken")
			r.SetTraceID([16]byte{1})
			r.SetSpanID([8]byte{2})
		}},
		"ends in words, and wrong ones": {fill: func(ld plog.Logs, r plog.LogRecord) {
			r.SetEventName("e")
			r.Attributes().PutStr("wavefront.event.end", "2023-11-14T22:30:00Z")
			records := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
			for _, end := range []string{"soon", "2020-01-01T00:00:00Z"} {
				copied := records.AppendEmpty()
				r.CopyTo(copied)
				copied.Attributes().PutStr("wavefront.event.end", end)
			}
		}},
		"the older place of the name": {fill: func(_ plog.Logs, r plog.LogRecord) {
			r.Attributes().PutStr("event.name", "click")
			r.Attributes().PutStr("event.domain", "browser")
		}},
		"ordinary records are no events": {fill: func(_ plog.Logs, r plog.LogRecord) {
			r.Body().SetStr("GET /")
		}},
		"all records on request, named by their first line": {
			rules: func(r *EventRules) { r.All = true },
			fill: func(ld plog.Logs, r plog.LogRecord) {
				r.Body().SetStr("out of stock\nat line 5")
				r.SetSeverityNumber(plog.SeverityNumberFatal)
				ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty()
			}},
		"times: observed, or now": {fill: func(ld plog.Logs, r plog.LogRecord) {
			r.SetEventName("e")
			r.SetTimestamp(0)
			r.CopyTo(ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty())
			r.SetObservedTimestamp(at * 1e9)
		}},
		"what is blank to a reader is left out": {fill: func(_ plog.Logs, r plog.LogRecord) {
			r.SetEventName("e")
			a := r.Attributes()
			a.PutStr("control characters", "\x01\x02")
			a.PutStr("\x1b", "v")
			a.PutStr("\u2206", "v")
			a.PutStr("wavefront.event.details", "\x7f")
			tags := a.PutEmptySlice("wavefront.event.tags")
			tags.AppendEmpty().SetStr("\x00")
			tags.AppendEmpty().SetStr("t")
		}},
		"annotations whose keys a line writes alike": {fill: func(_ plog.Logs, r plog.LogRecord) {
			r.SetEventName("e")
			a := r.Attributes()
			a.PutStr("a b", "first")
			a.PutStr("a/b", "second")
			a.PutStr("host", "reserved")
			a.PutStr("_host", "its own")
		}},
		"annotations whose keys are told apart in JSON": {
			rules: func(r *EventRules) { r.JSON = true },
			fill: func(_ plog.Logs, r plog.LogRecord) {
				r.SetEventName("e")
				r.Attributes().PutStr("a b", "first")
				r.Attributes().PutStr("a/b", "second")
			}},
		"a name that is blank to a reader": {fill: func(_ plog.Logs, r plog.LogRecord) {
			r.SetEventName("\x01")
		}},
		"times that a reader takes for seconds or microseconds": {fill: func(ld plog.Logs, r plog.LogRecord) {
			r.SetEventName("ends in 2286")
			r.Attributes().PutStr("wavefront.event.end", "2286-11-20T17:46:40Z")
			records := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
			for _, start := range []pcommon.Timestamp{1e12, 1e12 - 1} { // milliseconds
				copied := records.AppendEmpty()
				r.CopyTo(copied)
				copied.Attributes().Clear()
				copied.SetEventName("of 2001")
				copied.SetTimestamp(start * 1e6)
			}
		}},
		"JSON for the service": {
			rules: func(r *EventRules) { r.JSON = true },
			fill: func(_ plog.Logs, r plog.LogRecord) {
				r.SetEventName("deploy \"5\"\n")
				r.Attributes().PutStr("source", "mine")
				r.Attributes().PutEmptySlice("wavefront.event.tags").AppendEmpty().SetStr("t")
				r.SetSeverityNumber(plog.SeverityNumberDebug)
			}},
		"no source": {
			rules: func(r *EventRules) { r.Sources.Default = ""; r.Sources.Resource = nil },
			fill:  func(_ plog.Logs, r plog.LogRecord) { r.SetEventName("e") },
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rules := &EventRules{TagRules: testTagRules()}
			if c.rules != nil {
				c.rules(rules)
			}
			ld, r := oneRecord()
			c.fill(ld, r)
			out := encodeEvents(t, rules, wide, ld)
			testkit.Golden(t, out.String())
		})
	}
}
