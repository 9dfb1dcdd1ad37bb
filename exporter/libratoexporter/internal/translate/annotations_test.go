package translate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

// annotate returns what records become; build gets one resource's records.
func annotate(t testing.TB, rules *AnnotationRules, ld plog.Logs) ([]Annotation, Counts) {
	t.Helper()
	emitted := 0
	var e *AnnotationEncoder
	e = NewAnnotationEncoder(rules, now, func(p *parts.Part) {
		require.Equal(t, 1, p.Sent())
		require.Equal(t, emitted, IndexOf(p), "parts come in the order of the annotations")
		emitted++
		p.Release()
	})
	pdatawalk.Logs(ld, []int{0}, e, pdatawalk.Never)
	require.Equal(t, ld.LogRecordCount(), e.End())
	require.Equal(t, emitted, len(e.Annotations))
	return e.Annotations, e.Counts
}

func annotationsText(list []Annotation, counts Counts) string {
	var b strings.Builder
	for _, a := range list {
		fmt.Fprintf(&b, "%s: %q source=%s @%s", a.Stream, abbreviated(a.Event.Title), a.Event.Source, a.Event.Start.UTC().Format(time.RFC3339))
		if !a.Event.End.IsZero() {
			fmt.Fprintf(&b, " to %s", a.Event.End.UTC().Format(time.RFC3339))
		}
		if a.Key != "" {
			fmt.Fprintf(&b, " key=%s", a.Key)
		}
		fmt.Fprintln(&b)
		if a.Event.Description != "" {
			fmt.Fprintf(&b, "    %q\n", a.Event.Description)
		}
		for _, l := range a.Event.Links {
			fmt.Fprintf(&b, "    %s -> %s %q\n", l.Rel, l.Href, l.Label)
		}
	}
	return b.String() + countsText(&counts)
}

func abbreviated(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return fmt.Sprintf("%s...(%d characters)", string(runes[:10]), len(runes))
	}
	return s
}

func TestAnnotations(t *testing.T) {
	type records = plog.LogRecordSlice
	add := func(r records, event, body string) plog.LogRecord {
		l := r.AppendEmpty()
		l.SetEventName(event)
		l.SetTimestamp(at)
		if body != "" {
			l.Body().SetStr(body)
		}
		return l
	}
	for _, c := range []struct {
		name  string
		all   bool
		build func(records)
	}{
		{"marked records, named records, and others", false, func(r records) {
			add(r, "deploy", "")
			add(r, "", "marked").Attributes().PutStr(streamAttribute, "deploys")
			add(r, "", "an ordinary line")
		}},
		{"all records, when configured", true, func(r records) {
			add(r, "", "first line\nsecond line")
			add(r, "", "\n  only line \n")
			add(r, "", "")
			add(r, "deploy", "deploy")
		}},
		{"everything by attributes", false, func(r records) {
			a := add(r, "deploy", "body").Attributes()
			a.PutStr(streamAttribute, "My Stream/é")
			a.PutStr(titleAttribute, "Title")
			a.PutStr(descriptionAttribute, "Description")
			a.PutStr(sourceAttribute, "web 2")
			a.PutStr(keyAttribute, "deploy-17")
			a.PutInt(startAttribute, 1663020000)
			a.PutStr(endAttribute, "2022-09-12T23:00:00+02:00")
		}},
		{"times", false, func(r records) {
			add(r, "observed", "").SetTimestamp(0)
			r.At(0).SetObservedTimestamp(at + 2_000_000_000)
			add(r, "now", "").SetTimestamp(0)
			add(r, "end as number", "").Attributes().PutDouble(endAttribute, 1663021900.7)
			add(r, "end as text", "").Attributes().PutStr(endAttribute, "2022-09-13T00:00:00Z")
			add(r, "end before the start", "").Attributes().PutInt(endAttribute, 1663021000)
			ended := add(r, "the end of an earlier one", "").Attributes()
			ended.PutInt(endAttribute, 1663021000)
			ended.PutStr(keyAttribute, "k")
			for _, text := range []string{"tomorrow", "", "0001-01-01T00:00:00Z"} {
				add(r, "no time", "").Attributes().PutStr(endAttribute, text)
			}
			add(r, "milliseconds are no seconds", "").Attributes().PutInt(endAttribute, 1663021000_000)
			add(r, "start that cannot be read", "").Attributes().PutStr(startAttribute, "yesterday")
		}},
		{"links", false, func(r records) {
			add(r, "a map", "").Attributes().PutEmptyMap(linksAttribute).PutStr("runbook", "https://example.com/r")
			list := add(r, "a list", "").Attributes().PutEmptySlice(linksAttribute)
			for range 2 {
				m := list.AppendEmpty().SetEmptyMap()
				m.PutStr("rel", "commit")
				m.PutStr("href", "https://example.com/c")
				m.PutStr("label", "Commit")
			}
			list.AppendEmpty().SetStr("https://example.com/bare")
			list.AppendEmpty().SetEmptyMap().PutStr("rel", "without address")
			add(r, "neither", "").Attributes().PutStr(linksAttribute, "https://example.com")
		}},
		{"titles of 255 characters", false, func(r records) {
			add(r, strings.Repeat("é", 255), "")
			add(r, strings.Repeat("é", 256), "")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ld := plog.NewLogs()
			rl := ld.ResourceLogs().AppendEmpty()
			rl.Resource().Attributes().PutStr("host.name", "web-1")
			c.build(rl.ScopeLogs().AppendEmpty().LogRecords())
			list, counts := annotate(t, &AnnotationRules{All: c.all, Stream: "events"}, ld)
			testkit.Golden(t, annotationsText(list, counts))
		})
	}
}

func FuzzAnnotations(f *testing.F) {
	ld := plog.NewLogs()
	r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	r.SetEventName("e")
	r.Attributes().PutStr(endAttribute, "2022-09-13T00:00:00Z")
	r.Attributes().PutEmptySlice(linksAttribute).AppendEmpty().SetEmptyMap().PutStr("href", "x")
	wire, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	require.NoError(f, err)
	f.Add(wire)
	f.Fuzz(func(t *testing.T, wire []byte) {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(wire)
		if err != nil || ld.ResourceLogs().Len() != 1 {
			t.Skip()
		}
		list, counts := annotate(t, &AnnotationRules{All: true, Stream: "events"}, ld)
		dropped := 0
		for _, n := range counts.Dropped {
			dropped += n
		}
		assert.Equal(t, ld.LogRecordCount(), len(list)+dropped)
		for _, a := range list {
			assert.NotEmpty(t, a.Event.Title)
			assert.Regexp(t, `^[A-Za-z0-9.:\-_]{1,255}$`, a.Stream)
		}
	})
}
