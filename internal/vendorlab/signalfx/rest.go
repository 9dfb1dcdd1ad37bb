package signalfx

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/shelf"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// call is one request to the metadata API.
type call struct {
	*http.Request
	ex   *exchange.Exchange
	body jsonObject // nil when there is none
}

// apiHandler returns what to answer as JSON; nil is 204. Its error is an
// *exchange.Error, or a *refusal, which is answered with 400.
type apiHandler func(s *Server, c *call) (any, error)

// apiPaths is every path of the metadata API with the methods it takes. Parts of
// the path in braces may hold an escaped slash.
var apiPaths = map[string]map[string]apiHandler{
	"/v2/dimension":                          {"GET": (*Server).searchDimensions},
	"/v2/dimension/{key}/{value}":            {"GET": (*Server).getDimension, "PUT": (*Server).putDimension},
	"/v2/dimension/{key}/{value}/_/sfxagent": {"PATCH": (*Server).patchDimension},
	"/v2/metric":                             {"GET": (*Server).searchMetrics},
	"/v2/metric/{name}":                      {"GET": (*Server).getMetric, "PUT": (*Server).putMetric},
	"/v2/metrictimeseries":                   {"GET": (*Server).searchSeries},
	"/v2/metrictimeseries/{id}":              {"GET": (*Server).getSeries},
	"/v2/tag":                                {"GET": (*Server).searchTags},
	"/v2/tag/{name}":                         {"GET": (*Server).getTag, "PUT": (*Server).putTag, "DELETE": (*Server).deleteTag},
	"/v2/organization":                       {"GET": (*Server).getOrganization},
	"/v2/session":                            {"POST": (*Server).postSession, "DELETE": (*Server).deleteSession},
	"/v2/detector/validate":                  {"POST": (*Server).validateDetector},
	"/v2/detector/{id}/events":               {"GET": (*Server).listDetectorEvents},
	"/v2/detector/{id}/incidents":            {"GET": (*Server).listDetectorIncidents},
	"/v2/incident":                           {"GET": (*Server).listIncidents},
	"/v2/incident/{id}":                      {"GET": getObject("incident")},
	"/v2/incident/{id}/clear":                {"PUT": (*Server).clearIncident},
}

// newAPI returns the handler of everything that is not ingest.
func (s *Server) newAPI() *http.ServeMux {
	mux := http.NewServeMux()
	paths := maps.Clone(apiPaths)
	addObjectPaths(paths)
	for path, methods := range paths {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.serveAPI(w, r, methods) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, exchange.From(r), exchange.Errorf(http.StatusNotFound, "there is nothing at this path"))
	})
	return mux
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, methods map[string]apiHandler) {
	ex := exchange.From(r)
	handle, ok := methods[r.Method]
	if !ok {
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
		s.refuse(w, r, ex, exchange.Errorf(http.StatusMethodNotAllowed, "this path does not take %s", r.Method))
		return
	}
	if err := s.tokens.checkAPI(r); err != nil {
		s.refuse(w, r, ex, err)
		return
	}
	answer, err := s.call(ex, r, handle)
	if err != nil {
		s.refuseCall(w, r, ex, err)
		return
	}
	if answer == nil {
		ex.Answer(w, http.StatusNoContent, nil)
		return
	}
	text, _ := json.Marshal(answer) // made of text and numbers
	ex.Answer(w, http.StatusOK, text)
}

func (s *Server) call(ex *exchange.Exchange, r *http.Request, handle apiHandler) (answer any, err error) {
	c := &call{Request: r, ex: ex}
	refused := ex.WithBody(r, s.body, func(body []byte) *exchange.Error { return c.readBody(body) })
	if refused != nil {
		return nil, refused
	}
	return handle(s, c)
}

func (c *call) readBody(body []byte) *exchange.Error {
	if len(body) == 0 {
		return nil
	}
	if contentTypeOf(c.Header.Get("Content-Type")) != typeJSON {
		return exchange.Errorf(http.StatusUnsupportedMediaType, "this path takes Content-Type: application/json")
	}
	if err := json.Unmarshal(body, &c.body); err != nil {
		return badJSON(err)
	}
	return nil
}

// refuseCall answers 400 to a broken rule and records the rule.
func (s *Server) refuseCall(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange, err error) {
	var broken *refusal
	var refused *exchange.Error
	switch {
	case errors.As(err, &broken):
		ex.Count(kindMetadata, 0, 1)
		s.store.AddRejections(Vendor, []store.Rejection{{
			Path: r.URL.Path, Kind: kindMetadata, Reason: string(broken.reason), Detail: broken.detail, Item: ex.Payload(),
		}})
		answerError(w, ex, exchange.Errorf(http.StatusBadRequest, "%s", broken.detail))
	case errors.As(err, &refused) && r.Method == http.MethodGet:
		answerError(w, ex, refused) // a question without an answer refuses no data
	case errors.As(err, &refused):
		s.refuse(w, r, ex, refused)
	}
}

// answerEdit carries out a change, unless a fault wants it dropped, and answers the changed object.
func answerEdit[K comparable, V any, P annotated[V]](s *Server, c *call, on *shelf.Shelf[K, V], key K, fresh V, apply func(P) error) (any, error) {
	keep := c.ex.Accepts(1) > 0
	object, err := edit(s.catalog, on, key, fresh, s.store.Now(), keep, apply)
	if err != nil {
		return nil, err
	}
	if keep {
		c.ex.Count(kindMetadata, 1, 0)
	} else {
		c.ex.Count(kindMetadata, 0, 1)
	}
	return object, nil
}
