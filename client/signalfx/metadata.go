package signalfx

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const contentJSON = "application/json"

// APIOptions configure an API.
type APIOptions struct {
	// UserAgent is sent with every request, when not empty.
	UserAgent string
	// Observe, when set, is told of every request.
	Observe func(context.Context, httpsend.Attempt)
	// Patience is how long, in all, a call of a REST may wait for a service that says
	// when its rate limit is over, before it asks again. Zero never waits: the error has
	// the class Throttled and RetryAfter.
	Patience time.Duration
}

// API speaks to the metadata API. It makes one attempt a call and never repeats
// it. It is safe for concurrent use. Every error is an *httpsend.Error whose class
// says what to do next.
type API struct {
	sender httpsend.Sender // reads and overwrites
	patch  httpsend.Sender // merges
	base   string          // without a slash at its end

	patience time.Duration // of REST
}

// NewAPI returns a client of the metadata API at base, whose path is kept as a prefix.
func NewAPI(client *http.Client, base *url.URL, options APIOptions) *API {
	sender := httpsend.Sender{
		Client:    httpsend.NoRedirects(client),
		Statuses:  APIStatuses,
		UserAgent: options.UserAgent,
		Observe:   options.Observe,
	}
	a := &API{sender: sender, patch: sender, base: strings.TrimRight(base.String(), "/"), patience: options.Patience}
	a.patch.Statuses = APIPatchStatuses
	return a
}

// url joins path segments to the base. They may hold anything: dimension values
// often hold slashes.
func (a *API) url(segments ...string) string {
	var b strings.Builder
	b.WriteString(a.base)
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(escapeSegment(segment))
	}
	return b.String()
}

// escapeSegment makes one path segment of text. The segments "." and ".." would be
// resolved on the way, and name another object.
func escapeSegment(text string) string {
	if text == "." || text == ".." {
		return strings.Repeat("%2E", len(text))
	}
	return url.PathEscape(text)
}

// call sends in, when not nil, as JSON, and reads the answer into out, when not nil.
func (a *API) call(ctx context.Context, s *httpsend.Sender, method, target, token string, in, out any) error {
	return a.callWith(ctx, s, method, target, http.Header{TokenHeader: {token}}, []string{token}, in, out)
}

// callWith is call with other credentials than a token.
func (a *API) callWith(ctx context.Context, s *httpsend.Sender, method, target string, header http.Header, secrets []string, in, out any) error {
	r := httpsend.Request{Method: method, URL: target, Header: http.Header{"Accept": {contentJSON}}, Secrets: secrets}
	maps.Copy(r.Header, header)
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return refuse(method, "the request cannot be written as JSON", err)
		}
		r.ContentType, r.Body = contentJSON, [][]byte{body}
	}
	answer, err := s.Send(ctx, &r)
	if err != nil {
		explain(err, answer, secrets)
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		e := refuse(method, "the answer is not the JSON of the metadata API; check the API URL and proxies", err)
		e.Status = answer.Status
		return e
	}
	return nil
}

// explain puts the service's message in place of the JSON around it. There are
// several envelopes (vendor API reference); all that were seen have a message.
func explain(err error, answer *httpsend.Answer, secrets []string) {
	failed, ok := errors.AsType[*httpsend.Error](err)
	if !ok || answer == nil {
		return
	}
	var envelope struct {
		Message string          `json:"message"`
		Details json.RawMessage `json:"details"`
	}
	if json.Unmarshal(answer.Body, &envelope) != nil || envelope.Message == "" {
		return
	}
	text := envelope.Message
	if len(envelope.Details) > 0 && string(envelope.Details) != "null" {
		text += " " + string(envelope.Details)
	}
	failed.Message = httpsend.Message([]byte(text), secrets)
}

// refuse is an error that no repetition cures.
func refuse(method, meaning string, cause error) *httpsend.Error {
	return &httpsend.Error{Class: httpsend.Rejected, Target: method, Meaning: meaning, Cause: cause}
}
