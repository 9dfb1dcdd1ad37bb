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
	"errors"
	"net"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/api"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/web"
)

// Config configures a lab. The zero value serves everything on free ports of the
// loopback interface.
type Config struct {
	Listen   string // page and API, host:port; default 127.0.0.1:0
	SignalFx string // SignalFx ingest and metadata API, host:port; default 127.0.0.1:0

	// SignalFxTokens are the tokens that are good; none: any token that is not empty.
	SignalFxTokens []signalfx.Token
	// Body bounds request bodies.
	Body exchange.BodyLimits
	// Options configure the store.
	Options store.Options
	// Store, when set, is used in place of a new one: a lab that restarts on the
	// same port goes on counting.
	Store *store.Store
	// SignalFxCatalog likewise, for the metadata of dimensions and metrics.
	SignalFxCatalog *signalfx.Catalog
}

// Lab is a running stand-in.
type Lab struct {
	API      *Service
	SignalFx *Service

	Store          *store.Store
	Faults         *faults.Set
	SignalFxTokens *signalfx.Tokens
	// SignalFxCatalog is what the metadata API was told.
	SignalFxCatalog *signalfx.Catalog
}

// Start listens and answers until Close.
func Start(c Config) (*Lab, error) {
	l := &Lab{
		Store:           c.Store,
		Faults:          faults.NewSet(),
		SignalFxTokens:  signalfx.NewTokens(c.SignalFxTokens...),
		SignalFxCatalog: c.SignalFxCatalog,
	}
	if l.SignalFxCatalog == nil {
		l.SignalFxCatalog = signalfx.NewCatalog()
	}
	if l.Store == nil {
		l.Store = store.New(c.Options)
	}
	page, pageErr := listen(orLoopback(c.Listen), "--listen")
	ingest, ingestErr := listen(orLoopback(c.SignalFx), "--signalfx")
	if err := errors.Join(pageErr, ingestErr); err != nil {
		closeAll(page, ingest)
		return nil, err
	}
	room := signalfx.New(signalfx.Config{Store: l.Store, Tokens: l.SignalFxTokens, Catalog: l.SignalFxCatalog, Body: c.Body})
	l.SignalFx = serve(ingest, exchange.Record(signalfx.Vendor, l.Store, l.Faults.Inject(signalfx.Vendor, room)))
	l.API = serve(page, l.pageAndAPI("http://"+page.Addr().String()))
	return l, nil
}

func (l *Lab) pageAndAPI(url string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", web.New())
	mux.Handle("/api/", api.New(api.Config{
		Store:   l.Store,
		Faults:  l.Faults,
		Catalog: l.SignalFxCatalog,
		Ports: api.Ports{Page: url, Services: map[string]api.Service{
			signalfx.Vendor: {Address: l.SignalFx.Address(), URL: l.SignalFx.URL()},
		}},
		Tokens: map[string]api.TokenSwitch{signalfx.Vendor: l.SignalFxTokens},
	}))
	return mux
}

// Close stops answering: requests in flight get half a second to end.
func (l *Lab) Close() {
	l.SignalFx.close()
	l.API.close()
}

func orLoopback(address string) string {
	if address == "" {
		return "127.0.0.1:0"
	}
	return address
}

func closeAll(listeners ...net.Listener) {
	for _, listener := range listeners {
		if listener != nil {
			_ = listener.Close()
		}
	}
}
