package signalflow

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// Domains of the vendor's hosts. Both are live; the vendor moves to the first.
const (
	DefaultDomain = "observability.splunkcloud.com"
	LegacyDomain  = "signalfx.com"
)

const (
	basePath    = "/v2/signalflow"
	connectPath = "connect"
)

var (
	realmForm  = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	domainForm = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
)

// Endpoint is where a SignalFlow service listens, over WebSocket and HTTP.
type Endpoint struct{ base *url.URL }

// RealmEndpoint returns the service of a realm, such as "us1", in a domain, such as DefaultDomain.
func RealmEndpoint(realm, domain string) (Endpoint, error) {
	if !realmForm.MatchString(realm) {
		return Endpoint{}, fmt.Errorf("signalflow: %q is no realm: write its short name, such as us1 or eu0", realm)
	}
	if !domainForm.MatchString(domain) {
		return Endpoint{}, fmt.Errorf("signalflow: %q is no domain", domain)
	}
	return Endpoint{&url.URL{Scheme: "https", Host: "stream." + realm + "." + domain, Path: basePath}}, nil
}

// ParseEndpoint reads a URL with the scheme wss, https, ws or http. Without a path
// it means /v2/signalflow; "/connect" at the end may be there or not.
func ParseEndpoint(text string) (Endpoint, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return Endpoint{}, errors.New("signalflow: the stream URL has not the form wss://HOST[:PORT][/PATH]")
	}
	switch u.Scheme {
	case "wss", "https":
		u.Scheme = "https"
	case "ws", "http":
		u.Scheme = "http"
	default:
		return Endpoint{}, fmt.Errorf("signalflow: the stream URL has the scheme %q, not wss, https, ws or http", u.Scheme)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Endpoint{}, errors.New("signalflow: user, query and fragment are not allowed in the stream URL")
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/"+connectPath)
	if u.Path == "" {
		u.Path = basePath
	}
	u.RawPath = ""
	return Endpoint{u}, nil
}

// WebSocketURL is where connections are made.
func (e Endpoint) WebSocketURL() string {
	u := e.base.JoinPath(connectPath)
	u.Scheme = map[string]string{"https": "wss", "http": "ws"}[u.Scheme]
	return u.String()
}

// HTTPURL is the URL of an operation of the HTTP transport, such as "execute".
func (e Endpoint) HTTPURL(elements ...string) *url.URL {
	for i, element := range elements {
		elements[i] = url.PathEscape(element)
	}
	return e.base.JoinPath(elements...)
}

// Exposed reports whether the token would travel unencrypted beyond this host.
func (e Endpoint) Exposed() bool {
	host := e.base.Hostname()
	ip := net.ParseIP(host)
	return e.base.Scheme == "http" && host != "localhost" && (ip == nil || !ip.IsLoopback())
}
