package signalfx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// REST speaks to the API with one token: what the vendor's Python client does with
// its rest(token). Its calls may wait for a rate limit, see APIOptions.Patience. It
// is safe for concurrent use. Every error of a request is an *httpsend.Error, whose
// Message is what the service said.
type REST struct {
	api   *API
	token string
}

// maxRESTAnswer is room for a page of large dashboards.
const maxRESTAnswer = 32 << 20

// REST returns a client that uses a token with the API scope, or one of Login.
func (a *API) REST(token string) *REST {
	clone := *a
	clone.sender.MaxAnswerBytes = maxRESTAnswer
	clone.patch.MaxAnswerBytes = maxRESTAnswer
	return &REST{api: &clone, token: token}
}

// do sends in, when not nil, to a path and reads the answer into out, when not nil.
func (r *REST) do(ctx context.Context, method, target string, in, out any) error {
	return r.api.patiently(ctx, func() error {
		return r.api.call(ctx, &r.api.sender, method, target, r.token, in, out)
	})
}

// patiently runs one call of a person or a script.
func (a *API) patiently(ctx context.Context, call func() error) error {
	return httpsend.Patiently(ctx, a.patience, call)
}

// object returns the URL of an object, which needs an id or a name.
func (r *REST) object(method string, segments ...string) (string, error) {
	for _, s := range segments {
		if s == "" {
			return "", refuse(method, "the object needs a name or an id", nil)
		}
	}
	return r.api.url(append([]string{"v2"}, segments...)...), nil
}

// get reads one object.
func get[T any](ctx context.Context, r *REST, segments ...string) (*T, error) {
	return exchange[T](ctx, r, http.MethodGet, nil, segments...)
}

// exchange sends in, when not nil, and returns the answer.
func exchange[T any](ctx context.Context, r *REST, method string, in any, segments ...string) (*T, error) {
	target, err := r.object(method, segments...)
	if err != nil {
		return nil, err
	}
	var out T
	if err := r.do(ctx, method, target, in, &out); err != nil {
		return nil, err
	}
	return &out, nil
}

// send sends in, when not nil, and has no use for the answer.
func (r *REST) send(ctx context.Context, method string, in any, segments ...string) error {
	target, err := r.object(method, segments...)
	if err != nil {
		return err
	}
	return r.do(ctx, method, target, in, nil)
}

// Search chooses objects of the metadata catalog.
type Search struct {
	// Query is such as "name:cpu.*" or "region:emea AND host:web-*"; all objects for "".
	Query string
	// OrderBy is a field, with a minus in front for the highest first.
	OrderBy string
	// Offset skips objects; PageLength is how many to fetch at once, 0 being 100.
	Offset, PageLength int
}

func (s Search) values() url.Values {
	return filled(map[string]string{"query": s.Query, "orderBy": s.OrderBy})
}

// filled are the parameters that are not empty.
func filled(parameters map[string]string) url.Values {
	values := url.Values{}
	for name, value := range parameters {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

const (
	defaultPageLength = 100
	// MaxReach is how far any search of the service reaches (vendor API reference).
	MaxReach = 10_000
)

// ErrReach ends a list that has more objects than a search can reach.
var ErrReach = errors.New("no search reaches past 10000 objects, and there are more; narrow it")

// list yields the objects of a paginated path, a page at a time. It ends after the
// first error.
func list[T any](ctx context.Context, r *REST, parameters url.Values, offset, pageLength int, segments ...string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		target, err := r.object(http.MethodGet, segments...)
		if err != nil {
			yield(none, err)
			return
		}
		if pageLength <= 0 {
			pageLength = defaultPageLength
		}
		for {
			limit := min(pageLength, MaxReach-offset)
			if limit <= 0 {
				yield(none, ErrReach)
				return
			}
			parameters.Set("offset", strconv.Itoa(offset))
			parameters.Set("limit", strconv.Itoa(limit))
			var p page[T]
			if err := r.do(ctx, http.MethodGet, target+"?"+parameters.Encode(), nil, &p); err != nil {
				yield(none, err)
				return
			}
			for _, item := range p.Results {
				if !yield(item, nil) {
					return
				}
			}
			offset += len(p.Results)
			if p.last(offset, limit) {
				return
			}
		}
	}
}

// page is what a list answers: {"count", "results"}, or a bare list.
type page[T any] struct {
	Count   *int `json:"count"`
	Results []T  `json:"results"`
}

// UnmarshalJSON reads both forms.
func (p *page[T]) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		return json.Unmarshal(text, &p.Results)
	}
	type known page[T]
	return json.Unmarshal(text, (*known)(p))
}

// last reports whether the list ends with the page, which ends at an offset. A bare
// list has no count: it ends with a page that is not full.
func (p *page[T]) last(offset, limit int) bool {
	if p.Count == nil {
		return len(p.Results) < limit
	}
	return len(p.Results) == 0 || offset >= *p.Count
}
