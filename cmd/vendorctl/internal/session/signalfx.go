package session

import (
	"context"
	"fmt"
	"net/url"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/profile"
)

// signalFx returns the profile with a token.
func (s *Session) signalFx() (*profile.SignalFx, error) {
	p, err := s.Profile()
	if err != nil {
		return nil, err
	}
	if p.SignalFx.Token == "" {
		return nil, s.missing("SignalFx token", "SIGNALFX_TOKEN")
	}
	return &p.SignalFx, checkToken("SIGNALFX_TOKEN", p.SignalFx.Token)
}

// serviceURL is the URL of a service: the one that is set, or that of the realm.
func (s *Session) serviceURL(p *profile.SignalFx, set, variable string, ofRealm func(realm, domain string) (string, error)) (*url.URL, error) {
	if set == "" && p.Realm == "" {
		return nil, s.missing("SignalFx realm", "SIGNALFX_REALM (such as us1) or "+variable)
	}
	var err error
	if set == "" {
		if set, err = ofRealm(p.Realm, signalfx.DefaultDomain); err != nil {
			return nil, exit.With(exit.Usage, fmt.Errorf("SIGNALFX_REALM: %w", err))
		}
	}
	base, err := signalfx.ParseBaseURL(set)
	if err != nil {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s: %w", variable, err))
	}
	return base, nil
}

// SignalFxAPI returns the API without a token, for logging in.
func (s *Session) SignalFxAPI() (*signalfx.API, error) {
	p, err := s.Profile()
	if err != nil {
		return nil, err
	}
	base, err := s.serviceURL(&p.SignalFx, p.SignalFx.APIURL, "SIGNALFX_API_URL", signalfx.APIURL)
	if err != nil {
		return nil, err
	}
	return signalfx.NewAPI(s.Client(), base, signalfx.APIOptions{UserAgent: UserAgent, Patience: s.patience}), nil
}

// SignalFx returns the REST API.
func (s *Session) SignalFx() (*signalfx.REST, error) {
	p, err := s.signalFx()
	if err != nil {
		return nil, err
	}
	api, err := s.SignalFxAPI()
	if err != nil {
		return nil, err
	}
	return api.REST(p.Token), nil
}

// SignalFxIngest returns the ingest service and the token that it wants.
func (s *Session) SignalFxIngest() (*signalfx.Ingest, string, error) {
	p, err := s.signalFx()
	if err != nil {
		return nil, "", err
	}
	base, err := s.serviceURL(p, p.IngestURL, "SIGNALFX_INGEST_URL", signalfx.IngestURL)
	if err != nil {
		return nil, "", err
	}
	ingest, err := signalfx.NewIngest(s.Client(), base, signalfx.IngestOptions{UserAgent: UserAgent, GzipLevel: 1})
	return ingest, p.Token, err
}

// SignalFlow is what the stream service does over either transport.
type SignalFlow interface {
	Execute(ctx context.Context, r signalflow.Request) (*signalflow.Computation, error)
	Start(ctx context.Context, r signalflow.Request) (handle string, err error)
	Preflight(ctx context.Context, r signalflow.Request) (*signalflow.Estimation, error)
	Stop(ctx context.Context, handle, reason string) error
	KeepAlive(ctx context.Context, handle string) error
	Close() error
}

// Values of FlowTransport.
const (
	WebSocket = "websocket"
	SSE       = "sse"
)

// SignalFlow returns the stream service.
func (s *Session) SignalFlow() (SignalFlow, error) {
	p, err := s.signalFx()
	if err != nil {
		return nil, err
	}
	if p.StreamURL == "" && p.Realm == "" {
		return nil, s.missing("SignalFx realm", "SIGNALFX_REALM (such as us1) or SIGNALFX_STREAM_URL")
	}
	endpoint, variable := signalflow.Endpoint{}, "SIGNALFX_STREAM_URL"
	if p.StreamURL != "" {
		endpoint, err = signalflow.ParseEndpoint(p.StreamURL)
	} else {
		variable = "SIGNALFX_REALM"
		endpoint, err = signalflow.RealmEndpoint(p.Realm, signalflow.DefaultDomain)
	}
	if err != nil {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s: %w", variable, err))
	}
	options := signalflow.Options{Endpoint: endpoint, Token: p.Token, UserAgent: UserAgent, HTTPClient: s.Client()}
	var client SignalFlow
	switch s.FlowTransport {
	case WebSocket:
		client, err = signalflow.NewClient(options)
	case SSE:
		client, err = signalflow.NewSSEClient(options)
	default:
		return nil, exit.With(exit.Usage, fmt.Errorf("--transport is %q: write websocket or sse", s.FlowTransport))
	}
	if err != nil {
		return nil, err
	}
	s.OnClose(client.Close)
	return client, nil
}
