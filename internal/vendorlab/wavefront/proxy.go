package wavefront

import (
	"bytes"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// Proxy is the vendor's proxy with one port for HTTP and for lines over TCP.
type Proxy struct {
	Config
	faults *faults.Set
}

// NewProxy returns a proxy. As a handler it answers HTTP and must run inside
// exchange.Record; Listen adds TCP. The faults act on lines over TCP.
func NewProxy(c Config, f *faults.Set) *Proxy {
	c = c.withDefaults()
	c.Body.Decompressed = maxProxyBody
	return &Proxy{Config: c, faults: f}
}

// maxProxyBody is the proxy's limit after decompression, in bytes (proxy: pushListenerHttpBufferSize).
const maxProxyBody = 16 << 20

// proxyFormats are taken from ?f=; with any other one every line is detected.
var proxyFormats = []format{formatMetric, formatGraphite, formatHistogram, formatTrace, formatSpanLogs, formatSourceTag}

// logFormats need a feature that the lab's customer does not have.
var logFormats = []format{"log", "logs_json_arr", "logs_json_lines", "logs_json_cloudwatch"}

// ServeHTTP takes POST on any path.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ex := exchange.From(r)
	if err := p.serve(w, r, ex); err != nil {
		p.refuse(w, r, ex, err)
	}
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *exchange.Error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return exchange.Errorf(http.StatusMethodNotAllowed, "the proxy takes POST only")
	}
	if ex.TokenRevoked || len(p.ProxyTokens) > 0 && !slices.Contains(p.ProxyTokens, proxyToken(r)) {
		return exchange.Errorf(http.StatusUnauthorized, "the token is missing or wrong")
	}
	f := formatOf(r)
	if slices.Contains(p.Disabled, string(f)) || slices.Contains(logFormats, f) {
		return exchange.Errorf(http.StatusForbidden, "the feature for %s is not enabled for this customer", f)
	}
	return ex.WithBody(r, p.Body, func(body []byte) *exchange.Error {
		d := p.lineDecoder(r.RemoteAddr)
		for line := range bytes.SplitSeq(body, []byte("\n")) {
			d.detected(f, line)
		}
		p.save(d, r.URL.Path, ex.Partial, ex.Count)
		ex.Answer(w, http.StatusAccepted, nil)
		return nil
	})
}

// detected decodes a line in the given format, or in the one that its beginning shows.
func (d *decoder) detected(f format, line []byte) {
	if !slices.Contains(proxyFormats, f) && d.discarded == nil {
		f = detect(string(bytes.TrimSpace(line)))
	}
	d.line(f, line)
}

// lineDecoder knows the sender's address, which is the source of lines without one.
func (p *Proxy) lineDecoder(remote string) *decoder {
	d := p.decoder()
	d.proxy = true
	if host, _, err := net.SplitHostPort(remote); err == nil {
		d.defaultSource = host
	}
	return d
}

// proxyToken returns the token from wherever the proxy looks for it.
func proxyToken(r *http.Request) string {
	if token := r.Header.Get("X-AUTH-TOKEN"); token != "" {
		return token
	}
	if token := r.Header.Get("Authorization"); token != "" {
		return strings.TrimPrefix(token, "Bearer ")
	}
	query := r.URL.Query()
	for _, name := range []string{"t", "token", "api_key"} {
		if token := query.Get(name); token != "" {
			return token
		}
	}
	return ""
}
