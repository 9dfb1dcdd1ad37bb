package librato

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// API is one of the vendor's two services.
type API uint8

const (
	// AppOptics knows the tag dialect only, and wants at least one tag.
	AppOptics API = iota
	// Librato knows the source dialect and, on late accounts, the tag dialect.
	Librato
)

var apiNames = [...]string{"appoptics", "librato"}

// String returns "appoptics" or "librato".
func (a API) String() string { return apiNames[a] }

// Where the services were. Both are retired; what still speaks their API is
// reached by a base URL of its own.
const (
	AppOpticsURL = "https://api.appoptics.com"
	LibratoURL   = "https://metrics-api.librato.com"
)

// version is the path of the API below a base URL that names no version itself.
const version = "v1"

var versionEnd = regexp.MustCompile(`(^|/)v[0-9]+$`)

// ParseBaseURL checks the base URL of a service. Plain HTTP is allowed. A path is
// kept as a prefix; one that ends in a version, such as /v1/, says which is spoken.
func ParseBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("not a URL of the form https://HOST[:PORT][/PREFIX] or http://HOST[:PORT][/PREFIX]")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("user, query and fragment are not allowed in it; give credentials apart from the URL")
	}
	return u, nil
}

// rootOf is the URL that the routes of the API begin with, without a slash at its end.
func rootOf(base *url.URL) string {
	root := strings.TrimRight(base.String(), "/")
	if versionEnd.MatchString(strings.TrimRight(base.Path, "/")) {
		return root
	}
	return root + "/" + version
}

// route joins path segments, escaped. It refuses segments that would reach
// another resource than the one they name.
func route(segments ...string) (string, error) {
	var path strings.Builder
	for _, s := range segments {
		if s == "" || s == "." || s == ".." {
			return "", fmt.Errorf("%q cannot be part of the path /%s; give a name", s, strings.Join(segments, "/"))
		}
		path.WriteByte('/')
		path.WriteString(url.PathEscape(s))
	}
	return path.String(), nil
}
