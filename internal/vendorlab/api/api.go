// Package api is the lab's own HTTP interface: what arrived, as JSON, and the switches.
//
// The forms are documented in the lab's README.md. They are stable: fields may be
// added, none is renamed or removed.
package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

// Ports tells where everything listens.
type Ports struct {
	Page     string             `json:"page"` // URL of the page and of this API
	Services map[string]Service `json:"services"`
}

// Service is one vendor service.
type Service struct {
	Address string `json:"address"` // host:port
	URL     string `json:"url"`
}

// TokenSwitch revokes and restores a vendor's tokens; the empty string means all.
type TokenSwitch interface {
	Revoke(secret string)
	Restore(secret string)
}

// Config is what the API shows and switches. All fields are required.
type Config struct {
	Store      *store.Store
	Faults     *faults.Set
	Catalog    *signalfx.Catalog
	SignalFlow *signalflow.Server
	Sources    *wavefront.Sources
	Unit       func(store.Series) string // of a series' values, or empty
	Ports      Ports
	Tokens     map[string]TokenSwitch  // by vendor
	Quotas     map[string]*quota.Quota // by vendor
	// Forget is called by a reset, beside the store's.
	Forget []interface{ Reset() }
}

type server struct{ Config }

// New returns the handler of /api/.
func New(c Config) http.Handler {
	s := &server{c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/ports", s.ports)
	mux.HandleFunc("GET /api/stats", s.stats)
	mux.HandleFunc("GET /api/series", s.series)
	mux.HandleFunc("GET /api/points", s.points)
	mux.HandleFunc("GET /api/events", pageOf("events", s.Store.Events))
	mux.HandleFunc("GET /api/dimensions", s.dimensions)
	mux.HandleFunc("GET /api/traces", pageOf("traces", s.Store.Traces))
	mux.HandleFunc("GET /api/rejections", pageOf("rejections", s.Store.Rejections))
	mux.HandleFunc("GET /api/requests", pageOf("requests", s.Store.Requests))
	mux.HandleFunc("GET /api/requests/{id}", s.request)
	mux.HandleFunc("GET /api/audit", s.audit)
	mux.HandleFunc("POST /api/reset", s.reset)
	mux.HandleFunc("GET /api/faults", s.listFaults)
	mux.HandleFunc("POST /api/faults", s.addFault)
	mux.HandleFunc("DELETE /api/faults", s.clearFaults)
	mux.HandleFunc("DELETE /api/faults/{id}", s.removeFault)
	mux.HandleFunc("POST /api/tokens", s.switchToken)
	mux.HandleFunc("GET /api/sources", s.sources)
	mux.HandleFunc("GET /api/quotas", s.listQuotas)
	mux.HandleFunc("POST /api/quotas", s.setQuota)
	mux.HandleFunc("GET /api/jobs", s.jobs)
	mux.HandleFunc("GET /api/signalflow", s.wire)
	mux.HandleFunc("POST /api/signalflow", s.setWire)
	mux.HandleFunc("POST /api/signalflow/execute", s.runProgram)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusNotFound, "no such path or method; see the README of the lab")
	})
	return mux
}

func (s *server) ports(w http.ResponseWriter, _ *http.Request) { reply(w, s.Ports) }

func (s *server) stats(w http.ResponseWriter, _ *http.Request) { reply(w, s.Store.Stats()) }

func (s *server) reset(w http.ResponseWriter, _ *http.Request) {
	s.Store.Reset()
	for _, held := range s.Forget {
		held.Reset()
	}
	w.WriteHeader(http.StatusNoContent)
}

func reply(w http.ResponseWriter, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	write(w, http.StatusOK, body)
}

func fail(w http.ResponseWriter, status int, message string) {
	body, _ := json.Marshal(map[string]string{"error": message})
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// maxSwitchBody bounds the bodies of POST requests, in bytes.
const maxSwitchBody = 64 << 10

// readJSON takes a JSON body only, which a foreign web page cannot send unasked.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != "application/json" {
		return errors.New("send JSON with Content-Type: application/json")
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSwitchBody))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// Page sizes of lists.
const (
	defaultLimit = 100
	maxLimit     = 10_000
)

// pageParams reads ?offset= and ?limit=.
func pageParams(r *http.Request) (offset, limit int, err error) {
	if offset, err = numberParam(r, "offset", 0, 0); err != nil {
		return 0, 0, err
	}
	limit, err = numberParam(r, "limit", defaultLimit, 1)
	return offset, min(limit, maxLimit), err
}

func numberParam(r *http.Request, name string, fallback, least int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, fmt.Errorf("%s: must be a whole number of at least %d", name, least)
	}
	return n, nil
}
