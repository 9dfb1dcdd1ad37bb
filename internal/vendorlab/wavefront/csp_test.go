package wavefront

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const formType = "application/x-www-form-urlencoded"

// exchangeFor asks for an access token.
func (r *room) exchangeFor(path, authorization, form string) *httptest.ResponseRecorder {
	return send(r.direct, http.MethodPost, path, []byte(form), "Content-Type", formType, "Authorization", authorization)
}

func basic(id, secret string) string {
	request := httptest.NewRequest(http.MethodPost, "/", nil)
	request.SetBasicAuth(id, secret)
	return request.Header.Get("Authorization")
}

func TestTokenExchange(t *testing.T) {
	strict := CSP{Apps: []App{{ID: "app", Secret: "secret", OrgID: "org"}}, APITokens: []string{"user-token"}}
	for _, test := range []struct {
		name, path, authorization, form string
		csp                             CSP
		status                          int
	}{
		{"application", cspAppPath, basic("app", "secret"), "grant_type=client_credentials", strict, 200},
		{"application with its organization", cspAppPath, basic("app", "secret"), "grant_type=client_credentials&orgId=org", strict, 200},
		{"any application", cspAppPath, basic("x", "y"), "grant_type=client_credentials", CSP{}, 200},
		{"user, as Go and Python send it", cspTokenPath, "", "api_token=user-token", strict, 200},
		{"user, as Java sends it", cspTokenPath, "", "grant_type=api_token&refresh_token=user-token", strict, 200},
		{"user, as the proxy sends it", cspTokenPath, "", "grant_type=api_token&api_token=user-token", strict, 200},
		{"any user", cspTokenPath, "", "api_token=x", CSP{}, 200},
		{"application with a wrong secret", cspAppPath, basic("app", "other"), "grant_type=client_credentials", strict, 401},
		{"application of another organization", cspAppPath, basic("app", "secret"), "grant_type=client_credentials&orgId=x", strict, 401},
		{"application without credentials", cspAppPath, "", "grant_type=client_credentials", CSP{}, 401},
		{"application without a grant type", cspAppPath, basic("app", "secret"), "", strict, 400},
		{"wrong user token", cspTokenPath, "", "api_token=other", strict, 400},
		{"no user token", cspTokenPath, "", "", CSP{}, 400},
		{"user token with another grant type", cspTokenPath, "", "grant_type=password&api_token=user-token", strict, 400},
		{"no form", cspTokenPath, "", "api_token=%zz", CSP{}, 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{CSP: test.csp})
			answer := r.exchangeFor(test.path, test.authorization, test.form)
			require.Equal(t, test.status, answer.Code, answer.Body)
			var body map[string]any
			require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &body))
			if test.status != 200 {
				assert.NotEmpty(t, body["message"])
				return
			}
			assert.EqualValues(t, 1799, body["expires_in"])
			assert.NotEmpty(t, body["access_token"])
		})
	}
}

func TestTokenExchangeTakesFormsOnly(t *testing.T) {
	r := newRoom(t, Config{})
	answer := send(r.direct, http.MethodPost, cspTokenPath, []byte(`{"api_token":"x"}`), "Content-Type", "application/json")
	assert.Equal(t, http.StatusUnsupportedMediaType, answer.Code)
	assert.Equal(t, http.StatusMethodNotAllowed, send(r.direct, http.MethodGet, cspTokenPath, nil).Code)
}

func TestAccessTokensExpire(t *testing.T) {
	for name, tokens := range map[string]*Tokens{
		"any token is good": NewTokens(),
		"known tokens only": NewTokens(Token{"other", AllPermissions}),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, Config{Tokens: tokens, CSP: CSP{Expiry: 30 * time.Second}})
			first := r.accessToken()
			status := func(secret string) int {
				return send(r.direct, http.MethodPost, "/report", goodLine, "Authorization", "Bearer "+secret).Code
			}
			assert.Equal(t, 202, status(first))
			r.now = r.now.Add(29 * time.Second)
			assert.Equal(t, 202, status(first))
			second := r.accessToken()
			r.now = r.now.Add(time.Second)
			assert.Equal(t, 401, status(first))
			assert.Equal(t, 202, status(second))
			tokens.ExpireExchanged()
			assert.Equal(t, 401, status(second))
			assert.Equal(t, 202, status(r.accessToken()))
		})
	}
}

func (r *room) accessToken() string {
	var body struct {
		Token string `json:"access_token"`
	}
	answer := r.exchangeFor(cspTokenPath, "", "api_token=x")
	require.NoError(r.t, json.Unmarshal(answer.Body.Bytes(), &body), answer.Body)
	return body.Token
}

func TestAccessTokensHaveThePermissionsThatAreConfigured(t *testing.T) {
	r := newRoom(t, Config{CSP: CSP{Permissions: []Permission{Events}}})
	answer := send(r.direct, http.MethodPost, "/report", goodLine, "Authorization", "Bearer "+r.accessToken())
	assert.Equal(t, http.StatusForbidden, answer.Code)
}
