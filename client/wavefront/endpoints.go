package wavefront

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// Format is the kind of lines in a request, as the f parameter of a report names it.
type Format string

const (
	FormatMetrics    Format = "wavefront" // delta counters too
	FormatHistograms Format = "histogram"
	FormatSpans      Format = "trace"
	FormatSpanLogs   Format = "spanLogs"
	// FormatEvents is for proxies, which tell events by their lines; the service takes events by HTTP.SendEvent.
	FormatEvents Format = "event"
	// FormatSources is for proxies too: lines of source tags and descriptions.
	FormatSources Format = "sourceTag"
)

var formats = []Format{FormatMetrics, FormatHistograms, FormatSpans, FormatSpanLogs, FormatEvents, FormatSources}

// Ports that a proxy usually listens on: vendor proxy, configuration reference.
// Only the first is open by default.
const (
	// ProxyPort takes everything over HTTP; over TCP everything but span lines.
	ProxyPort = 2878
	// ProxyDeltaPort adds delta counters up before it sends them on.
	ProxyDeltaPort = 12878
	// ProxyTracePort takes spans and span logs.
	ProxyTracePort = 30000
	// ProxyCustomTracePort also derives request, error and duration metrics from the spans.
	ProxyCustomTracePort = 30001
	// ProxyHistogramPort takes histogram lines.
	ProxyHistogramPort = 40000
)

// DefaultCSPURL is where tokens of the vendor's cloud services are exchanged.
const DefaultCSPURL = "https://console.cloud.vmware.com"

const (
	reportPath      = "/report"
	eventPath       = "/api/v2/event"
	sourcePath      = "/api/v2/source/"
	cspAppPath      = "/csp/gateway/am/api/auth/authorize"
	cspAPITokenPath = "/csp/gateway/am/api/auth/api-tokens/authorize"
)

// Endpoint is where lines go: to the base URL of the service or a proxy, or to a
// proxy's TCP port. One of the fields is set.
type Endpoint struct {
	Base *url.URL
	// TCP is host:port.
	TCP string
}

// ParseEndpoint reads https://HOST[:PORT][/PREFIX], the same with http, or tcp://HOST:PORT.
func ParseEndpoint(text string) (Endpoint, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return Endpoint{}, errors.New("not a URL of the form https://HOST[:PORT][/PREFIX] or tcp://HOST:PORT")
	}
	if u.User != nil {
		return Endpoint{}, errors.New("a user is not allowed in it: give the token on its own")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return Endpoint{}, errors.New("query and fragment are not allowed in it")
	}
	switch u.Scheme {
	case "http", "https":
		return Endpoint{Base: u}, nil
	case "tcp":
		if u.Port() == "" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
			return Endpoint{}, errors.New("want host, port and no path after tcp://")
		}
		return Endpoint{TCP: net.JoinHostPort(u.Hostname(), u.Port())}, nil
	}
	return Endpoint{}, errors.New("the scheme must be https, http or tcp")
}

// at returns a URL below a base.
func at(base *url.URL, path string) string {
	return strings.TrimRight(base.String(), "/") + path
}
