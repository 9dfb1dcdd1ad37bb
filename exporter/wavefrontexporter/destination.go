package wavefrontexporter

import (
	"context"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// destination is one endpoint: the service, a proxy's HTTP port, or its TCP port.
type destination struct {
	http      *wavefront.HTTP
	tcp       *wavefront.TCP
	direct    bool
	confirm   bool // over TCP, as in wavefront.TCPOptions
	telemetry *telemetry
}

func (s *service) newDestination(text string, auth wavefront.Authorizer, gzipLevel int) (*destination, error) {
	endpoint, err := wavefront.ParseEndpoint(text)
	if err != nil {
		return nil, err
	}
	d := &destination{telemetry: s.telemetry, confirm: s.config.TCPConfirm}
	if endpoint.TCP != "" {
		d.tcp = wavefront.NewTCP(endpoint.TCP, wavefront.TCPOptions{
			Stall:     s.config.ClientConfig.Timeout,
			Confirm:   s.config.TCPConfirm,
			OnConnect: s.telemetry.connected,
		})
		return d, nil
	}
	d.direct = s.config.direct()
	d.http, err = wavefront.NewHTTP(s.http, endpoint.Base, wavefront.HTTPOptions{
		Auth:      auth,
		Proxy:     !d.direct,
		UserAgent: exporterconf.UserAgent(s.settings.BuildInfo),
		GzipLevel: gzipLevel,
		Observe:   s.telemetry.attempt,
	})
	return d, err
}

// send makes one attempt. It returns what a lane's send may return.
func (d *destination) send(ctx context.Context, t dataType, lines []byte) error {
	switch {
	case d.tcp != nil:
		return d.write(ctx, t, lines)
	case t == events && d.direct:
		return d.http.SendEvent(ctx, lines)
	}
	return d.http.Send(ctx, dataTypes[t].format, lines)
}

// write sends over TCP. When the connection breaks, nobody knows how much of what was
// handed over the proxy has read. When it confirms, everything is sent again, as over HTTP
// when an answer is lost. Otherwise what was handed over has been given up already once a
// request is done; so for data that adds up it counts as delivered here, too, since sent
// again it would be counted twice. Everything else is sent again whole: a point replaces
// itself, and of a span or event two are better than none.
func (d *destination) write(ctx context.Context, t dataType, lines []byte) error {
	began := time.Now()
	n, err := d.tcp.Send(ctx, lines)
	failed, _ := err.(*httpsend.Error)
	d.telemetry.wrote(ctx, t, lines, time.Since(began), failed)
	if failed != nil && n > 0 && dataTypes[t].addsUp && !d.confirm {
		return &delivery.Partial{Bytes: n, Err: failed}
	}
	return err
}

func (d *destination) close() {
	if d.tcp != nil {
		_ = d.tcp.Close()
	}
}
