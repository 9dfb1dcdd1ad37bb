package translate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/wiretest"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

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
	resources := pdatawalk.All(md.ResourceMetrics().Len())
	pdatawalk.Metrics(md, resources, e, pdatawalk.Never)
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
	return testkit.CountsText("dropped", Reasons(), c.Dropped[:]) + testkit.CountsText("changed", Changes(), c.Changed[:])
}
