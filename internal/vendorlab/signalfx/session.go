package signalfx

import (
	"errors"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

const sessionPath = "/v2/session"

// SecretPaths are those whose bodies hold secrets.
var SecretPaths = []string{sessionPath}

// The lab's only organization, and its only user.
const (
	OrganizationID = "AAAAAAAAAAI"
	UserID         = "AAAAAAAAAAE"
)

// getOrganization shows no apiAccessToken, which the vendor has there: the lab gives no secrets away.
func (s *Server) getOrganization(*call) (any, error) {
	return map[string]any{"id": OrganizationID, "organizationName": "Vendor lab", "dpmLimit": nil}, nil
}

// postSession lets everybody in who has an email address and a password.
func (s *Server) postSession(c *call) (any, error) {
	var email, password string
	if err := errors.Join(c.body.read("email", &email), c.body.read("password", &password)); err != nil {
		return nil, badJSON(err)
	}
	if email == "" || password == "" {
		return nil, exchange.Errorf(http.StatusBadRequest, "email and password must be there")
	}
	return map[string]any{
		"accessToken": s.tokens.login(), "email": email, "userId": byToken, "organizationId": OrganizationID,
	}, nil
}

func (s *Server) deleteSession(c *call) (any, error) {
	s.tokens.logout(c.Header.Get(tokenHeader))
	return nil, nil
}
