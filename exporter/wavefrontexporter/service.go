package wavefrontexporter

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/delivery"
	"github.com/otelcol-custom/otelcol-custom/internal/exporterconf"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// service is what every signal has: the connections to where its data goes.
type service struct {
	config    *Config
	settings  exporter.Settings
	telemetry *telemetry
	now       func() time.Time

	types        []dataType
	http         *http.Client
	csp          *http.Client
	destinations map[string]*destination // by endpoint
}

func newService(config *Config, set exporter.Settings, signal string, types ...dataType) (*service, error) {
	if err := config.validateSignal(types...); err != nil {
		return nil, err
	}
	t, err := newTelemetry(set, signal)
	if err != nil {
		return nil, err
	}
	return &service{config: config, settings: set, telemetry: t, now: time.Now, types: types}, nil
}

// start connects to nothing yet: it makes the clients, which need the host's extensions.
func (s *service) start(ctx context.Context, host component.Host) error {
	s.telemetry.Start(host)
	client, gzipLevel := exporterconf.TakeGzip(s.config.ClientConfig)
	var err error
	if s.http, err = client.ToClient(ctx, host.GetExtensions(), s.settings.TelemetrySettings); err != nil {
		return err
	}
	auth, err := s.authorizer(ctx, host)
	if err != nil {
		return err
	}
	s.destinations = make(map[string]*destination)
	for _, t := range s.types {
		text, key := s.config.endpoint(t)
		if s.destinations[text] != nil {
			continue
		}
		d, err := s.newDestination(text, auth, gzipLevel)
		if err != nil {
			return fmt.Errorf("`%s`: %w", key, err)
		}
		s.destinations[text] = d
	}
	return nil
}

// authorizer hands out tokens; nil when there are none.
func (s *service) authorizer(ctx context.Context, host component.Host) (wavefront.Authorizer, error) {
	if s.config.Token != "" {
		return wavefront.APIToken(s.config.Token), nil
	}
	if !s.config.CSP.HasValue() {
		return nil, nil
	}
	c := s.config.CSP.Get()
	base, err := url.Parse(c.ClientConfig.Endpoint)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("`csp::client::endpoint` is no URL of the form https://HOST")
	}
	if s.csp, err = c.ClientConfig.ToClient(ctx, host.GetExtensions(), s.settings.TelemetrySettings); err != nil {
		return nil, fmt.Errorf("`csp::client`: %w", err)
	}
	return wavefront.NewCSP(s.csp, wavefront.CSPOptions{
		URL: base, AppID: c.AppID, AppSecret: string(c.AppSecret), OrgID: c.OrgID, APIToken: string(c.APIToken),
		UserAgent:  exporterconf.UserAgent(s.settings.BuildInfo),
		OnExchange: s.telemetry.exchanged,
	})
}

func (s *service) shutdown(context.Context) error {
	for _, d := range s.destinations {
		d.close()
	}
	for _, client := range []*http.Client{s.http, s.csp} {
		if client != nil {
			client.CloseIdleConnections()
		}
	}
	return nil
}

func (s *service) newRun(ctx context.Context) *delivery.Run {
	return delivery.NewRun(ctx, noObserver{s.telemetry}, s.config.MaxParallelRequests)
}

// output is where the lines of a type go in a run.
func (s *service) output(run *delivery.Run, t dataType) (*delivery.Lane, translate.Output) {
	text, _ := s.config.endpoint(t)
	d := s.destinations[text]
	lane := run.Lane(func(ctx context.Context, p *parts.Part) error {
		err := d.send(ctx, t, p.Body)
		s.telemetry.sent(t, p, err)
		return err
	})
	limits := translate.Limits{Bytes: s.config.MaxRequestSize, Lines: min(s.config.MaxLinesPerRequest, dataTypes[t].maxLines)}
	if d.tcp != nil {
		limits.LineBytes = dataTypes[t].maxLineBytes
	}
	if t == events && d.direct {
		limits.Lines = 1 // the service takes one event a request
	}
	return lane, translate.Output{Limits: limits, Emit: lane.Emit}
}

// oneDestination reports whether all the signal's data goes to one place, so that
// trouble with some is trouble with all.
func (s *service) oneDestination() bool { return len(s.destinations) == 1 }

func (s *service) maxWait() time.Duration {
	return delivery.MaxWait(s.config.RetryConfig.MaxElapsedTime)
}

// noObserver counts what was refused; what was delivered is counted by type where it is sent.
type noObserver struct{ *telemetry }

func (noObserver) Delivered(*parts.Part) {}

func (o noObserver) Refused(p *parts.Part, err *httpsend.Error) { o.refused(p, err) }
