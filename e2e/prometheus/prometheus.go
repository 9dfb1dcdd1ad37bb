package prometheus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/stretchr/testify/require"
)

// Interval is the time from a scrape to the next, and between evaluations of rules: a Prometheus' default.
const Interval = time.Minute

// Prometheus is one server with a storage of its own. It is not safe for concurrent use.
type Prometheus struct {
	t      testing.TB
	db     *tsdb.DB
	engine *promql.Engine
	groups []*rules.Group
	now    time.Time
	shown  map[string]labels.Labels // the series of the latest scrape
}

// New returns a server that evaluates files of rules, which must have no unknown key.
func New(t testing.TB, ruleFiles ...string) *Prometheus {
	t.Helper()
	options := tsdb.DefaultOptions()
	options.RetentionDuration = 0
	db, err := tsdb.Open(t.TempDir(), nil, nil, options, nil)
	require.NoError(t, err)
	db.DisableCompactions()
	t.Cleanup(func() { _ = db.Close() })
	p := &Prometheus{
		t: t, db: db, now: time.Unix(1_700_000_000, 0).Truncate(Interval), shown: map[string]labels.Labels{},
		engine: promql.NewEngine(promql.EngineOpts{MaxSamples: 1_000_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute}),
	}
	manager := rules.NewManager(&rules.ManagerOptions{
		Context: t.Context(), Appendable: db, Queryable: db, QueryFunc: rules.EngineQueryFunc(p.engine, db),
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
	})
	groups, errs := manager.LoadGroups(Interval, labels.EmptyLabels(), "", nil, false, ruleFiles...)
	require.Empty(t, errs)
	for _, group := range groups {
		p.groups = append(p.groups, group)
	}
	return p
}

// Scrape asks for the metrics of a target, as a server does, and evaluates the rules. The target's series end if it does not answer.
func (p *Prometheus) Scrape(job, instance, url string) {
	p.t.Helper()
	p.now = p.now.Add(Interval)
	up := 1.0
	found := map[string]sample{}
	if body, contentType, err := get(p.t.Context(), url); err != nil {
		up = 0
	} else {
		found = p.parse(body, contentType, job, instance)
	}
	appender := p.db.Appender(p.t.Context())
	add := func(series labels.Labels, v float64) {
		_, err := appender.Append(0, series, p.now.UnixMilli(), v)
		require.NoError(p.t, err, "%s", series)
	}
	for key, series := range p.shown {
		if _, still := found[key]; !still {
			add(series, math.Float64frombits(value.StaleNaN))
			delete(p.shown, key)
		}
	}
	for key, s := range found {
		add(s.series, s.value)
		p.shown[key] = s.series
	}
	add(labels.FromStrings(labels.MetricName, "up", "instance", instance, "job", job), up)
	require.NoError(p.t, appender.Commit())

	for _, group := range p.groups {
		group.Eval(p.t.Context(), p.now)
		for _, rule := range group.Rules() {
			require.NoError(p.t, rule.LastError(), "%s", rule.Name())
		}
	}
}

// accept is what a Prometheus asks for: it decides about the names of the metrics.
func accept() string {
	var kinds []string
	for i, protocol := range config.DefaultScrapeProtocols {
		kinds = append(kinds, fmt.Sprintf("%s;%s=%s;q=0.%d", config.ScrapeProtocolsHeaders[protocol], model.EscapingKey, model.AllowUTF8, 9-i))
	}
	return strings.Join(kinds, ",")
}

func get(ctx context.Context, url string) (body []byte, contentType string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, "", err
	}
	request.Header.Set("Accept", accept())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("status %d", response.StatusCode)
	}
	body, err = io.ReadAll(response.Body)
	return body, response.Header.Get("Content-Type"), err
}

type sample struct {
	series labels.Labels
	value  float64
}

func (p *Prometheus) parse(body []byte, contentType, job, instance string) map[string]sample {
	p.t.Helper()
	parser, err := textparse.New(body, contentType, nil, textparse.ParserOptions{})
	require.NoError(p.t, err)
	found := map[string]sample{}
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(p.t, err)
		if entry != textparse.EntrySeries {
			continue
		}
		var series labels.Labels
		parser.Labels(&series)
		series = labels.NewBuilder(series).Set("job", job).Set("instance", instance).Labels()
		_, _, v := parser.Series()
		require.NotContains(p.t, found, series.String(), "shown twice")
		found[series.String()] = sample{series, v}
	}
}

// Query evaluates an expression at the time of the latest scrape.
func (p *Prometheus) Query(expression string) promql.Vector {
	p.t.Helper()
	query, err := p.engine.NewInstantQuery(p.t.Context(), p.db, nil, expression, p.now)
	require.NoError(p.t, err, "%s", expression)
	defer query.Close()
	result := query.Exec(p.t.Context())
	require.NoError(p.t, result.Err, "%s", expression)
	vector, err := result.Vector()
	require.NoError(p.t, err, "%s", expression)
	return vector
}

// Labels are the values of a label in the series of a selector, as Grafana's label_values asks for them.
func (p *Prometheus) Labels(label, selector string) []string {
	p.t.Helper()
	var values []string
	for _, s := range p.Query("count by (" + label + ") (" + selector + ")") {
		values = append(values, s.Metric.Get(label))
	}
	return values
}

// Firing are the alerts that fire, by name.
func (p *Prometheus) Firing() map[string][]*rules.Alert {
	firing := map[string][]*rules.Alert{}
	for _, group := range p.groups {
		for _, rule := range group.AlertingRules() {
			for _, alert := range rule.ActiveAlerts() {
				if alert.State == rules.StateFiring {
					firing[rule.Name()] = append(firing[rule.Name()], alert)
				}
			}
		}
	}
	return firing
}

// Rules are the alerting rules.
func (p *Prometheus) Rules() []*rules.AlertingRule {
	var all []*rules.AlertingRule
	for _, group := range p.groups {
		all = append(all, group.AlertingRules()...)
	}
	return all
}
