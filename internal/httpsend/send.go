package httpsend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// defaultMaxAnswerBytes is enough for what services say about data that was sent to them.
	defaultMaxAnswerBytes = 64 << 10
	// maxMessageRunes bounds how much of an answer an error repeats.
	maxMessageRunes = 300
)

// Sender sends requests to one vendor service. All fields are set before the
// first Send and not changed after it; Send is safe for concurrent use.
type Sender struct {
	// Client must not follow redirects: see NoRedirects.
	Client *http.Client
	// Statuses says what each status means for this service.
	Statuses Table
	// ReasonHeader names a header of an answer whose text explains a failure, when the service has one.
	ReasonHeader string
	// UserAgent is sent with every request, when not empty.
	UserAgent string
	// Gzip compresses bodies; nil leaves that to the client.
	Gzip *Gzip
	// MaxAnswerBytes bounds what is read of an answer, 0 meaning 64 KiB; more is
	// discarded with the connection.
	MaxAnswerBytes int64
	// CheckAnswer, when set, looks into the body of a 2xx answer. What it returns makes the attempt fail.
	CheckAnswer func(status int, body []byte) *Error
	// Observe, when set, is told of every attempt.
	Observe func(context.Context, Attempt)
	// Now is the clock that Retry-After dates are compared with; nil is time.Now.
	Now func() time.Time
}

// Request is one request. It may be reused once Send has returned.
type Request struct {
	// Method defaults to POST.
	Method, URL string
	ContentType string
	// Header holds more headers, credentials among them.
	Header http.Header
	// Body is sent as the concatenation of its chunks.
	Body [][]byte
	// Secrets are cut out of whatever an error repeats of the answer.
	Secrets []string
}

// Answer is what the vendor said.
type Answer struct {
	Status int
	Header http.Header
	// Body is at most as long as the sender reads.
	Body []byte
}

// Attempt is what an observer learns.
type Attempt struct {
	Class Class
	// Status is 0 when there was no answer.
	Status int
	// PayloadBytes is the size of the body before, WireBytes after compression.
	PayloadBytes, WireBytes int
	Duration                time.Duration
}

// NoRedirects returns a copy of c that hands a redirect back as the answer: a
// followed one would carry the credentials to whatever host it names.
func NoRedirects(c *http.Client) *http.Client {
	clone := *c
	clone.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &clone
}

// Send makes one attempt. Every error it returns is an *Error. The answer comes with
// the error too, as far as there was one; else it is nil.
func (s *Sender) Send(ctx context.Context, r *Request) (*Answer, error) {
	p := newPayload()
	defer p.release()
	start := s.now()
	attempt := Attempt{Class: Rejected}
	for _, c := range r.Body {
		attempt.PayloadBytes += len(c)
	}
	answer, err := s.attempt(ctx, r, p)
	attempt.WireBytes = p.buf.Len()
	attempt.Duration = s.now().Sub(start)
	attempt.Class = ClassOf(err)
	if answer != nil {
		attempt.Status = answer.Status
	}
	if s.Observe != nil {
		s.Observe(ctx, attempt)
	}
	return answer, err
}

func (s *Sender) attempt(ctx context.Context, r *Request, p *payload) (*Answer, error) {
	req, err := s.newRequest(ctx, r, p)
	if err != nil {
		// The cause would repeat the URL, which may hold credentials.
		return nil, &Error{Class: Rejected, Target: r.Method, Meaning: "the request cannot be made: its URL or method is malformed, or its body cannot be compressed"}
	}
	target := req.Method + " " + req.URL.Host + req.URL.Path
	resp, err := s.Client.Do(req)
	if err != nil {
		return nil, &Error{Class: Retry, Target: target, Meaning: "no answer", Cause: withoutURL(err)}
	}
	body, readErr := s.readAnswer(resp)
	answer := &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		rule := s.Statuses.Find(resp.StatusCode)
		if reason := resp.Header.Get(s.ReasonHeader); reason != "" {
			body = append([]byte(reason+": "), body...)
		}
		return answer, &Error{
			Class: rule.Class, Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header, s.now()),
			Target: target, Meaning: rule.Meaning, Message: Message(body, r.Secrets),
		}
	}
	if readErr != nil {
		// The status line came, the rest did not: whether the vendor has the data is not
		// known, and sending again is the only way to lose nothing.
		return answer, &Error{Class: Retry, Status: resp.StatusCode, Target: target, Meaning: "the answer broke off", Cause: withoutURL(readErr)}
	}
	if s.CheckAnswer != nil {
		if failed := s.CheckAnswer(resp.StatusCode, body); failed != nil {
			failed.Status, failed.Target = resp.StatusCode, target
			failed.Message = Message([]byte(failed.Message), r.Secrets)
			return answer, failed
		}
	}
	return answer, nil
}

func (s *Sender) newRequest(ctx context.Context, r *Request, p *payload) (*http.Request, error) {
	compressed, err := s.Gzip.append(p, r.Body)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	method := r.Method
	if method == "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, nil)
	if err != nil {
		return nil, err
	}
	if p.buf.Len() > 0 {
		req.ContentLength = int64(p.buf.Len())
		req.Body = p.reader()
		// HTTP/2 asks for the body again when the server refused the stream unread.
		req.GetBody = func() (io.ReadCloser, error) { return p.reader(), nil }
	}
	for key, values := range r.Header {
		req.Header[key] = values
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	if s.UserAgent != "" {
		req.Header.Set("User-Agent", s.UserAgent)
	}
	if compressed {
		req.Header.Set("Content-Encoding", "gzip")
	}
	return req, nil
}

func (s *Sender) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// readAnswer reads a bounded body. An answer within the bound leaves the
// connection reusable; the rest of a longer one is not worth reading.
func (s *Sender) readAnswer(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	limit := s.MaxAnswerBytes
	if limit == 0 {
		limit = defaultMaxAnswerBytes
	}
	return io.ReadAll(io.LimitReader(resp.Body, limit))
}

// withoutURL takes the URL, with its query and user, out of a transport error.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// Message returns the readable beginning of an answer, without secrets.
func Message(body []byte, secrets []string) string {
	text := strings.ToValidUTF8(string(body), "")
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "[REDACTED]")
		}
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if utf8.RuneCountInString(text) > maxMessageRunes {
		text = string([]rune(text)[:maxMessageRunes]) + "..."
	}
	return text
}
