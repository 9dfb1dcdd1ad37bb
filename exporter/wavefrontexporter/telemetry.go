package wavefrontexporter

import (
	"context"
	"sync"
	"time"

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
	"github.com/otelcol-custom/otelcol-custom/internal/selftelemetry"
)

// telemetry counts what a signal's exporter does.
type telemetry struct {
	*selftelemetry.Recorder
	builder  *metadata.TelemetryBuilder
	refusals refusals
}

func newTelemetry(set exporter.Settings, signal string) (*telemetry, error) {
	b, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &telemetry{builder: b, Recorder: selftelemetry.New(set, signal, selftelemetry.Counters{
		Dropped:     b.ExporterWavefrontDroppedItems,
		Changed:     b.ExporterWavefrontChangedItems,
		Requests:    b.ExporterWavefrontRequests,
		PayloadSize: b.ExporterWavefrontPayloadSize,
		WireSize:    b.ExporterWavefrontWireSize,
		Duration:    b.ExporterWavefrontRequestDuration,
	})}, nil
}

// attempt counts an HTTP request. Points and delta counters share a format, and a name here.
func (t *telemetry) attempt(ctx context.Context, f wavefront.Format, a httpsend.Attempt) {
	t.Request(ctx, a, attribute.String("type", formatNames[f]))
	if f != wavefront.FormatSources && t.refusals.tell(f, a.Class) {
		t.Access(a.Class, a.Status)
	}
}

// refusals remembers which types of data are refused: a tenant may take some and not
// others, and the host's health must not follow every request.
type refusals struct {
	mu      sync.Mutex
	formats map[wavefront.Format]struct{}
}

// tell takes note of what became of a request, and reports whether it says anything of
// the credentials: a delivery does not as long as other types of data are refused.
func (r *refusals) tell(f wavefront.Format, c httpsend.Class) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch c {
	case httpsend.Unauthorized:
		if r.formats == nil {
			r.formats = make(map[wavefront.Format]struct{})
		}
		r.formats[f] = struct{}{}
		return true
	case httpsend.Delivered:
		delete(r.formats, f)
	}
	return len(r.formats) == 0
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
func (t *telemetry) wrote(ctx context.Context, data dataType, lines []byte, took time.Duration, failed *httpsend.Error) {
	a := httpsend.Attempt{Class: httpsend.Delivered, PayloadBytes: len(lines), WireBytes: len(lines), Duration: took}
	if failed != nil {
		a.Class = failed.Class
	}
	t.Transfer(ctx, "tcp", a, attribute.String("type", formatNames[dataTypes[data].format]))
}

// connected counts a connection to a TCP port.
func (t *telemetry) connected(again bool) {
	t.builder.ExporterWavefrontConnections.Add(context.Background(), 1, t.Attributes, metric.WithAttributes(attribute.Bool("reconnect", again)))
}

// exchanged counts an exchange of credentials for a token.
func (t *telemetry) exchanged(err error) {
	class := httpsend.ClassOf(err)
	t.builder.ExporterWavefrontTokenExchanges.Add(context.Background(), 1,
		t.Attributes, metric.WithAttributes(attribute.Stringer("outcome", class)))
	if class == httpsend.Unauthorized {
		t.Access(class, err.(*httpsend.Error).Status)
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
			t.Attributes, metric.WithAttributes(attribute.String("type", dataTypes[data].name)))
	}
}

// refused counts and reports what will never be taken.
func (t *telemetry) refused(p *parts.Part, err *httpsend.Error) {
	t.Drop(translate.Refused, p.Sent())
	t.Logger.Error("Data was refused for good; it is lost", zap.Error(err), zap.Int("dropped_items", p.Sent()))
}

// encoded counts what was dropped and changed on the way into lines.
func (t *telemetry) encoded(c *translate.Counts) {
	for reason, n := range c.Dropped {
		t.Dropped(translate.Reason(reason), n)
	}
	for change, n := range c.Changed {
		t.Changed(translate.Change(change), n)
	}
}

// tracked reports how many series are remembered.
func (t *telemetry) tracked(n int) {
	t.builder.ExporterWavefrontTrackedSeries.Record(context.Background(), int64(n), t.Attributes)
}
