package dimensions

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/pdatawalk"
)

// unitProperty is the custom property that holds a metric's unit: the vendor's metric
// has no field for it.
const unitProperty = "unit"

// Metric is what is said about a metric.
type Metric struct {
	// Type is signalfx.MetadataGauge or its like, for a metric that the service does
	// not know yet.
	Type string
	// Description and Unit are left as they are at the service when empty.
	Description, Unit string
}

// MetricOptions configure a MetricUpdater. API and Queue are required.
type MetricOptions struct {
	API *signalfx.API
	// Token is used for metrics without one of their own.
	Token string
	// Exclude tells names of which no datapoint is sent: writing them would make metrics
	// without any. Nil excludes none.
	Exclude  func(name string) bool
	Queue    QueueOptions
	Logger   *zap.Logger
	Observer Observer
}

// MetricUpdater writes units and descriptions of metrics, each once as long as it does
// not change. It is safe for concurrent use.
type MetricUpdater struct {
	reporter
	api     *signalfx.API
	token   string
	exclude func(name string) bool
	queue   *queue[metric, Metric]
	// seen is what was taken, so that the same of every batch costs a look-up only, and
	// producers that disagree about a metric do not overwrite each other for ever.
	seen *lru.Cache[statement, struct{}]
}

// statement is one thing that a producer says of a metric: its description or its unit.
type statement struct {
	metric
	description, unit string
}

func statementsOf(key metric, m Metric) [2]statement {
	return [2]statement{{metric: key, description: m.Description}, {metric: key, unit: m.Unit}}
}

// metric identifies a metric.
type metric struct{ token, name string }

func (m metric) tenant() string { return m.token }

func (m metric) field() zap.Field { return zap.String("metric", m.name) }

// NewMetrics returns a MetricUpdater that does nothing yet.
func NewMetrics(options MetricOptions) *MetricUpdater {
	seen, _ := lru.New[statement, struct{}](2 * maxKnown) // fails for sizes below 1 only
	u := &MetricUpdater{
		reporter: newReporter(options.Observer, options.Logger),
		api:      options.API, token: options.Token, exclude: options.Exclude, seen: seen,
		queue: newQueue[metric, Metric](options.Queue),
	}
	u.queue.merge = func(older, newer Metric) Metric {
		return Metric{
			Type:        newer.Type,
			Description: cmp.Or(newer.Description, older.Description),
			Unit:        cmp.Or(newer.Unit, older.Unit),
		}
	}
	u.queue.send = u.send
	u.queue.report = func(key metric, m Metric, o Outcome, err error) {
		if o == GivenUp || o == Rejected && httpsend.ClassOf(err) == httpsend.Unauthorized {
			for _, st := range statementsOf(key, m) {
				u.seen.Remove(st) // so that it may come again
			}
		}
		u.outcome(o, err, key.field())
	}
	return u
}

// Start begins to send.
func (u *MetricUpdater) Start() { u.queue.start() }

// Shutdown is as the Updater's.
func (u *MetricUpdater) Shutdown(ctx context.Context) { u.queue.shutdown(ctx) }

// Len is the number of metrics that wait or are being sent.
func (u *MetricUpdater) Len() int { return u.queue.length() }

// Add takes what a batch says of a metric, by its name as sent; an empty token means
// the configured one. It never blocks on the network. What was seen before is
// Unchanged and not reported, since it comes with every batch.
func (u *MetricUpdater) Add(token, name string, m Metric) Outcome {
	if m.Description == "" && m.Unit == "" {
		return Empty
	}
	if token == "" {
		token = u.token
	}
	key := metric{token, name}
	statements := statementsOf(key, m)
	_, known := u.seen.Get(statements[0])
	if _, ok := u.seen.Get(statements[1]); ok && known {
		return Unchanged
	}
	outcome := Invalid
	switch {
	case name == "" || longer(name, signalfx.MaxMetricNameLength):
	case u.exclude != nil && u.exclude(name):
		outcome = Empty
	default:
		outcome = u.queue.put(key, m, pdatawalk.Never)
	}
	if outcome == Accepted || outcome == Merged || outcome == Empty {
		for _, st := range statements {
			u.seen.Add(st, struct{}{})
		}
	}
	if outcome != Accepted {
		u.outcome(outcome, nil, key.field())
	}
	return outcome
}

// send reads the metric and writes it back with the change: the service only knows how
// to overwrite, and what people wrote about the metric must stay.
func (u *MetricUpdater) send(ctx context.Context, key metric, m Metric) (Outcome, error) {
	has, err := u.api.GetMetric(ctx, key.token, key.name)
	if e, ok := errors.AsType[*httpsend.Error](err); ok && e.Status == http.StatusNotFound {
		has, err = &signalfx.Metric{}, nil
	}
	if err != nil {
		return Rejected, err
	}
	var counts changes
	if !m.applyTo(has, &counts) {
		return Unchanged, nil
	}
	has.Name = key.name
	if err := u.api.PutMetric(ctx, key.token, has); err != nil {
		return Rejected, err
	}
	u.changes(&counts)
	return Sent, nil
}

// applyTo changes what the service has, and reports whether that was needed.
func (m Metric) applyTo(has *signalfx.Metric, counts *changes) bool {
	changed := false
	if has.Type == "" {
		has.Type = m.Type
	}
	if text := valid(m.Description, counts); text != "" {
		if longer(text, signalfx.MaxDescriptionLength) {
			text = string([]rune(text)[:signalfx.MaxDescriptionLength])
			counts[DescriptionCut]++
		}
		changed = text != has.Description
		has.Description = text
	}
	unit := valid(m.Unit, counts)
	switch {
	case unit == "" || has.CustomProperties[unitProperty] == unit:
	case longer(unit, signalfx.MaxPropertyValueLength):
		counts[PropertyValueTooLong]++
	case has.CustomProperties == nil:
		has.CustomProperties = map[string]string{unitProperty: unit}
		changed = true
	default:
		has.CustomProperties[unitProperty] = unit
		changed = true
	}
	return changed
}
