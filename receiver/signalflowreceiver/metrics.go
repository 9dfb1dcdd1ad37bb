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
	p.tidy()
	if d.LogicalTimestampMs > p.state.Newest() {
		p.undecodable = 0
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
	p.saver.changed()
	return nil
}

// closedReason is why points of a time that is complete are dropped.
func (p *program) closedReason(d *signalflow.Data) translate.Reason {
	if d.LogicalTimestampMs <= p.replayUntil {
		return translate.Duplicate
	}
	return translate.Late
}

// passOn hands points to the pipeline that it has not had.
func (p *program) passOn(ctx context.Context, d *signalflow.Data, place int, dropped *[translate.NumReasons]int) error {
	p.choose(d, place, dropped)
	n := len(p.chosen)
	if n == 0 {
		return nil
	}
	refused, err := p.deliverMetrics(ctx, n, func() pmetric.Metrics { return p.frame(d) })
	switch {
	case err != nil:
		for _, one := range p.chosen {
			p.state.Unmark(one.series.id, place)
		}
		return err
	case refused:
		dropped[translate.Refused] += n
	default:
		p.telemetry.builder.ReceiverSignalflowPoints.Add(ctx, int64(n), p.attributes)
	}
	return nil
}

// choose marks the points that are to be passed on, and counts why others are not.
func (p *program) choose(d *signalflow.Data, place int, dropped *[translate.NumReasons]int) {
	p.chosen = p.chosen[:0]
	p.previous = &p.first
	for i := range d.Points {
		point := &d.Points[i]
		if point.Series == nil {
			dropped[translate.NoMetadata]++
			continue
		}
		series := p.seriesOf(point)
		switch {
		case !series.IsMetric:
			dropped[translate.NotAMetric]++
		case point.IsNull() && !p.rules.NullAsNoRecordedValue:
			dropped[translate.Null]++
		case !p.state.Mark(series.id, place):
			dropped[translate.Duplicate]++
		default:
			p.chosen = append(p.chosen, chosenPoint{series, point})
		}
	}
}

// frame makes metrics of the chosen points.
func (p *program) frame(d *signalflow.Data) pmetric.Metrics {
	frame := p.rules.NewFrame(d.LogicalTimestampMs, p.state.Resolution, len(p.chosen))
	for _, one := range p.chosen {
		if one.point.IsNull() {
			frame.AppendNoValue(&one.series.Series)
		} else {
			frame.Append(&one.series.Series, one.point)
		}
	}
	return frame.Metrics()
}

// seriesOf returns a point's series in prepared form. The same metadata is always
// the same pointer, and the points of a block come in the same order every time, so
// that the series that followed last time is the first guess.
func (p *program) seriesOf(point *signalflow.Point) *streamSeries {
	series := p.previous.next
	if series == nil || series.metadata != point.Series {
		series = p.lookUp(point)
		p.previous.next = series
	}
	p.previous = series
	return series
}

func (p *program) lookUp(point *signalflow.Point) *streamSeries {
	series := p.series[point.TSID]
	if series == nil || series.metadata != point.Series {
		series = &streamSeries{metadata: point.Series, Series: p.rules.Prepare(point.Series)}
		series.id = p.state.ID(series.Identity)
		p.series[point.TSID] = series
	}
	return series
}

// takeExpired forgets a series and, on request, marks its end.
func (p *program) takeExpired(ctx context.Context, m *signalflow.Expired) error {
	series := p.series[m.TSID]
	if series == nil {
		return nil
	}
	delete(p.series, m.TSID)
	series.next = nil // no guess leads from it to others that have left
	p.tidy()
	newest := p.state.Newest()
	if !series.IsMetric || !p.config.StalenessOnExpiry || p.metrics == nil || newest == progress.None {
		return nil
	}
	_, err := p.deliverMetrics(ctx, 1, func() pmetric.Metrics {
		frame := p.rules.NewFrame(newest+p.state.Resolution, p.state.Resolution, 1)
		frame.AppendNoValue(&series.Series)
		return frame.Metrics()
	})
	return err
}

// forgetAbove is how many more series than the stream has may be remembered.
const forgetAbove = 1024

// tidy lets go of series that have expired or are others by now, if there are many.
func (p *program) tidy() {
	if p.state.Series() <= 2*len(p.series)+forgetAbove {
		return
	}
	p.state.Forget()
	for _, series := range p.series {
		series.id = p.state.ID(series.Identity)
	}
}

// deliverMetrics hands points to the pipeline. A pipeline that changes what it gets
// has them built again for every attempt.
func (p *program) deliverMetrics(ctx context.Context, points int, build func() pmetric.Metrics) (refused bool, err error) {
	metrics := build()
	isSpoiled := false
	return p.deliver(ctx, func(ctx context.Context) error {
		if isSpoiled {
			metrics = build()
		}
		isSpoiled = p.metrics.Capabilities().MutatesData
		ctx = p.observe.StartMetricsOp(ctx)
		err := p.metrics.ConsumeMetrics(ctx, metrics)
		p.observe.EndMetricsOp(ctx, scopeFormat, points, err)
		return err
	})
}
