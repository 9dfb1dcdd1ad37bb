package vendorlab

import (
	"errors"
	"net"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/api"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

// ports collects listeners and what was wrong with their addresses.
type ports struct {
	open   []net.Listener
	failed []error
}

// listen opens an address; flag is named in the error.
func (p *ports) listen(address, flag string) net.Listener {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := listen(address, flag)
	if err != nil {
		p.failed = append(p.failed, err)
		return nil
	}
	p.open = append(p.open, listener)
	return listener
}

// check closes everything again if one address failed.
func (p *ports) check() error {
	if len(p.failed) == 0 {
		return nil
	}
	for _, listener := range p.open {
		_ = listener.Close()
	}
	return errors.Join(p.failed...)
}

// serveRoom answers as one service of a vendor: recorded, and with faults.
func (l *Lab) serveRoom(listener net.Listener, vendor, service string, room http.Handler, secret ...string) *Service {
	return serve(listener, exchange.Record(vendor, l.Store, l.Faults.Inject(service, room), secret...))
}

// signalFxRoom knows what is in the journal, and goes on with it.
func (l *Lab) signalFxRoom(c Config) (http.Handler, error) {
	l.SignalFxQuota, l.SignalFxSeriesQuota = signalfx.NewQuota(), signalfx.NewSeriesQuota()
	room := signalfx.New(signalfx.Config{
		Store: l.Store, Tokens: l.SignalFxTokens, Catalog: l.SignalFxCatalog, Body: c.Body, CheckProgram: signalflow.CheckProgram,
		Quota: l.SignalFxQuota, SeriesQuota: l.SignalFxSeriesQuota,
	})
	if c.SignalFxJournal == nil {
		return room, nil
	}
	if _, err := c.SignalFxJournal.Replay(exchange.Record(signalfx.Vendor, l.Store, room, signalfx.SecretPaths...)); err != nil {
		return nil, err
	}
	return c.SignalFxJournal.Keep(room), nil
}

func (l *Lab) serveSignalFlow(c Config, listener net.Listener) {
	room := c.SignalFlowRoom
	room.Store, room.Tokens, room.Catalog, room.Faults = l.Store, l.SignalFxTokens, l.SignalFxCatalog, l.Faults
	if room.Clock == nil {
		room.Clock = c.Clock
	}
	l.SignalFlowRoom = signalflow.New(room)
	l.SignalFlow = l.serveRoom(listener, signalflow.Vendor, signalflow.Vendor, l.SignalFlowRoom)
}

func (l *Lab) serveWavefront(c Config, direct, proxy net.Listener) {
	room := c.WavefrontRoom
	room.Store = l.Store
	if room.Body == (exchange.BodyLimits{}) {
		room.Body = c.Body
	}
	if room.Tokens == nil {
		room.Tokens = wavefront.NewTokens()
	}
	if room.Sources == nil {
		room.Sources = wavefront.NewSources()
	}
	if room.Quota == nil {
		room.Quota = wavefront.NewQuota()
	}
	l.WavefrontTokens, l.WavefrontSources, l.WavefrontQuota = room.Tokens, room.Sources, room.Quota
	l.Wavefront = l.serveRoom(direct, wavefront.Vendor, wavefront.Vendor, wavefront.NewDirect(room), wavefront.SecretPaths...)
	p := wavefront.NewProxy(room, l.Faults)
	l.WavefrontProxy = l.serveRoom(p.Listen(proxy), wavefront.Vendor, wavefront.ProxyService, p)
}

func (l *Lab) serveLibrato(c Config, listener net.Listener) {
	room := c.LibratoRoom
	room.Store = l.Store
	if room.Body == (exchange.BodyLimits{}) {
		room.Body = c.Body
	}
	if room.Tokens == nil {
		room.Tokens = librato.NewTokens()
	}
	if room.Account == nil {
		room.Account = librato.NewAccount()
	}
	if room.Quota == nil {
		room.Quota = librato.NewQuota()
	}
	l.LibratoTokens, l.LibratoAccount, l.LibratoQuota = room.Tokens, room.Account, room.Quota
	l.Librato = l.serveRoom(listener, librato.Vendor, librato.Vendor, librato.New(room))
}

// unit is what was noted about a series' metric: SignalFx has it as a custom property of the metric, Wavefront
// as a point tag, Librato as an attribute.
func (l *Lab) unit(of store.Series) string {
	switch of.Vendor {
	case signalfx.Vendor:
		metric, _ := l.SignalFxCatalog.Metric(of.Metric)
		return metric.CustomProperties["unit"]
	case wavefront.Vendor:
		unit, _ := of.Dimensions.Get("unit")
		return unit
	case librato.Vendor:
		metric, _ := l.LibratoAccount.Metric(of.Metric)
		return metric.Unit()
	}
	return ""
}

// services lists where the vendors' services listen, by their names in faults.
func (l *Lab) services() map[string]api.Service {
	named := map[string]*Service{
		signalfx.Vendor:        l.SignalFx,
		signalflow.Vendor:      l.SignalFlow,
		wavefront.Vendor:       l.Wavefront,
		wavefront.ProxyService: l.WavefrontProxy,
		librato.Vendor:         l.Librato,
	}
	services := make(map[string]api.Service, len(named))
	for name, service := range named {
		services[name] = api.Service{Address: service.Address(), URL: service.URL()}
	}
	return services
}
