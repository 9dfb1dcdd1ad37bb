package wavefrontexporter

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/metadata"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// telemetry counts what a signal's exporter does.
type telemetry struct {
	builder *metadata.TelemetryBuilder
	logger  *zap.Logger
	signal  attribute.KeyValue
	warned  warnings

	host      component.Host // set by start
	forbidden atomic.Bool    // the last credentials that were tried were refused
}

func newTelemetry(set exporter.Settings, signal string) (*telemetry, error) {
	b, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &telemetry{builder: b, logger: set.Logger, signal: attribute.String("signal", signal)}, nil
}

// attempt counts an HTTP request. Points and delta counters share a format, and a name here.
func (t *telemetry) attempt(ctx context.Context, f wavefront.Format, a httpsend.Attempt) {
	status := "none"
	if a.Status != 0 {
		status = strconv.Itoa(a.Status/100) + "xx"
	}
	format := attribute.String("type", formatNames[f])
	t.builder.ExporterWavefrontRequests.Add(ctx, 1, metric.WithAttributes(t.signal, format,
		attribute.String("status", status), attribute.String("outcome", a.Class.String())))
	t.builder.ExporterWavefrontPayloadSize.Add(ctx, int64(a.PayloadBytes), metric.WithAttributes(t.signal, format))
	t.builder.ExporterWavefrontWireSize.Add(ctx, int64(a.WireBytes), metric.WithAttributes(t.signal, format))
	t.reportAccess(a)
}

// formatNames are the types of data that requests of a format hold.
var formatNames = func() map[wavefront.Format]string {
	names := make(map[wavefront.Format]string)
	for t := len(dataTypes) - 1; t >= 0; t-- {
		names[dataTypes[t].format] = dataTypes[t].name
	}
	return names
}()

// wrote counts a write to a TCP port.
func (t *telemetry) wrote(ctx context.Context, data dataType, lines []byte, failed *httpsend.Error) {
	class := httpsend.Delivered
	if failed != nil {
		class = failed.Class
	}
	kind := attribute.String("type", formatNames[dataTypes[data].format])
	t.builder.ExporterWavefrontRequests.Add(ctx, 1, metric.WithAttributes(t.signal, kind,
		attribute.String("status", "tcp"), attribute.String("outcome", class.String())))
	t.builder.ExporterWavefrontPayloadSize.Add(ctx, int64(len(lines)), metric.WithAttributes(t.signal, kind))
	t.builder.ExporterWavefrontWireSize.Add(ctx, int64(len(lines)), metric.WithAttributes(t.signal, kind))
}

// reportAccess tells the host's health when credentials begin and cease to be refused.
// A refused token can be enabled again, so the state is recoverable.
func (t *telemetry) reportAccess(a httpsend.Attempt) {
	switch {
	case a.Class == httpsend.Unauthorized && !t.forbidden.Swap(true):
		componentstatus.ReportStatus(t.host, componentstatus.NewRecoverableErrorEvent(
			fmt.Errorf("the credentials are refused with status %d", a.Status)))
	case a.Class == httpsend.Delivered && t.forbidden.Swap(false):
		componentstatus.ReportStatus(t.host, componentstatus.NewEvent(componentstatus.StatusOK))
	}
}

// connected counts a connection to a TCP port.
func (t *telemetry) connected(again bool) {
	t.builder.ExporterWavefrontConnections.Add(context.Background(), 1, metric.WithAttributes(t.signal, attribute.Bool("reconnect", again)))
}

// exchanged counts an exchange of credentials for a token.
func (t *telemetry) exchanged(err error) {
	class := httpsend.ClassOf(err)
	t.builder.ExporterWavefrontTokenExchanges.Add(context.Background(), 1,
		metric.WithAttributes(t.signal, attribute.Stringer("outcome", class)))
	if class == httpsend.Unauthorized {
		t.reportAccess(httpsend.Attempt{Class: class, Status: err.(*httpsend.Error).Status})
	}
}

// sent counts what of a part was handed over.
func (t *telemetry) sent(data dataType, p *parts.Part, err error) {
	lines := 0
	switch partial, _ := err.(*delivery.Partial); {
	case err == nil:
		lines = p.Units()
	case partial != nil:
		before, _ := p.Split(partial.Bytes)
		lines = before.Units()
	}
	if lines > 0 {
		t.builder.ExporterWavefrontSentLines.Add(context.Background(), int64(lines),
			metric.WithAttributes(t.signal, attribute.String("type", dataTypes[data].name)))
	}
}

// refused counts and reports what will never be taken.
func (t *telemetry) refused(p *parts.Part, err *httpsend.Error) {
	t.drop(translate.Refused, p.Sent())
	t.logger.Error("Data was refused for good; it is lost", zap.Error(err), zap.Int("dropped_items", p.Sent()))
}

// encoded counts what was dropped and changed on the way into lines.
func (t *telemetry) encoded(c *translate.Counts) {
	for i, n := range c.Dropped {
		if n == 0 {
			continue
		}
		reason := translate.Reason(i)
		t.drop(reason, n)
		if !reason.Expected() && t.warned.first(reason.String()) {
			t.logger.Warn("Dropped items that cannot be sent; further ones of this reason are only counted in otelcol_exporter_wavefront_dropped_items",
				zap.Stringer("reason", reason), zap.Int("dropped_items", n), t.zapSignal())
		}
	}
	for i, n := range c.Changed {
		if n == 0 {
			continue
		}
		change := translate.Change(i)
		t.builder.ExporterWavefrontChangedItems.Add(context.Background(), int64(n),
			metric.WithAttributes(t.signal, attribute.Stringer("change", change)))
		if t.warned.first(change.String()) {
			t.logger.Warn("Changed items so that they are taken; further changes of this kind are only counted in otelcol_exporter_wavefront_changed_items",
				zap.Stringer("change", change), zap.Int("count", n), t.zapSignal())
		}
	}
}

func (t *telemetry) drop(reason translate.Reason, n int) {
	t.builder.ExporterWavefrontDroppedItems.Add(context.Background(), int64(n),
		metric.WithAttributes(t.signal, attribute.Stringer("reason", reason)))
}

// tracked reports how many series are remembered.
func (t *telemetry) tracked(n int) {
	t.builder.ExporterWavefrontTrackedSeries.Record(context.Background(), int64(n), metric.WithAttributes(t.signal))
}

func (t *telemetry) zapSignal() zap.Field { return zap.String("signal", t.signal.Value.AsString()) }
