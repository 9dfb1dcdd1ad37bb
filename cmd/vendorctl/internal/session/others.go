package session

import (
	"context"
	"fmt"
	"net/url"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/profile"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Librato returns a client of either of the two services.
func (s *Session) Librato() (*librato.Client, error) {
	p, err := s.Profile()
	if err != nil {
		return nil, err
	}
	name := p.Librato.API
	if s.LibratoAPI != "" {
		name = s.LibratoAPI
	}
	var api librato.API
	switch name {
	case "", "appoptics":
		api = librato.AppOptics
	case "librato":
		api = librato.Librato
	default:
		return nil, exit.With(exit.Usage, fmt.Errorf("%q is no API: write librato or appoptics", name))
	}
	credentials, err := s.libratoCredentials(&p.Librato, api)
	if err != nil {
		return nil, err
	}
	if p.Librato.URL == "" { // the vendor has retired both services
		return nil, s.missing("URL of what still speaks the API of "+api.String(), "LIBRATO_URL (such as http://relay.example.com:8080)")
	}
	base, err := librato.ParseBaseURL(p.Librato.URL)
	if err != nil {
		return nil, exit.With(exit.Usage, fmt.Errorf("LIBRATO_URL: %w", err))
	}
	return librato.NewClient(s.Client(), base, librato.Options{API: api, Credentials: credentials, UserAgent: UserAgent, Patience: s.patience})
}

func (s *Session) libratoCredentials(p *profile.Librato, api librato.API) (librato.Credentials, error) {
	if p.Token == "" {
		variable := librato.AppOpticsTokenVariable + " (or " + librato.LibratoUserVariable + " and " + librato.LibratoTokenVariable + ")"
		if api == librato.Librato {
			variable = librato.LibratoUserVariable + " and " + librato.LibratoTokenVariable
		}
		return librato.Credentials{}, s.missing("token of "+api.String(), variable)
	}
	credentials, err := librato.AppOpticsCredentials(p.Token)
	if api == librato.Librato {
		credentials, err = librato.LibratoCredentials(p.Email, p.Token)
	}
	return credentials, exit.With(exit.Credentials, err)
}

// Wavefront is a way to send to Wavefront.
type Wavefront struct {
	// HTTP is the service, or a proxy; nil when TCP is set.
	HTTP *wavefront.HTTP
	TCP  *wavefront.TCP
	// Proxy: the other side is a proxy, which takes events and source tags as lines.
	Proxy bool
}

// Wavefront returns a sender to the service or a proxy.
func (s *Session) Wavefront() (*Wavefront, error) {
	p, err := s.Profile()
	if err != nil {
		return nil, err
	}
	if p.Wavefront.URL == "" {
		return nil, s.missing("Wavefront URL", "WAVEFRONT_URL (https://INSTANCE.wavefront.com, http://PROXY:2878 or tcp://PROXY:2878)")
	}
	endpoint, err := wavefront.ParseEndpoint(p.Wavefront.URL)
	if err != nil {
		return nil, exit.With(exit.Usage, fmt.Errorf("WAVEFRONT_URL: %w", err))
	}
	if endpoint.TCP != "" {
		tcp := wavefront.NewTCP(endpoint.TCP, wavefront.TCPOptions{})
		s.OnClose(tcp.Close)
		return &Wavefront{TCP: tcp, Proxy: true}, nil
	}
	proxy := p.Wavefront.Proxy || s.WavefrontProxy
	auth, err := s.wavefrontAuth(&p.Wavefront)
	if err != nil {
		return nil, err
	}
	if auth == nil && !proxy {
		return nil, s.missing("Wavefront token", "WAVEFRONT_TOKEN (or WAVEFRONT_CSP_API_TOKEN; a proxy needs none: --proxy)")
	}
	http, err := wavefront.NewHTTP(s.Client(), endpoint.Base, wavefront.HTTPOptions{Auth: auth, Proxy: proxy, UserAgent: UserAgent, GzipLevel: 1})
	return &Wavefront{HTTP: http, Proxy: proxy}, err
}

// wavefrontAuth is nil without credentials.
func (s *Session) wavefrontAuth(p *profile.Wavefront) (wavefront.Authorizer, error) {
	switch {
	case p.CSPAppID != "" || p.CSPAPIToken != "":
		o := wavefront.CSPOptions{AppID: p.CSPAppID, AppSecret: p.CSPSecret, OrgID: p.CSPOrgID, APIToken: p.CSPAPIToken, UserAgent: UserAgent}
		if p.CSPURL != "" {
			base, err := url.Parse(p.CSPURL)
			if err != nil || base.Host == "" {
				return nil, exit.With(exit.Usage, fmt.Errorf("WAVEFRONT_CSP_URL: not a URL of the form https://HOST"))
			}
			o.URL = base
		}
		csp, err := wavefront.NewCSP(s.Client(), o)
		return csp, exit.With(exit.Credentials, err)
	case p.Token != "":
		return wavefront.APIToken(p.Token), checkToken("WAVEFRONT_TOKEN", p.Token)
	}
	return nil, nil
}

// Send sends lines of one format.
func (w *Wavefront) Send(ctx context.Context, f wavefront.Format, lines []byte) error {
	if w.TCP != nil {
		_, err := w.TCP.Send(ctx, lines)
		return err
	}
	return w.HTTP.Send(ctx, f, lines)
}

// Patiently runs an attempt to send, and again after a rate limit as long as --wait allows.
func (s *Session) Patiently(ctx context.Context, attempt func() error) error {
	return httpsend.Patiently(ctx, s.patience, attempt)
}
