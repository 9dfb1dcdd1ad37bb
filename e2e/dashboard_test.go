package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	grafanaprom "github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/e2e/prometheus"
)

// board is the dashboard's queries, with everything chosen that can be.
type board struct {
	dashboard *dashboard.Dashboard
	queries   []*query
}

type query struct {
	panel      string
	expression string
	legend     []string // labels
	optional   bool     // the panel says what it means that there is nothing
	seen       atomic.Bool
}

var registerPlugins = sync.OnceFunc(plugins.RegisterDefaultPlugins)

// loadDashboard reads the dashboard by Grafana's own schema, in which an unknown key is a mistake.
func loadDashboard(t *testing.T) *board {
	t.Helper()
	registerPlugins()
	text, err := os.ReadFile(dashboardFile)
	require.NoError(t, err)
	b := &board{dashboard: &dashboard.Dashboard{}}
	strict(t, b.dashboard, text)
	// The library, v0.0.22, loses panels and their targets here: it takes the empty list of mistakes for one.
	var raw struct {
		Panels []json.RawMessage
	}
	require.NoError(t, json.Unmarshal(text, &raw))
	require.NotEmpty(t, raw.Panels)
	for _, text := range raw.Panels {
		if bytes.Contains(text, []byte(`"type": "row"`)) {
			strict(t, &dashboard.RowPanel{}, text)
			continue
		}
		panel := &dashboard.Panel{}
		strict(t, panel, text)
		var raw struct {
			Targets []json.RawMessage
		}
		require.NoError(t, json.Unmarshal(text, &raw))
		require.NotEmpty(t, raw.Targets, *panel.Title)
		for _, text := range raw.Targets {
			target := &grafanaprom.Dataquery{}
			strict(t, target, text)
			b.add(t, panel, target)
		}
	}
	return b
}

// strict decodes what Grafana would take.
func strict(t *testing.T, into interface {
	UnmarshalJSONStrict([]byte) error
	Validate() error
}, text []byte,
) {
	t.Helper()
	require.Empty(t, into.UnmarshalJSONStrict(text), "%s", text) // a list, which is never nil
	require.NoError(t, into.Validate())
}

func (b *board) add(t *testing.T, p *dashboard.Panel, target *grafanaprom.Dataquery) {
	t.Helper()
	defaults := p.FieldConfig.Defaults
	assert.NotEmpty(t, defaults.Unit, "the unit of %s", *p.Title)
	q := &query{panel: *p.Title, expression: chosen.Replace(target.Expr), optional: defaults.NoValue != nil}
	for _, label := range regexp.MustCompile(`{{([\w.]+)}}`).FindAllStringSubmatch(*target.LegendFormat, -1) {
		q.legend = append(q.legend, label[1])
	}
	b.queries = append(b.queries, q)
}

// chosen is what Grafana puts in the place of its variables when all of everything is chosen.
var chosen = strings.NewReplacer("$instance", ".*", "$exporter", ".*", "$__rate_interval", "4m")

// look evaluates all queries and returns the panels that have nothing to show.
func (b *board) look(p *prometheus.Prometheus) (empty []*query) {
	shows := map[string]bool{}
	for _, q := range b.queries {
		if len(p.Query(q.expression)) > 0 {
			q.seen.Store(true)
			shows[q.panel] = true
		}
	}
	for _, q := range b.queries {
		if !shows[q.panel] {
			empty = append(empty, q)
		}
	}
	return empty
}

// Every panel shows something while all is well, or says what it means that it does not.
func TestDashboard(t *testing.T) {
	t.Parallel()
	b := loadDashboard(t)
	w := watch(t)
	w.well()
	for _, q := range b.look(w.prometheus) {
		assert.True(t, q.optional, "%s has nothing to show: %s", q.panel, q.expression)
	}
	for _, q := range b.queries {
		for _, s := range w.prometheus.Query(q.expression) {
			for _, label := range q.legend {
				assert.NotEmpty(t, s.Metric.Get(label), "%s: the label %s in its legend", q.panel, label)
			}
		}
	}
	for _, v := range b.dashboard.Templating.List {
		if v.Type == dashboard.VariableTypeQuery {
			values := regexp.MustCompile(`^label_values\((.*), (\w+)\)$`).FindStringSubmatch(*v.Query.String)
			require.NotNil(t, values, v.Name)
			assert.NotEmpty(t, w.prometheus.Labels(values[2], chosen.Replace(values[1])), "values of %s", v.Name)
		}
	}
}
