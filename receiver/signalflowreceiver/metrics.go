package signalflowreceiver

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/progress"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

const scopeName = "github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver"

// takeData passes on the points of a message that were not passed on before. When it
// returns an error, the points count as not delivered.
func (p *program) takeData(ctx context.Context, d *signalflow.Data) error {
	var dropped [translate.NumReasons]int
	defer p.dropPoints(&dropped)
	if d.MaxDelayMs > 0 {
		p.gauges.maxDelayMs.Store(d.MaxDelayMs)
	}
	place, open := p.state.Open(d.LogicalTimestampMs)
	if !open {
		dropped[p.closedReason(d)] += len(d.Points)
		return nil
	}
	if p.metrics == nil {
		dropped[translate.NoPipeline] += len(d.Points)
	} else if err := p.passOn(ctx, d, place, &dropped); err != nil {
		return err
	}
	p.gauges.newestMs.Store(p.state.Newest())
	p.gauges.series.Store(int64(p.state.Series()))
	p.saver.changed(p.saveInterval)
	return nil
}

// closedReason is why points of a time that is complete are dropped.
func (p *program) closedReason(d *signalflow.Data) translate.Reason {
	if d.LogicalTimestampMs <= p.replayUntil {
		return translate.Duplicate
	}
	return translate.Late
}

func (p *program) passOn(ctx context.Context, d *signalflow.Data, place int, dropped *[translate.NumReasons]int) error {
	frame := p.rules.NewFrame(d.LogicalTimestampMs, p.state.Resolution, len(d.Points))
	p.marked = p.marked[:0]
	for i := range d.Points {
		if reason, drop := p.append(frame, &d.Points[i], place); drop {
			dropped[reason]++
		}
	}
	n := frame.Points()
	if n == 0 {
		return nil
	}
	refused, err := p.deliverMetrics(ctx, frame.Metrics(), n)
	switch {
	case err != nil:
		for _, series := range p.marked {
			p.state.Unmark(series, place)
		}
		return err
	case refused:
		dropped[translate.Refused] += n
	default:
		p.telemetry.builder.ReceiverSignalflowPoints.Add(ctx, int64(n), p.attributes)
	}
	return nil
}

// append adds a point to a frame, or tells why not.
func (p *program) append(frame *translate.Frame, point *signalflow.Point, place int) (reason translate.Reason, drop bool) {
	if point.Series == nil {
		return translate.NoMetadata, true
	}
	series := p.seriesOf(point)
	switch {
	case !series.prepared.IsMetric:
		return translate.NotAMetric, true
	case point.IsNull() && !p.rules.NullAsNoRecordedValue:
		return translate.Null, true
	case !p.state.Mark(series.identity, place):
		return translate.Duplicate, true
	}
	p.marked = append(p.marked, series.identity)
	if point.IsNull() {
		frame.AppendNoValue(series.prepared)
	} else {
		frame.Append(series.prepared, point)
	}
	return 0, false
}

// seriesOf returns a point's series in prepared form. The same metadata is always
// the same pointer.
func (p *program) seriesOf(point *signalflow.Point) seriesEntry {
	entry := p.series[point.TSID]
	if entry.metadata != point.Series {
		entry.metadata, entry.prepared = point.Series, p.rules.Prepare(point.Series)
		entry.identity = p.state.Identity(entry.prepared.Identity)
		p.series[point.TSID] = entry
	}
	return entry
}

// takeExpired forgets a series and, on request, marks its end.
func (p *program) takeExpired(ctx context.Context, m *signalflow.Expired) error {
	entry, ok := p.series[m.TSID]
	delete(p.series, m.TSID)
	if p.state.Series() > 2*len(p.series)+forgetAbove {
		p.forget()
	}
	newest := p.state.Newest()
	if !ok || !entry.prepared.IsMetric || !p.config.StalenessOnExpiry || p.metrics == nil || newest == progress.None {
		return nil
	}
	frame := p.rules.NewFrame(newest+p.state.Resolution, p.state.Resolution, 1)
	frame.AppendNoValue(entry.prepared)
	_, err := p.deliverMetrics(ctx, frame.Metrics(), 1)
	return err
}

// forgetAbove is how many more series than the stream has may be remembered.
const forgetAbove = 1024

// forget lets go of series that have expired.
func (p *program) forget() {
	p.state.Forget()
	for id, entry := range p.series {
		entry.identity = p.state.Identity(entry.prepared.Identity)
		p.series[id] = entry
	}
}

// deliverMetrics hands points to the pipeline.
func (p *program) deliverMetrics(ctx context.Context, metrics pmetric.Metrics, points int) (refused bool, err error) {
	return p.deliver(ctx, func(ctx context.Context) error {
		ctx = p.observe.StartMetricsOp(ctx)
		err := p.metrics.ConsumeMetrics(ctx, p.ownMetrics(metrics))
		p.observe.EndMetricsOp(ctx, scopeFormat, points, err)
		return err
	})
}

// ownMetrics is what the pipeline may change: after a failure the original is needed again.
func (p *program) ownMetrics(metrics pmetric.Metrics) pmetric.Metrics {
	if !p.metrics.Capabilities().MutatesData {
		return metrics
	}
	own := pmetric.NewMetrics()
	metrics.CopyTo(own)
	return own
}
