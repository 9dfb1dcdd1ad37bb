package signalfx

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Domains of the vendor's hosts. Both are live; the vendor moves to the first.
const (
	DefaultDomain = "observability.splunkcloud.com"
	LegacyDomain  = "signalfx.com"
)

// Paths of the ingest service.
const (
	datapointPath = "v2/datapoint"
	eventPath     = "v2/event"
	tracePath     = "v2/trace/otlp"
)

var realmForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// IngestURL returns the base URL of the ingest service of a realm, such as "us1".
func IngestURL(realm, domain string) (string, error) { return serviceURL("ingest", realm, domain) }

// APIURL returns the base URL of the metadata API of a realm.
func APIURL(realm, domain string) (string, error) { return serviceURL("api", realm, domain) }

func serviceURL(service, realm, domain string) (string, error) {
	if !realmForm.MatchString(realm) {
		return "", fmt.Errorf("%q is no realm: write its short name, such as us1 or eu0", realm)
	}
	return "https://" + service + "." + realm + "." + domain, nil
}

// ParseBaseURL checks a service's base URL. A path is kept as a prefix.
func ParseBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("not a URL of the form https://HOST[:PORT][/PREFIX]")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("user, query and fragment are not allowed in it")
	}
	return u, nil
}

// withPath joins a service's path to its base URL; a base that already ends in
// the path stays as it is, as users of the upstream exporter write it.
func withPath(base *url.URL, path string) string {
	if strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/"+path) {
		return base.String()
	}
	return base.JoinPath(path).String()
}
