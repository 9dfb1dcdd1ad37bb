package librato

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// ListOptions choose what a list holds and how it is fetched.
type ListOptions struct {
	// Name is a part of the name, in any case; all items for "".
	Name string
	// OrderBy is a member that the resource can be ordered by; the default depends on it.
	OrderBy    string
	Descending bool
	// Offset skips items; PageLength is how many to fetch at once, at most and by
	// default MaxPageLength.
	Offset, PageLength int
}

func (o ListOptions) query() url.Values {
	query := url.Values{}
	set := func(key, value string, wanted bool) {
		if wanted {
			query.Set(key, value)
		}
	}
	set("name", o.Name, o.Name != "")
	set("orderby", o.OrderBy, o.OrderBy != "")
	set("sort", "desc", o.Descending)
	set("offset", strconv.Itoa(o.Offset), o.Offset > 0)
	set("length", strconv.Itoa(o.PageLength), o.PageLength > 0)
	return query
}

// page is the frame of one page of a list; the items stand beside it, under the
// name of the resource.
type page struct {
	Query struct {
		// Found is the number of items that match, Total that of the account's.
		Found  *int `json:"found"`
		Total  int  `json:"total"`
		Length int  `json:"length"`
	} `json:"query"`
}

// found is the number of items that match; answers without it count all.
func (p *page) found() int {
	if p.Query.Found != nil {
		return *p.Query.Found
	}
	return p.Query.Total
}

// list yields the items of a paginated route, a page at a time. It ends after the
// first error. Resource is both the path and the member that holds the items.
func list[T any](ctx context.Context, c *Client, resource string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		query := maps.Clone(query)
		offset, _ := strconv.Atoi(query.Get("offset"))
		for {
			items, p, err := onePage[T](ctx, c, resource, query)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			length := p.Query.Length
			if length == 0 { // a receiver that does not say
				length = len(items)
			}
			offset += length
			if length <= 0 || offset >= p.found() {
				return
			}
			query.Set("offset", strconv.Itoa(offset))
		}
	}
}

func onePage[T any](ctx context.Context, c *Client, resource string, query url.Values) ([]T, page, error) {
	var p page
	var members map[string]json.RawMessage
	if err := c.manage(ctx, http.MethodGet, "/"+resource, query, nil, &members); err != nil {
		return nil, p, err
	}
	var items []T
	for name, into := range map[string]any{"query": &p.Query, resource: &items} {
		if members[name] == nil {
			continue
		}
		if err := json.Unmarshal(members[name], into); err != nil {
			return nil, p, fmt.Errorf("list of %s: member %q is not what the API documents: %w", resource, name, err)
		}
	}
	return items, p, nil
}
