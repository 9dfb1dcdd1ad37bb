package wavefront

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// Paths of the token exchange (VMware Cloud Services, API explorer: CSP authentication).
const (
	cspAppPath   = "/csp/gateway/am/api/auth/authorize"
	cspTokenPath = "/csp/gateway/am/api/auth/api-tokens/authorize"
)

// SecretPaths are those whose bodies hold secrets.
var SecretPaths = []string{cspAppPath, cspTokenPath}

// defaultExpiry is what the vendor's clients were tested against.
const defaultExpiry = 1799 * time.Second

// CSP configures the token exchange. The zero value lets every application and
// every API token in.
type CSP struct {
	Apps []App
	// APITokens are user tokens that can be exchanged.
	APITokens []string
	// Expiry is how long access tokens are good, in whole seconds; default 1,799 s.
	Expiry time.Duration
	// Permissions of what is handed out; nil: all.
	Permissions []Permission
}

// App is a server-to-server application.
type App struct{ ID, Secret, OrgID string }

func (c CSP) withDefaults() CSP {
	if c.Expiry <= 0 {
		c.Expiry = defaultExpiry
	}
	if c.Permissions == nil {
		c.Permissions = AllPermissions
	}
	return c
}

// exchangeToken answers both ways to an access token.
func (s *direct) exchangeToken(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *exchange.Error {
	if mediaTypeOf(r) != "application/x-www-form-urlencoded" {
		return exchange.Errorf(http.StatusUnsupportedMediaType, "this path takes Content-Type: application/x-www-form-urlencoded")
	}
	return ex.WithBody(r, s.Body, func(body []byte) *exchange.Error {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return exchange.Errorf(http.StatusBadRequest, "the body is no form")
		}
		authorize := s.CSP.authorizeApp
		if r.URL.Path == cspTokenPath {
			authorize = s.CSP.authorizeUser
		}
		if err := authorize(r, form); err != nil {
			return err
		}
		answer, _ := json.Marshal(map[string]any{
			"access_token": s.Tokens.handOut(s.CSP.Permissions, s.Store.Now().Add(s.CSP.Expiry)),
			"expires_in":   int(s.CSP.Expiry.Seconds()),
			"token_type":   "bearer",
		})
		ex.Answer(w, http.StatusOK, answer)
		return nil
	})
}

// authorizeApp checks Basic app:secret with grant_type=client_credentials and perhaps orgId.
func (c *CSP) authorizeApp(r *http.Request, form url.Values) *exchange.Error {
	if form.Get("grant_type") != "client_credentials" {
		return exchange.Errorf(http.StatusBadRequest, "grant_type must be client_credentials")
	}
	id, secret, ok := r.BasicAuth()
	if !ok || id == "" || secret == "" {
		return exchange.Errorf(http.StatusUnauthorized, "the header Authorization: Basic with application id and secret is missing")
	}
	org := form.Get("orgId")
	known := !exchange.From(r).TokenRevoked && slices.ContainsFunc(c.Apps, func(a App) bool {
		return a.ID == id && a.Secret == secret && (org == "" || a.OrgID == "" || a.OrgID == org)
	})
	if !known && (len(c.Apps) > 0 || exchange.From(r).TokenRevoked) {
		return exchange.Errorf(http.StatusUnauthorized, "the application id or secret is wrong, or the organization is another")
	}
	return nil
}

// authorizeUser checks a user's API token, which clients send under either name.
func (c *CSP) authorizeUser(r *http.Request, form url.Values) *exchange.Error {
	if grant := form.Get("grant_type"); grant != "" && grant != "api_token" {
		return exchange.Errorf(http.StatusBadRequest, "grant_type must be api_token or absent")
	}
	token := form.Get("api_token")
	if token == "" {
		token = form.Get("refresh_token")
	}
	if token == "" {
		return exchange.Errorf(http.StatusBadRequest, "api_token or refresh_token is missing")
	}
	if exchange.From(r).TokenRevoked || len(c.APITokens) > 0 && !slices.Contains(c.APITokens, token) {
		return exchange.Errorf(http.StatusBadRequest, "invalid_grant: the API token is not valid")
	}
	return nil
}
