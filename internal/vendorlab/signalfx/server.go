package signalfx

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Vendor is this room's name in the store, in faults and in the API.
const Vendor = "signalfx"

// Body types, as contentTypeOf normalizes them.
const (
	typeProtobuf = "application/x-protobuf"
	typeOTLP     = "application/x-protobuf;format=otlp"
	typeJSON     = "application/json"
)

// decoder turns a body into what it holds. Its error refuses the whole request.
type decoder func(body []byte) (*batch, *exchange.Error)

// endpoints is every ingest path with the body types it takes. All take POST only.
// Every other path belongs to the metadata API; see rest.go.
var endpoints = map[string]map[string]decoder{
	"/v2/datapoint":      {typeProtobuf: decodeDatapoints, typeJSON: decodeJSONDatapoints, typeOTLP: decodeOTLPMetrics},
	"/v2/datapoint/otlp": {typeProtobuf: decodeOTLPMetrics, typeOTLP: decodeOTLPMetrics},
	"/v2/event":          {typeProtobuf: decodeEvents, typeJSON: decodeJSONEvents},
	"/v2/trace/otlp":     {typeProtobuf: decodeOTLPTraces},
}

// Config configures a Server.
type Config struct {
	Store   *store.Store // required
	Tokens  *Tokens      // nil: any token that is not empty is good
	Catalog *Catalog     // nil: an empty one
	// CheckProgram says what is wrong with a detector's SignalFlow program; nil: nothing ever is.
	CheckProgram func(program string) error
	Body         exchange.BodyLimits // zero: defaults; the vendor publishes none
	// Quota is of datapoints, SeriesQuota of new series; nil: none.
	Quota, SeriesQuota *quota.Quota
}

// Server answers ingest and metadata requests. It must run inside exchange.Record.
type Server struct {
	store        *store.Store
	tokens       *Tokens
	catalog      *Catalog
	checkProgram func(string) error
	body         exchange.BodyLimits
	quota        *quota.Quota
	seriesQuota  *quota.Quota
	api          http.Handler
}

// New returns a server.
func New(c Config) *Server {
	if c.Tokens == nil {
		c.Tokens = NewTokens()
	}
	if c.Catalog == nil {
		c.Catalog = NewCatalog()
	}
	if c.CheckProgram == nil {
		c.CheckProgram = func(string) error { return nil }
	}
	if c.Quota == nil {
		c.Quota = NewQuota()
	}
	if c.SeriesQuota == nil {
		c.SeriesQuota = NewSeriesQuota()
	}
	s := &Server{quota: c.Quota, seriesQuota: c.SeriesQuota, store: c.Store, tokens: c.Tokens, catalog: c.Catalog, checkProgram: c.CheckProgram, body: c.Body}
	s.api = s.newAPI()
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bodies, ok := endpoints[r.URL.Path]
	if !ok {
		s.api.ServeHTTP(w, r)
		return
	}
	ex := exchange.From(r)
	decode, err := s.route(w, r, bodies)
	if err == nil {
		err = ex.WithBody(r, s.body, func(body []byte) *exchange.Error {
			return s.accept(w, r, ex, decode, body)
		})
	}
	if err != nil {
		s.refuse(w, r, ex, err)
	}
}

// route checks everything about a request that can be checked without its body.
func (s *Server) route(w http.ResponseWriter, r *http.Request, bodies map[string]decoder) (decoder, *exchange.Error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, exchange.Errorf(http.StatusMethodNotAllowed, "this path takes POST only")
	}
	if err := s.tokens.CheckRequest(r, ScopeIngest); err != nil {
		return nil, err
	}
	decode, ok := bodies[contentTypeOf(r.Header.Get("Content-Type"))]
	if !ok {
		return nil, exchange.Errorf(http.StatusUnsupportedMediaType, "this path does not take this Content-Type")
	}
	return decode, nil
}

// contentTypeOf drops parameters, except that the OTLP form is recognized in its
// exact spelling, which has no blank: with any other format parameter the vendor
// would not see OTLP.
func contentTypeOf(header string) string {
	if strings.EqualFold(header, typeOTLP) {
		return typeOTLP
	}
	mediaType, parameters, err := mime.ParseMediaType(header)
	if err != nil || parameters["format"] != "" {
		return ""
	}
	return mediaType
}

func (s *Server) accept(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange, decode decoder, body []byte) *exchange.Error {
	if s.store.Discarding() {
		if c := counterOf(r.URL.Path, contentTypeOf(r.Header.Get("Content-Type"))); c != nil {
			return s.countOnly(w, ex, c, body)
		}
	}
	b, err := decode(body)
	if err != nil {
		return err
	}
	if err := s.limit(w, b); err != nil {
		return err
	}
	s.limitSeries(b)
	b.truncate(ex)
	b.save(s.store, ex, r.URL.Path)
	ex.Answer(w, http.StatusOK, b.answer())
	return nil
}

// refuse answers with the error and records that the whole request was refused.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange, err *exchange.Error) {
	s.store.AddRejections(Vendor, []store.Rejection{{
		Path: r.URL.Path, Kind: "request", Reason: string(RequestRefused),
		Detail: http.StatusText(err.Status) + ": " + err.Message, Item: ex.Payload(),
	}})
	answerError(w, ex, err)
}

func answerError(w http.ResponseWriter, ex *exchange.Exchange, err *exchange.Error) {
	ex.NoteError(err.Message)
	answer, _ := json.Marshal(map[string]any{"code": err.Status, "message": err.Message})
	ex.Answer(w, err.Status, answer)
}
