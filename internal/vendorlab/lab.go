// Package vendorlab is a stand-in for the vendors on a laptop: strict servers that
// answer like theirs, remember what arrived, say what the vendor would refuse, and
// misbehave on request.
//
// Tests embed it:
//
//	lab, err := vendorlab.Start(vendorlab.Config{})
//	defer lab.Close()
//	send(lab.SignalFx.URL())
//	page, total := lab.Store.Series(store.Query{Metric: "cpu.utilization"})
//
// The lab never imports the project's clients or components, so that it can
// disagree with them.
package vendorlab

import (
	"net/http"
	"sync"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/api"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/clock"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/journal"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/web"
)

// Config configures a lab. The zero value serves everything on free ports of the
// loopback interface.
type Config struct {
	Listen   string // page and API, host:port; default 127.0.0.1:0
	SignalFx string // SignalFx ingest and metadata API, host:port; default 127.0.0.1:0

	SignalFlow string // SignalFlow, the vendor's stream service; default 127.0.0.1:0

	Wavefront      string // Wavefront's service: direct ingestion, REST, token exchange; default 127.0.0.1:0
	WavefrontProxy string // Wavefront's proxy: lines over TCP and over HTTP; default 127.0.0.1:0
	Librato        string // Librato and AppOptics; default 127.0.0.1:0

	// SignalFxTokens are the tokens that are good; none: any token that is not empty.
	SignalFxTokens []signalfx.Token
	// SignalFlowRoom configures SignalFlow; Start fills in what it shares with SignalFx.
	SignalFlowRoom signalflow.Config
	// WavefrontRoom configures the Wavefront services; Start fills in the store.
	WavefrontRoom wavefront.Config
	// LibratoRoom likewise configures Librato.
	LibratoRoom librato.Config
	// Body bounds request bodies.
	Body exchange.BodyLimits
	// Clock, when set, is used in place of the system's, also by the store.
	Clock clock.Clock
	// Options configure the store.
	Options store.Options
	// Store, when set, is used in place of a new one: a lab that restarts on the
	// same port goes on counting.
	Store *store.Store
	// SignalFxCatalog likewise, for the metadata of dimensions and metrics.
	SignalFxCatalog *signalfx.Catalog
	// SignalFxJournal, when set, keeps what SignalFx accepts; what is in it is sent to
	// the room at the start. It is the caller's to close.
	SignalFxJournal *journal.Journal
}

// Lab is a running stand-in.
type Lab struct {
	API      *Service
	SignalFx *Service
	// SignalFlow's URL is http; a WebSocket client replaces that with ws.
	SignalFlow *Service

	Wavefront      *Service
	WavefrontProxy *Service // its Address is also that of lines over TCP
	Librato        *Service

	Store          *store.Store
	Faults         *faults.Set
	SignalFxTokens *signalfx.Tokens
	// SignalFxCatalog is what the metadata API was told.
	SignalFxCatalog *signalfx.Catalog

	// SignalFlowRoom knows the jobs that run and switches binary forms.
	SignalFlowRoom *signalflow.Server

	WavefrontTokens  *wavefront.Tokens
	WavefrontSources *wavefront.Sources
	LibratoTokens    *librato.Tokens
	LibratoAccount   *librato.Account

	// The quotas have no limit until one is set.
	SignalFxQuota       *quota.Quota // datapoints per minute
	SignalFxSeriesQuota *quota.Quota // new series per minute
	WavefrontQuota      *quota.Quota // points per second
	LibratoQuota        *quota.Quota // measurements per minute
}

// Start listens and answers until Close.
func Start(c Config) (*Lab, error) {
	l := &Lab{
		Store:           c.Store,
		Faults:          faults.NewSet(signalfx.Vendor, signalflow.Vendor, wavefront.Vendor, wavefront.ProxyService, librato.Vendor),
		SignalFxTokens:  signalfx.NewTokens(c.SignalFxTokens...),
		SignalFxCatalog: c.SignalFxCatalog,
	}
	if l.SignalFxCatalog == nil {
		l.SignalFxCatalog = signalfx.NewCatalog()
	}
	if c.Clock != nil && c.Options.Now == nil {
		c.Options.Now = c.Clock.Now
	}
	if l.Store == nil {
		l.Store = store.New(c.Options)
	}
	room, err := l.signalFxRoom(c)
	if err != nil {
		return nil, err
	}
	var ports ports
	page := ports.listen(c.Listen, "--listen")
	ingest := ports.listen(c.SignalFx, "--signalfx")
	stream := ports.listen(c.SignalFlow, "--signalflow")
	direct := ports.listen(c.Wavefront, "--wavefront")
	proxy := ports.listen(c.WavefrontProxy, "--wavefront-proxy")
	measurements := ports.listen(c.Librato, "--librato")
	if err := ports.check(); err != nil {
		return nil, err
	}
	l.SignalFx = l.serveRoom(ingest, signalfx.Vendor, signalfx.Vendor, room, signalfx.SecretPaths...)
	l.serveSignalFlow(c, stream)
	l.serveWavefront(c, direct, proxy)
	l.serveLibrato(c, measurements)
	l.API = serve(page, l.pageAndAPI("http://"+page.Addr().String()))
	return l, nil
}

func (l *Lab) pageAndAPI(url string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", web.New())
	mux.Handle("/api/", api.New(api.Config{
		Store:      l.Store,
		Faults:     l.Faults,
		Catalog:    l.SignalFxCatalog,
		SignalFlow: l.SignalFlowRoom,
		Sources:    l.WavefrontSources,
		Unit:       l.unit,
		Forget:     []interface{ Reset() }{l.SignalFxCatalog, l.WavefrontSources, l.LibratoAccount},
		Quotas: map[string]*quota.Quota{
			signalfx.Vendor: l.SignalFxQuota, signalfx.SeriesQuota: l.SignalFxSeriesQuota,
			signalflow.Vendor: l.SignalFlowRoom.Quota, wavefront.Vendor: l.WavefrontQuota, librato.Vendor: l.LibratoQuota,
		},
		Ports: api.Ports{Page: url, Services: l.services()},
		Tokens: map[string]api.TokenSwitch{
			signalfx.Vendor:  l.SignalFxTokens,
			wavefront.Vendor: l.WavefrontTokens,
			librato.Vendor:   l.LibratoTokens,
		},
	}))
	return mux
}

// Close stops answering: requests in flight get half a second to end.
func (l *Lab) Close() {
	var closing sync.WaitGroup
	for _, service := range []*Service{l.SignalFx, l.SignalFlow, l.Wavefront, l.WavefrontProxy, l.Librato, l.API} {
		closing.Go(service.close)
	}
	closing.Wait()
	l.SignalFlowRoom.Wait()
}
