package librato

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/intake"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Config configures a room.
type Config struct {
	Store   *store.Store        // required
	Tokens  *Tokens             // nil: any token that is not empty is good
	Account *Account            // nil: an empty one
	Quota   *quota.Quota        // of measurements; nil: none
	Body    exchange.BodyLimits // zero: the lab's defaults; the vendor publishes none
	// MaxAge is how old a measurement may be; 0: 120 minutes, negative: as old as it likes.
	MaxAge time.Duration
}

// server answers the API. It must run inside exchange.Record.
type server struct {
	Config
	mux *http.ServeMux
}

// New returns the handler of both dialects.
func New(c Config) http.Handler {
	if c.Tokens == nil {
		c.Tokens = NewTokens()
	}
	if c.Account == nil {
		c.Account = NewAccount()
	}
	if c.Quota == nil {
		c.Quota = NewQuota()
	}
	if c.MaxAge == 0 {
		c.MaxAge = maxAge
	}
	s := &server{Config: c, mux: http.NewServeMux()}
	for path, methods := range paths {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, methods) })
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, exchange.From(r), notFound())
	})
	return s
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// call is one request with its body.
type call struct {
	*http.Request
	ex   *exchange.Exchange
	body object
	// header is that of the answer.
	header http.Header
	// query are the parameters of the address.
	query url.Values
}

// reply is a successful answer.
type reply struct {
	status   int
	location string // below /v1/
	body     any    // nil: none
}

type handler func(s *server, c *call) (*reply, *apiError)

// paths is every path with the methods it takes.
var paths = map[string]map[string]handler{
	"/v1/metrics": {
		"GET": (*server).listMetrics, "POST": (*server).postSourced,
		"PUT": (*server).putMetrics, "DELETE": (*server).deleteMetrics,
	},
	"/v1/metrics/{name}": {
		"GET": (*server).getMetric, "PUT": (*server).putMetric, "DELETE": (*server).deleteMetric,
	},
	"/v1/measurements":        {"GET": (*server).composeTagged, "POST": (*server).postTagged},
	"/v1/measurements/{name}": {"GET": (*server).getMeasurements},

	"/v1/annotations": {"GET": (*server).listStreams},
	"/v1/annotations/{stream}": {
		"GET": (*server).getStream, "POST": (*server).postAnnotation, "PUT": (*server).putStream, "DELETE": (*server).deleteStream,
	},
	"/v1/annotations/{stream}/{id}": {
		"GET": (*server).getAnnotation, "PUT": (*server).putAnnotation, "DELETE": (*server).deleteAnnotation,
	},
	"/v1/annotations/{stream}/{id}/links":       {"POST": (*server).postLink},
	"/v1/annotations/{stream}/{id}/links/{rel}": {"DELETE": (*server).deleteLink},

	"/v1/alerts":                         {"GET": (*server).listAlerts, "POST": create(kindAlert)},
	"/v1/alerts/status":                  {"GET": (*server).listAlertStates},
	"/v1/alerts/{id}":                    {"GET": get(kindAlert), "PUT": put(kindAlert), "DELETE": remove(kindAlert)},
	"/v1/alerts/{id}/status":             {"GET": (*server).getAlertState},
	"/v1/alerts/{id}/clear":              {"POST": (*server).clearAlert},
	"/v1/alerts/{id}/services":           {"POST": (*server).linkService},
	"/v1/alerts/{id}/services/{service}": {"DELETE": (*server).unlinkService},

	"/v1/services":      {"GET": (*server).listServices, "POST": create(kindService)},
	"/v1/services/{id}": {"GET": get(kindService), "PUT": put(kindService), "DELETE": remove(kindService)},

	"/v1/spaces":                     {"GET": (*server).listSpaces, "POST": create(kindSpace)},
	"/v1/spaces/{id}":                {"GET": get(kindSpace), "PUT": put(kindSpace), "DELETE": remove(kindSpace)},
	"/v1/spaces/{space}/charts":      {"GET": (*server).listCharts, "POST": create(kindChart)},
	"/v1/spaces/{space}/charts/{id}": {"GET": get(kindChart), "PUT": put(kindChart), "DELETE": remove(kindChart)},
}

func (s *server) serve(w http.ResponseWriter, r *http.Request, methods map[string]handler) {
	ex := exchange.From(r)
	handle, ok := methods[r.Method]
	if !ok {
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
		s.refuse(w, r, ex, requestError(http.StatusMethodNotAllowed, "this path does not take %s", r.Method))
		return
	}
	if s.discards(r) {
		if err := s.countOnly(w, r, ex); err != nil {
			s.refuse(w, r, ex, err)
		}
		return
	}
	answer, err := s.call(w, r, ex, handle)
	if err != nil {
		s.refuse(w, r, ex, err)
		return
	}
	if answer.location != "" {
		w.Header().Set("Location", "/v1/"+answer.location)
	}
	var text []byte
	if answer.body != nil {
		text, _ = json.Marshal(answer.body)
	}
	ex.Answer(w, answer.status, text)
}

func (s *server) call(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange, handle handler) (answer *reply, failed *apiError) {
	if err := s.Tokens.check(r, roleFor(r)); err != nil {
		return nil, err
	}
	c := &call{Request: r, ex: ex, header: w.Header(), query: r.URL.Query()}
	if err := ex.WithBody(r, s.bodyLimits(r), func(body []byte) *exchange.Error {
		c.body, failed = readObject(r, body)
		return nil
	}); err != nil {
		return nil, fromExchange(err)
	}
	if failed != nil {
		return nil, failed
	}
	return handle(s, c)
}

// bodyLimits are tighter for what the account keeps than for measurements, of which
// the store keeps little.
func (s *server) bodyLimits(r *http.Request) exchange.BodyLimits {
	if r.URL.Path == "/v1/metrics" || r.URL.Path == "/v1/measurements" {
		return s.Body
	}
	return exchange.BodyLimits{Wire: maxObjectBody, Decompressed: maxObjectBody}
}

// refuse answers with the error and records it.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange, err *apiError) {
	ex.NoteError(err.text)
	if r.Method != http.MethodGet { // a question without an answer refuses no data
		s.Store.AddRejections(Vendor, []store.Rejection{{
			Path: r.URL.Path, Kind: "request", Reason: string(err.reason),
			Detail: strconv.Itoa(err.status) + " " + http.StatusText(err.status) + ": " + err.text, Item: ex.Payload(),
		}})
	}
	ex.Answer(w, err.status, err.body(s.Store.Now().Unix()))
}

func (s *server) reader(c *call) *reader {
	return &reader{now: s.Store.Now(), maxAge: s.MaxAge, auditKey: s.Store.AuditKey(), agent: c.Header.Get("User-Agent")}
}

// postSourced answers 200 without a body.
func (s *server) postSourced(c *call) (*reply, *apiError) {
	p, err := s.reader(c).readSourced(c.body)
	if err == nil {
		_, err = s.accept(c, p)
	}
	return &reply{status: http.StatusOK}, err
}

// postTagged answers 202 with a summary.
func (s *server) postTagged(c *call) (*reply, *apiError) {
	if len(c.body) > 0 && !strings.HasPrefix(c.Header.Get("Content-Type"), typeJSON) {
		return nil, requestError(http.StatusUnsupportedMediaType, "Content-Type must be application/json")
	}
	p, err := s.reader(c).readTagged(c.body)
	if err != nil {
		return nil, err
	}
	failed, err := s.accept(c, p)
	summary := map[string]int{"total": p.size(), "accepted": p.size() - failed, "failed": failed, "filtered": 0}
	return &reply{status: http.StatusAccepted, body: map[string]any{"measurements": map[string]any{"summary": summary}}}, err
}

// accept stores all measurements, or none of them. It returns how many a fault left out.
func (s *server) accept(c *call, p *payload) (failed int, err *apiError) {
	if err := p.check(s.Account); err != nil {
		refused := p.refusals()
		refused.Save(s.Store, Vendor, c.URL.Path, func(string, int, int) {})
		c.ex.Count(kinds.Sample, 0, p.size())
		return 0, err
	}
	if err := s.limit(c, p.size()); err != nil {
		c.ex.Count(kinds.Sample, 0, p.size())
		return 0, err
	}
	batch := intake.Batch{Kinds: kinds}
	for _, m := range p.good {
		batch.Samples = append(batch.Samples, m.sample)
	}
	batch.Truncate(c.ex.Partial)
	for i := range batch.Samples {
		batch.Samples[i].Metric = s.Account.create(p.good[i].created)
	}
	batch.Save(s.Store, Vendor, c.URL.Path, c.ex.Count)
	return len(p.good) - len(batch.Samples), nil
}
