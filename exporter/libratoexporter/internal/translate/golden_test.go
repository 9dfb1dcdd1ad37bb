package translate

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with testdata/golden/<test's name>.txt.
func golden(t *testing.T, got string) {
	t.Helper()
	_, name, _ := strings.Cut(t.Name(), "/")
	plain := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, name)
	file := filepath.Join("testdata", "golden", strings.Split(t.Name(), "/")[0], plain+".txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update once, and read what it wrote")
	assert.Equal(t, string(want), got)
}

// encoded is what a batch became, as a strict reader of the API sees it.
type encoded struct {
	measurements []wiretest.Measurement
	bodies       []string
	items        int // points that put something into a part
	walked       int
	counts       Counts
}

var wide = Limits{Bytes: 1 << 20, Measurements: 500}

// now is 90 seconds after the points of the tests.
var now = at.AsTime().Add(90 * time.Second)

func encode(t testing.TB, rules *Rules, limits Limits, md pmetric.Metrics, stopped ...string) encoded {
	t.Helper()
	e := NewMetricEncoder(rules)
	var out encoded
	emit := func(list librato.List) func(p *parts.Part) {
		frame := librato.NewFrame(list, librato.Shared{Period: rules.Properties.Period})
		return func(p *parts.Part) {
			require.LessOrEqual(t, len(p.Body), limits.Bytes)
			require.LessOrEqual(t, p.Units(), limits.Measurements)
			body := []byte{}
			for _, chunk := range frame.Body(p.Body) {
				body = append(body, chunk...)
			}
			list, err := wiretest.Decode(list.Dialect() == librato.TagDialect, body)
			require.NoError(t, err, "%s", body)
			require.Len(t, list, p.Units())
			out.measurements = append(out.measurements, list...)
			out.bodies = append(out.bodies, string(body))
			out.items += p.Sent()
			p.Release()
		}
	}
	w := Walk{Limits: limits, Now: now, Gauges: emit(librato.Measurements), Counters: emit(librato.Counters), Stopped: map[string]struct{}{}}
	if rules.Dialect == librato.SourceDialect {
		w.Gauges = emit(librato.Gauges)
	}
	for _, name := range stopped {
		w.Stopped[FoldName(name)] = struct{}{}
	}
	e.Begin(w)
	resources := make([]int, md.ResourceMetrics().Len())
	for i := range resources {
		resources[i] = i
	}
	pdatawalk.Metrics(md, resources, e, func() bool { return false })
	out.walked = e.End()
	out.counts = e.Counts
	return out
}

func (e *encoded) String() string {
	var b strings.Builder
	for _, m := range e.measurements {
		fmt.Fprintln(&b, m)
	}
	return b.String() + countsText(&e.counts)
}

func countsText(c *Counts) string {
	var b strings.Builder
	for i, n := range c.Dropped {
		if n > 0 {
			fmt.Fprintf(&b, "dropped %s: %d\n", Reason(i), n)
		}
	}
	for i, n := range c.Changed {
		if n > 0 {
			fmt.Fprintf(&b, "changed %s: %d\n", Change(i), n)
		}
	}
	return b.String()
}
