package wavefront

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/shelf"
)

// Permission is what a token may be used for, in the vendor's spelling.
type Permission string

// The permissions that this room asks for.
const (
	DirectIngestion Permission = "ingestion"
	Events          Permission = "events_management"
	SourceTags      Permission = "host_tag_management"
)

// AllPermissions are all that this room asks for.
var AllPermissions = []Permission{DirectIngestion, Events, SourceTags}

// Token is an API token of the service.
type Token struct {
	Secret      string
	Permissions []Permission
}

// Tokens decides about access to the service. All methods may be called concurrently.
type Tokens struct {
	exchange.Revocations

	mu    sync.Mutex
	known map[string][]Permission // nil: any token is good for everything
	// exchanged are the access tokens that the token exchange handed out.
	exchanged *shelf.Shelf[string, accessToken]
}

type accessToken struct {
	permissions []Permission
	expires     time.Time
}

// maxExchanged bounds the access tokens that are remembered.
const maxExchanged = 10_000

// NewTokens returns a set that accepts the given tokens, or any token when none is given.
func NewTokens(tokens ...Token) *Tokens {
	t := &Tokens{exchanged: shelf.New[string, accessToken](maxExchanged)}
	if len(tokens) > 0 {
		t.known = map[string][]Permission{}
	}
	for _, token := range tokens {
		t.known[token.Secret] = token.Permissions
	}
	return t
}

// ExpireExchanged ends all access tokens that were handed out so far.
func (t *Tokens) ExpireExchanged() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, secret := range t.exchanged.Keys() {
		t.exchanged.Put(secret, accessToken{})
	}
}

// handOut returns a new access token.
func (t *Tokens) handOut(permissions []Permission, expires time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	secret := "access-" + rand.Text()
	t.exchanged.Put(secret, accessToken{permissions, expires})
	return secret
}

// check answers 401 to what is no valid token and 403 to a token that lacks the permission.
func (t *Tokens) check(r *http.Request, need Permission, now time.Time) *exchange.Error {
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || secret == "" {
		return exchange.Errorf(http.StatusUnauthorized, "the header Authorization: Bearer is missing or empty")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Revoked(secret) || exchange.From(r).TokenRevoked {
		return exchange.Errorf(http.StatusUnauthorized, "the token was revoked")
	}
	permissions, known := t.known[secret]
	switch access, exchanged := t.exchanged.Get(secret); {
	case exchanged && !now.Before(access.expires):
		return exchange.Errorf(http.StatusUnauthorized, "the access token has expired")
	case exchanged:
		permissions = access.permissions
	case known:
	case t.known == nil:
		return nil
	default:
		return exchange.Errorf(http.StatusUnauthorized, "the token is not valid")
	}
	if !slices.Contains(permissions, need) {
		return exchange.Errorf(http.StatusForbidden, "the token lacks the permission %s", need)
	}
	return nil
}
