package wavefront

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// direct is the service.
type direct struct{ Config }

// NewDirect returns the handler of the service: direct ingestion, the REST paths
// that belong to it, and the token exchange. It must run inside exchange.Record.
func NewDirect(c Config) http.Handler { return &direct{c.withDefaults()} }

// endpoint is one path of the service.
type endpoint struct {
	methods []string
	need    Permission // empty: the path checks credentials of its own
	serve   func(s *direct, w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *exchange.Error
}

var endpoints = map[string]endpoint{
	"/report":       {[]string{http.MethodPost}, DirectIngestion, (*direct).report},
	"/api/v2/event": {[]string{http.MethodPost}, Events, (*direct).postEvent},
	cspAppPath:      {[]string{http.MethodPost}, "", (*direct).exchangeToken},
	cspTokenPath:    {[]string{http.MethodPost}, "", (*direct).exchangeToken},
}

const sourcePath = "/api/v2/source/"

// ServeHTTP implements http.Handler.
func (s *direct) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ex := exchange.From(r)
	if err := s.serve(w, r, ex); err != nil {
		s.refuse(w, r, ex, err)
	}
}

func (s *direct) serve(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *exchange.Error {
	e, ok := endpoints[r.URL.Path]
	if strings.HasPrefix(r.URL.Path, sourcePath) {
		e, ok = endpoint{[]string{"GET", "POST", "PUT", "DELETE"}, SourceTags, (*direct).source}, true
	}
	switch {
	case !ok:
		return exchange.Errorf(http.StatusNotFound, "there is nothing at this path")
	case !slices.Contains(e.methods, r.Method):
		w.Header().Set("Allow", strings.Join(e.methods, ", "))
		return exchange.Errorf(http.StatusMethodNotAllowed, "this path does not take %s", r.Method)
	}
	if e.need != "" {
		if err := s.Tokens.check(r, e.need, s.Store.Now()); err != nil {
			return err
		}
	}
	return e.serve(s, w, r, ex)
}

// directFormats are what /report takes. The service does not detect formats.
var directFormats = []format{formatMetric, formatGraphite, formatHistogram, formatTrace, formatSpanLogs, formatEvent, formatSourceTag}

// formatOf reads ?f= or ?format=, whichever comes first.
func formatOf(r *http.Request) format {
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); name == "f" || name == "format" {
			return format(value)
		}
	}
	return ""
}

func (s *direct) report(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *exchange.Error {
	f := formatOf(r)
	if f == "" {
		f = formatMetric
	}
	if !slices.Contains(directFormats, f) {
		return exchange.Errorf(http.StatusBadRequest, "the format in f= is not taken here")
	}
	if slices.Contains(s.Disabled, string(f)) {
		return exchange.Errorf(http.StatusForbidden, "the data type %s is not enabled for this customer", f)
	}
	return ex.WithBody(r, s.Body, func(body []byte) *exchange.Error {
		lines, err := linesOf(r, body)
		if err != nil {
			return err
		}
		d := s.decoder()
		for line := range bytes.SplitSeq(lines, []byte("\n")) {
			d.line(f, line)
		}
		if len(bytes.TrimSpace(lines)) == 0 {
			return exchange.Errorf(http.StatusBadRequest, "the body holds no line")
		}
		if grant := s.Quota.Take(d.points(), d.now); grant.Status != 0 {
			return exchange.Errorf(grant.Status, "more points than the contracted %d per second", grant.Limit)
		}
		s.save(d, r.URL.Path, ex.Partial, ex.Count)
		ex.Answer(w, http.StatusAccepted, nil)
		return nil
	})
}

// linesOf returns the lines in a body of one of the types that the service takes:
// a multipart form is what curl -F sends.
func linesOf(r *http.Request, body []byte) ([]byte, *exchange.Error) {
	switch mediaTypeOf(r) {
	case "application/octet-stream", "text/plain", "application/x-www-form-urlencoded":
		return body, nil
	case "multipart/form-data":
		return partsOf(r, body)
	}
	return nil, exchange.Errorf(http.StatusUnsupportedMediaType, "this path takes Content-Type: application/octet-stream")
}

func partsOf(r *http.Request, body []byte) ([]byte, *exchange.Error) {
	_, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	reader := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	var lines []byte
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return lines, nil
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		if err != nil {
			return nil, exchange.Errorf(http.StatusBadRequest, "the body is no multipart form: %v", err)
		}
		lines = append(append(lines, content...), '\n')
	}
}

// postEvent takes one event as JSON, never compressed: the vendor's Go SDK says gzip there and sends plain JSON.
func (s *direct) postEvent(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *exchange.Error {
	if mediaTypeOf(r) != "application/json" {
		return exchange.Errorf(http.StatusUnsupportedMediaType, "this path takes Content-Type: application/json")
	}
	r.Header.Del("Content-Encoding")
	return ex.WithBody(r, s.Body, func(body []byte) *exchange.Error {
		d := s.decoder()
		e, broken := decodeEvent(body)
		if broken != nil {
			d.Refuse(kinds.Event, string(broken.reason), broken.detail, validText(body))
			s.save(d, r.URL.Path, 1, ex.Count)
			return exchange.Errorf(http.StatusBadRequest, "%s", broken.detail)
		}
		d.Events = append(d.Events, e.stored())
		s.save(d, r.URL.Path, ex.Partial, ex.Count)
		answerREST(w, ex, e)
		return nil
	})
}
