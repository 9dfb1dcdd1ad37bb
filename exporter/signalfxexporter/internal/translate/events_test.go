package translate

import (
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// TestEvents has one golden file per rule, under testdata/golden/TestEvents.
func TestEvents(t *testing.T) {
	marked := func(r plog.LogRecord) pcommon.Map {
		r.Attributes().PutEmpty(eventCategoryAttribute)
		r.Attributes().PutStr(eventTypeAttribute, "deploy")
		return r.Attributes()
	}
	cases := map[string]struct {
		rules func(*EventRules)
		build func(resource pcommon.Map, next func() plog.LogRecord)
	}{
		"marked records, named records, and others": {build: func(_ pcommon.Map, next func() plog.LogRecord) {
			marked(next())
			next().SetEventName("device.app.lifecycle")
			next().Body().SetStr("an ordinary line")
		}},
		"all records, when configured": {
			rules: func(r *EventRules) { r.All = true },
			build: func(_ pcommon.Map, next func() plog.LogRecord) { next().Body().SetStr("an ordinary line") },
		},
		"categories by number, name and text": {build: func(_ pcommon.Map, next func() plog.LogRecord) {
			marked(next()).PutInt(eventCategoryAttribute, 100000)
			marked(next()).PutStr(eventCategoryAttribute, "EXCEPTION")
			marked(next()).PutStr(eventCategoryAttribute, "service_discovery")
			marked(next()).PutStr(eventCategoryAttribute, "2000000")
			marked(next()).PutInt(eventCategoryAttribute, 42)
			marked(next()).PutStr(eventCategoryAttribute, "nonsense")
			marked(next()).PutBool(eventCategoryAttribute, true)
		}},
		"types: attribute over event name, ASCII without blanks, 256 characters": {build: func(_ pcommon.Map, next func() plog.LogRecord) {
			r := next()
			marked(r)
			r.SetEventName("not used")
			marked(next()).PutStr(eventTypeAttribute, "roll back é")
			marked(next()).PutStr(eventTypeAttribute, strings.Repeat("t", 300))
			marked(next()).Remove(eventTypeAttribute)
		}},
		"properties of every kind": {build: func(_ pcommon.Map, next func() plog.LogRecord) {
			p := marked(next()).PutEmptyMap(eventPropertiesAttribute)
			p.PutStr("string", "text")
			p.PutInt("int", -7)
			p.PutDouble("double", 0.5)
			p.PutBool("bool", true)
			p.PutEmptyMap("map").PutStr("k", "v")
			p.PutEmptySlice("slice").AppendEmpty().SetInt(1)
			p.PutEmpty("empty")
			p.PutDouble("nan", math.NaN())
			p.PutStr("long", strings.Repeat("é", 300))
			p.PutStr("bad key", "renamed")
			p.PutStr("", "no key")
			p.PutStr(strings.Repeat("k", 129), "key too long")
			p.PutStr("bad", "\xff")
		}},
		"at most 50 properties": {build: func(_ pcommon.Map, next func() plog.LogRecord) {
			fill(marked(next()).PutEmptyMap(eventPropertiesAttribute), "p", 60)
		}},
		"of properties with one key the first": {
			rules: func(r *EventRules) { r.Properties = RecordFields{Body: true} },
			build: func(_ pcommon.Map, next func() plog.LogRecord) {
				r := next()
				p := marked(r).PutEmptyMap(eventPropertiesAttribute)
				p.PutStr("body", "of the properties")
				p.PutStr("release name", "a")
				p.PutStr("release_name", "b")
				r.Body().SetStr("of the record")
			},
		},
		"fields become properties on request": {
			rules: func(r *EventRules) {
				r.Properties = RecordFields{Body: true, Severity: true, TraceID: true, SpanID: true}
			},
			build: func(_ pcommon.Map, next func() plog.LogRecord) {
				r := next()
				marked(r)
				r.Body().SetStr("release 1.2.3")
				r.SetSeverityText("WARNING")
				r.SetTraceID(pcommon.TraceID{1})
				r.SetSpanID(pcommon.SpanID{2})
				r = next()
				marked(r)
				r.SetSeverityNumber(plog.SeverityNumberError2)
			},
		},
		"dimensions of every type, record over resource": {
			rules: func(r *EventRules) { r.Static = map[string]string{"env": "prod"} },
			build: func(resource pcommon.Map, next func() plog.LogRecord) {
				resource.PutStr("host.name", "web-1")
				resource.PutStr("team", "resource")
				resource.PutStr(AccessTokenAttribute, "secret")
				a := marked(next())
				a.PutStr("team", "record")
				a.PutInt("attempt", 3)
				a.PutBool("canary", false)
				a.PutStr("env", "overridden")
				a.PutStr("too.long", strings.Repeat("v", 257))
				a.PutStr(AccessTokenAttribute, "secret")
			},
		},
		"too many dimensions": {build: func(_ pcommon.Map, next func() plog.LogRecord) {
			fill(marked(next()), "d", 37)
		}},
		"observed time stands in for the record's": {build: func(_ pcommon.Map, next func() plog.LogRecord) {
			r := next()
			marked(r)
			r.SetTimestamp(0)
			r.SetObservedTimestamp(at + 1_000_000)
			r = next()
			marked(r)
			r.SetTimestamp(0)
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rules := &EventRules{DimensionSources: testRules().DimensionSources}
			if c.rules != nil {
				c.rules(rules)
			}
			ld := plog.NewLogs()
			rl := ld.ResourceLogs().AppendEmpty()
			records := rl.ScopeLogs().AppendEmpty().LogRecords()
			c.build(rl.Resource().Attributes(), func() plog.LogRecord {
				r := records.AppendEmpty()
				r.SetTimestamp(at)
				return r
			})
			testkit.Golden(t, eventsText(encodeEvents(t, rules, ld)))
		})
	}
}
