package signalfx

import (
	"net/http"
	"slices"
	"sync"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
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
	mu      sync.Mutex
	known   map[string][]Scope // nil: any token is good for everything
	revoked map[string]bool
}

// NewTokens returns a set that accepts the given tokens, or any token when none is given.
func NewTokens(tokens ...Token) *Tokens {
	t := &Tokens{revoked: map[string]bool{}}
	if len(tokens) > 0 {
		t.known = map[string][]Scope{}
	}
	for _, token := range tokens {
		t.known[token.Secret] = token.Scopes
	}
	return t
}

// Revoke refuses a token from now on; the empty string stands for all tokens.
func (t *Tokens) Revoke(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revoked[secret] = true
}

// Restore takes Revoke back; the empty string takes all of them back.
func (t *Tokens) Restore(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if secret == "" {
		clear(t.revoked)
		return
	}
	delete(t.revoked, secret)
}

// check answers 401 to what is no valid token and 403 to a token that lacks the scope.
func (t *Tokens) check(r *http.Request, need Scope) *exchange.Error {
	secret := r.Header.Get("X-SF-Token")
	if secret == "" {
		return exchange.Errorf(http.StatusUnauthorized, "header X-SF-Token is missing or empty")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.revoked[""] || t.revoked[secret] {
		return exchange.Errorf(http.StatusUnauthorized, "the token in X-SF-Token was revoked")
	}
	if t.known == nil {
		return nil
	}
	scopes, ok := t.known[secret]
	if !ok {
		return exchange.Errorf(http.StatusUnauthorized, "the token in X-SF-Token is not valid for this organization")
	}
	if !slices.Contains(scopes, need) {
		return exchange.Errorf(http.StatusForbidden, "the token in X-SF-Token lacks the %s scope", need)
	}
	return nil
}
