package exchange

import (
	"net/http"
	"strings"
)

// secretWords mark header names whose values are secrets, such as X-SF-Token,
// Authorization, Cookie or X-Api-Key.
var secretWords = []string{"token", "authorization", "cookie", "secret", "password", "api-key", "apikey"}

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
