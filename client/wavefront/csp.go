package wavefront

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// cspPause is the time between two exchanges when one failed, or when a token
// that was just handed out is refused: what the vendor's proxy waits.
const cspPause = 10 * time.Second

// CSPOptions say how tokens are exchanged: for an OAuth app's ID and secret, or
// for the API token of a user.
type CSPOptions struct {
	// URL is the base URL of the exchange; nil is DefaultCSPURL.
	URL *url.URL

	AppID, AppSecret string
	// OrgID is the organization of the app, when it is not its own.
	OrgID string

	APIToken string

	UserAgent string
	// OnExchange, when set, is told of every exchange: nil, or an *httpsend.Error.
	OnExchange func(error)
}

// CSP exchanges credentials of the vendor's cloud services for access tokens. It
// runs nothing in the background: whoever asks for a token that is due exchanges
// it, and others use the old one as long as it is valid, or else wait.
type CSP struct {
	sender  httpsend.Sender
	request httpsend.Request
	notify  func(error)
	now     func() time.Time

	turn   chan struct{} // held by who exchanges
	latest atomic.Pointer[exchange]
}

// exchange is the outcome of the latest exchange. It does not change.
type exchange struct {
	token  string    // empty when there is none
	renew  time.Time // when to ask for the next one
	expiry time.Time
	at     time.Time // of the latest attempt
	err    error     // of the latest attempt
}

// NewCSP returns an Authorizer that exchanges tokens with client.
func NewCSP(client *http.Client, o CSPOptions) (*CSP, error) {
	request, err := cspRequest(o)
	if err != nil {
		return nil, err
	}
	c := &CSP{
		sender:  httpsend.Sender{Client: httpsend.NoRedirects(client), Statuses: CSPStatuses, UserAgent: o.UserAgent},
		request: request,
		notify:  o.OnExchange,
		now:     time.Now,
		turn:    make(chan struct{}, 1),
	}
	c.latest.Store(&exchange{})
	return c, nil
}

func cspRequest(o CSPOptions) (httpsend.Request, error) {
	base := o.URL
	if base == nil {
		base, _ = url.Parse(DefaultCSPURL)
	}
	r := httpsend.Request{
		ContentType: "application/x-www-form-urlencoded",
		Header:      http.Header{"Accept": {"application/json"}},
		Secrets:     []string{o.AppSecret, o.APIToken},
	}
	form := url.Values{}
	switch {
	case o.APIToken != "" && o.AppID+o.AppSecret+o.OrgID == "":
		r.URL = at(base, cspAPITokenPath)
		form.Set("api_token", o.APIToken)
	case o.APIToken == "" && o.AppID != "" && o.AppSecret != "":
		r.URL = at(base, cspAppPath)
		form.Set("grant_type", "client_credentials")
		if o.OrgID != "" {
			form.Set("orgId", o.OrgID)
		}
		basic := base64.StdEncoding.EncodeToString([]byte(o.AppID + ":" + o.AppSecret))
		r.Header.Set("Authorization", "Basic "+basic)
		r.Secrets = append(r.Secrets, basic)
	default:
		return r, errors.New("wavefront: a token exchange needs an app ID and secret, or an API token, and not both")
	}
	r.Body = [][]byte{[]byte(form.Encode())}
	return r, nil
}

// Token returns a valid access token.
func (c *CSP) Token(ctx context.Context) (string, error) {
	last, now := c.latest.Load(), c.now()
	valid := now.Before(last.expiry)
	switch {
	case valid && now.Before(last.renew):
		return last.token, nil
	case last.err != nil && now.Before(last.at.Add(cspPause)):
		return last.orError(valid)
	case valid:
		select {
		case c.turn <- struct{}{}:
		default: // somebody is at it
			return last.token, nil
		}
	default:
		select {
		case c.turn <- struct{}{}:
		case <-ctx.Done():
			return "", &httpsend.Error{Class: httpsend.Retry, Target: "token exchange", Meaning: "gave up waiting for it", Cause: ctx.Err()}
		}
	}
	defer func() { <-c.turn }()
	if latest := c.latest.Load(); latest != last { // somebody exchanged while we waited
		return latest.orError(c.now().Before(latest.expiry))
	}
	next := c.exchange(ctx, last)
	return next.orError(c.now().Before(next.expiry))
}

// orError returns the token while it is valid, or else why there is none.
func (x *exchange) orError(valid bool) (string, error) {
	if valid {
		return x.token, nil
	}
	if x.err == nil {
		return "", &httpsend.Error{Class: httpsend.Retry, Target: "token exchange", Meaning: "the token was refused, or expired at once"}
	}
	return "", x.err
}

// exchange asks for a token. The caller has the turn.
func (c *CSP) exchange(ctx context.Context, last *exchange) *exchange {
	request := c.request
	answer, err := c.sender.Send(ctx, &request)
	next := *last
	next.at, next.err = c.now(), err
	if err == nil {
		next.err = next.read(answer.Body)
	}
	if next.err == nil || ctx.Err() == nil { // that one caller gave up says nothing about the exchange
		c.latest.Store(&next)
	}
	if c.notify != nil {
		c.notify(next.err)
	}
	return &next
}

// read takes the token out of an answer.
func (x *exchange) read(body []byte) error {
	var answer struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"` // seconds
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" || !(answer.ExpiresIn > 0) {
		return &httpsend.Error{Class: httpsend.Retry, Target: "token exchange", Meaning: "the answer holds no access_token with its expires_in; check the exchange's URL"}
	}
	x.token = answer.AccessToken
	lifetime := time.Duration(min(answer.ExpiresIn, 1e9) * float64(time.Second))
	x.expiry = x.at.Add(lifetime)
	x.renew = x.at.Add(renewAfter(lifetime))
	return nil
}

// renewAfter is when the vendor's SDKs ask for the next token; half the lifetime of
// one that they would never ask again for.
func renewAfter(lifetime time.Duration) time.Duration {
	margin := 180 * time.Second
	if lifetime < 10*time.Minute {
		margin = 30 * time.Second
	}
	if lifetime <= margin {
		return lifetime / 2
	}
	return lifetime - margin
}

// Refused gives the token up. One that is so new that the next would be no better is kept
// until the pause between two exchanges is over.
func (c *CSP) Refused(token string) (another bool, in time.Duration) {
	last := c.latest.Load()
	if last.token != token {
		return true, 0 // there is another one already
	}
	if due := last.at.Add(cspPause); last.err == nil && c.now().Before(due) {
		return true, due.Sub(c.now())
	}
	// A failed renewal stays known: until its pause is over, Token says why there is no other.
	c.latest.CompareAndSwap(last, &exchange{at: last.at, err: last.err})
	return true, 0
}
