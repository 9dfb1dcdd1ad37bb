package exchange

import (
	"net/http"
	"net/url"
	"strings"
)

// secretWords mark header names whose values are secrets, such as X-SF-Token,
// Authorization, Cookie or X-Api-Key.
var secretWords = []string{"token", "authorization", "cookie", "secret", "password", "api-key", "apikey", "api_key"}

// shownSecret is how much of a long secret stays readable, to tell two apart.
const shownSecret = 4

func maskedHeaders(headers http.Header) map[string]string {
	masked := make(map[string]string, len(headers))
	for name, values := range headers {
		value := strings.Join(values, ", ")
		if isSecret(name) {
			value = mask(value)
		}
		masked[name] = value
	}
	return masked
}

// maskedQuery hides the values of parameters that are secrets, such as a proxy's ?t=, and leaves the
// rest as it was written.
func maskedQuery(raw string) string {
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || plain == "t" || isSecret(plain) {
			pairs[i] = name + "=" + mask(value)
		}
	}
	return strings.Join(pairs, "&")
}

func isSecret(header string) bool {
	header = strings.ToLower(header)
	for _, word := range secretWords {
		if strings.Contains(header, word) {
			return true
		}
	}
	return false
}

// mask keeps the first characters of secrets that stay unguessable without them.
func mask(secret string) string {
	if len(secret) < 4*shownSecret {
		return "****"
	}
	return secret[:shownSecret] + "****"
}
