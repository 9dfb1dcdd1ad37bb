package librato

import (
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// Role is what a token may be used for.
type Role string

// The vendor's roles of API tokens.
const (
	Admin    Role = "admin"
	Recorder Role = "recorder" // writes measurements and annotations, reads nothing
	Viewer   Role = "viewer"   // only reads
)

// Token is an API token with its role.
type Token struct {
	// User is the email address that Librato wants beside the token; empty: any, or
	// none, as AppOptics wants it.
	User   string
	Secret string
	Role   Role // empty: Admin
}

// Tokens decides about access. All methods may be called concurrently.
type Tokens struct {
	exchange.Revocations

	known []Token // none: any token is good for everything
}

// NewTokens returns a set that accepts the given tokens, or any token when none is given.
func NewTokens(tokens ...Token) *Tokens {
	return &Tokens{known: slices.Clone(tokens)}
}

// check answers 401 to what is no valid token and 403 to a role that may not do this.
func (t *Tokens) check(r *http.Request, need Role) *apiError {
	user, password, ok := r.BasicAuth()
	secret := password
	if secret == "" { // AppOptics: the token is the user, without a password
		secret = user
	}
	if !ok || secret == "" || t.Revoked(secret) || exchange.From(r).TokenRevoked {
		return unauthorized()
	}
	if len(t.known) == 0 {
		return nil
	}
	i := slices.IndexFunc(t.known, func(k Token) bool {
		return k.Secret == secret && (k.User == "" || k.User == user)
	})
	if i < 0 {
		return unauthorized()
	}
	if role := t.known[i].Role; role != "" && role != Admin && role != need {
		return requestError(http.StatusForbidden, "the token's role %s may not do this", role)
	}
	return nil
}

func unauthorized() *apiError {
	return requestError(http.StatusUnauthorized, "Authorization Required")
}

// roleFor tells which role a request needs: data is written by recorders, and what
// is configured by admins.
func roleFor(r *http.Request) Role {
	switch {
	case r.Method == http.MethodGet:
		return Viewer
	case r.Method == http.MethodPost && (r.URL.Path == "/v1/metrics" || r.URL.Path == "/v1/measurements"):
		return Recorder
	case strings.HasPrefix(r.URL.Path, "/v1/annotations/") && r.Method != http.MethodDelete:
		return Recorder
	}
	return Admin
}
