package signalfx

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

const contentJSON = "application/json"

// APIOptions configure an API.
type APIOptions struct {
	// UserAgent is sent with every request, when not empty.
	UserAgent string
	// Observe, when set, is told of every request.
	Observe func(context.Context, httpsend.Attempt)
}

// API speaks to the metadata API. It makes one attempt a call and never repeats
// it. It is safe for concurrent use. Every error is an *httpsend.Error whose class
// says what to do next.
type API struct {
	sender httpsend.Sender // reads and overwrites
	patch  httpsend.Sender // merges
	base   string          // without a slash at its end
}

// NewAPI returns a client of the metadata API at base, whose path is kept as a prefix.
func NewAPI(client *http.Client, base *url.URL, options APIOptions) *API {
	sender := httpsend.Sender{
		Client:    httpsend.NoRedirects(client),
		Statuses:  APIStatuses,
		UserAgent: options.UserAgent,
		Observe:   options.Observe,
	}
	a := &API{sender: sender, patch: sender, base: strings.TrimRight(base.String(), "/")}
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
	r := httpsend.Request{
		Method:  method,
		URL:     target,
		Header:  http.Header{TokenHeader: {token}, "Accept": {contentJSON}},
		Secrets: []string{token},
	}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return refuse(method, "the request cannot be written as JSON", err)
		}
		r.ContentType, r.Body = contentJSON, [][]byte{body}
	}
	answer, err := s.Send(ctx, &r)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		e := refuse(method, "the answer is not the JSON of the metadata API; check `api_url` and proxies", err)
		e.Status = answer.Status
		return e
	}
	return nil
}

// refuse is an error that no repetition cures.
func refuse(method, meaning string, cause error) *httpsend.Error {
	return &httpsend.Error{Class: httpsend.Rejected, Target: method, Meaning: meaning, Cause: cause}
}
