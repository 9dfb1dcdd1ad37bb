package wavefront

import (
	"context"
	"time"
)

// Authorizer hands out the token that requests carry as a Bearer token. It is safe for concurrent use.
type Authorizer interface {
	// Token returns the token to use now. Its errors are *httpsend.Error.
	Token(ctx context.Context) (string, error)
	// Refused says that the service refused a token. It returns whether another one can be
	// had, and in how long; 0 is now.
	Refused(token string) (another bool, in time.Duration)
}

// APIToken is a token of the service, which stays valid until it is revoked.
type APIToken string

// Token returns the token.
func (t APIToken) Token(context.Context) (string, error) { return string(t), nil }

// Refused returns false: there is no other.
func (APIToken) Refused(string) (another bool, in time.Duration) { return false, 0 }

// String keeps the token out of logs.
func (APIToken) String() string { return "[REDACTED]" }
