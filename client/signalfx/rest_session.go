package signalfx

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Login returns a session token of a user, which REST takes for as long as the
// session lasts. It is good for the API, not for ingest.
func (a *API) Login(ctx context.Context, email, password string) (token string, err error) {
	var session struct {
		AccessToken string `json:"accessToken"`
	}
	in := map[string]string{"email": email, "password": password}
	err = a.patiently(ctx, func() error {
		// The service refuses even an empty token here, so there is no header.
		return a.callWith(ctx, &a.sender, http.MethodPost, a.url("v2", "session"), nil, []string{password}, in, &session)
	})
	if err == nil && session.AccessToken == "" {
		err = refuse(http.MethodPost, "the answer to the login holds no token; check the API URL and proxies", nil)
	}
	return session.AccessToken, err
}

// Logout ends the session that the token belongs to.
func (r *REST) Logout(ctx context.Context) error {
	return r.send(ctx, http.MethodDelete, nil, "session")
}

// Organization is what the token belongs to.
type Organization struct {
	ID   string `json:"id"`
	Name string `json:"organizationName"`
	// DPMLimit is the number of datapoints a minute, 0 for none.
	DPMLimit int64 `json:"dpmLimit"`

	// More holds the members that this package does not know, but no token.
	More map[string]json.RawMessage `json:"-"`
}

// Organization returns the organization that the token belongs to.
func (r *REST) Organization(ctx context.Context) (*Organization, error) {
	return get[Organization](ctx, r, "organization")
}

// UnmarshalJSON reads an organization. The service puts an access token into it, which is dropped.
func (o *Organization) UnmarshalJSON(text []byte) (err error) {
	type known Organization
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	delete(k.More, "apiAccessToken")
	*o = Organization(k)
	return err
}

// MarshalJSON writes an organization.
func (o Organization) MarshalJSON() ([]byte, error) {
	type known Organization
	return openjson.Marshal(known(o), o.More)
}
