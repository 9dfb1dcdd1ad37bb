package signalfx

import (
	"crypto/rand"
	"net/http"
	"slices"
	"sync"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/shelf"
)

// Scope is what a token may be used for.
type Scope string

// The vendor's scopes for organization tokens.
const (
	ScopeIngest Scope = "INGEST"
	ScopeAPI    Scope = "API"
)

// Token is an access token with its scopes.
type Token struct {
	Secret string
	Scopes []Scope
}

// Tokens decides about access. All methods may be called concurrently.
type Tokens struct {
	exchange.Revocations

	mu    sync.Mutex
	known map[string][]Scope // nil: any token is good for everything
	// sessions are the tokens of users who logged in.
	sessions *shelf.Shelf[string, struct{}]
}

// maxSessions bounds the logins that are remembered.
const maxSessions = 1000

// NewTokens returns a set that accepts the given tokens, or any token when none is given.
func NewTokens(tokens ...Token) *Tokens {
	t := &Tokens{sessions: shelf.New[string, struct{}](maxSessions)}
	if len(tokens) > 0 {
		t.known = map[string][]Scope{}
	}
	for _, token := range tokens {
		t.known[token.Secret] = token.Scopes
	}
	return t
}

// login returns a new session token, which is good for the API but not for ingest.
func (t *Tokens) login() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	secret := rand.Text()
	t.sessions.Put(secret, struct{}{})
	return secret
}

// logout ends a session.
func (t *Tokens) logout(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sessions.Remove(secret)
}

// Check answers 401 to what is no valid token and 403 to a token that lacks the scope.
func (t *Tokens) Check(secret string, need Scope) *exchange.Error {
	if secret == "" {
		return exchange.Errorf(http.StatusUnauthorized, "the token is missing or empty")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Revoked(secret) {
		return errRevoked()
	}
	scopes, ok := t.known[secret]
	if _, session := t.sessions.Get(secret); session {
		scopes, ok = []Scope{ScopeAPI}, true
	}
	switch {
	case !ok && t.known == nil:
		return nil
	case !ok:
		return exchange.Errorf(http.StatusUnauthorized, "the token is not valid for this organization")
	case !slices.Contains(scopes, need):
		return exchange.Errorf(http.StatusForbidden, "the token lacks the %s scope", need)
	}
	return nil
}

func errRevoked() *exchange.Error {
	return exchange.Errorf(http.StatusUnauthorized, "the token was revoked")
}

const tokenHeader = "X-SF-Token"

// CheckRequest checks the token in a request's header, which a fault may have revoked.
func (t *Tokens) CheckRequest(r *http.Request, need Scope) *exchange.Error {
	if exchange.From(r).TokenRevoked {
		return errRevoked()
	}
	return t.Check(r.Header.Get(tokenHeader), need)
}

// checkAPI lets a login pass without a token. The vendor refuses an empty header there too.
func (t *Tokens) checkAPI(r *http.Request) *exchange.Error {
	if r.Method == http.MethodPost && r.URL.Path == sessionPath && len(r.Header.Values(tokenHeader)) == 0 {
		return nil
	}
	return t.CheckRequest(r, ScopeAPI)
}
