package wavefront

import (
	"encoding/json"
	"mime"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/intake"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/quota"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// Config configures the service and the proxy, which share what they store.
type Config struct {
	Store   *store.Store        // required
	Tokens  *Tokens             // of the service; nil: any token that is not empty is good
	CSP     CSP                 // the token exchange; the zero value lets everybody in
	Sources *Sources            // nil: an empty set
	Limits  Limits              // zero: ServiceLimits
	Body    exchange.BodyLimits // zero: the lab's defaults; the vendor publishes none

	// Quota is the contracted rate of points, above which the service answers 406; a
	// distribution counts as 7 points. nil: none.
	Quota *quota.Quota
	// Disabled are formats, such as histogram and trace, that the service answers
	// with 403 because they are not switched on for the customer.
	Disabled []string
	// ProxyTokens switch the proxy's authentication on, and with it TCP off.
	ProxyTokens []string
}

func (c Config) withDefaults() Config {
	if c.Tokens == nil {
		c.Tokens = NewTokens()
	}
	if c.Sources == nil {
		c.Sources = NewSources()
	}
	if c.Quota == nil {
		c.Quota = NewQuota()
	}
	if c.Limits == (Limits{}) {
		c.Limits = ServiceLimits
	}
	c.CSP = c.CSP.withDefaults()
	return c
}

func (c *Config) decoder() *decoder {
	d := &decoder{now: c.Store.Now(), limits: &c.Limits}
	d.Kinds = kinds
	if c.Store.Discarding() {
		d.discarded = map[string]int{}
	}
	return d
}

// save stores what was decoded; share is what a partial-acceptance fault leaves of it.
func (c *Config) save(d *decoder, path string, share float64, count func(kind string, accepted, refused int)) {
	if d.discarded != nil {
		c.countOnly(d.discarded, count)
		return
	}
	d.Truncate(share)
	kept := exchange.Share(len(d.changes), share)
	for _, change := range d.changes[:kept] {
		c.Sources.apply(change)
	}
	for _, change := range d.changes[kept:] {
		d.Refuse(kindSourceTag, intake.PartialAcceptance, "dropped by a partial-acceptance fault", change)
	}
	count(kindSourceTag, kept, 0)
	d.Save(c.Store, Vendor, path, count)
}

// countOnly counts lines that were not decoded.
func (c *Config) countOnly(lines map[string]int, count func(kind string, accepted, refused int)) {
	n := func(kind string) uint64 { return uint64(lines[kind]) }
	c.Store.Count(Vendor, store.Counts{
		Points: n(kinds.Sample) + n(kinds.Distribution), Events: n(kinds.Event), Spans: n(kinds.Span), SpanLogs: n(kinds.SpanLog),
	})
	for kind, accepted := range lines {
		count(kind, accepted, 0)
	}
}

// refuse answers with the error and records that the whole request was refused.
func (c *Config) refuse(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange, err *exchange.Error) {
	ex.NoteError(err.Message)
	c.Store.AddRejections(Vendor, []store.Rejection{{
		Path: r.URL.Path, Kind: "request", Reason: string(RequestRefused),
		Detail: http.StatusText(err.Status) + ": " + err.Message, Item: ex.Payload(),
	}})
	answer, _ := json.Marshal(container{Status: status{"ERROR", err.Message, err.Status}, Message: err.Message})
	ex.Answer(w, err.Status, answer)
}

// container is the envelope of the vendor's REST API.
type container struct {
	Status   status `json:"status"`
	Response any    `json:"response,omitempty"`
	// Message is where the token exchange puts its errors.
	Message string `json:"message,omitempty"`
}

type status struct {
	Result  string `json:"result"`
	Message string `json:"message"`
	Code    int    `json:"code"`
}

func answerREST(w http.ResponseWriter, ex *exchange.Exchange, response any) {
	answer, _ := json.Marshal(container{Status: status{"OK", "", http.StatusOK}, Response: response})
	ex.Answer(w, http.StatusOK, answer)
}

func mediaTypeOf(r *http.Request) string {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return mediaType
}
