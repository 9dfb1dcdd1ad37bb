package signalfx

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// found is an object with what searches see of it.
type found struct {
	object any
	fields document
}

// Bounds of the vendor's searches: objects a page has by default, and how far any query reaches.
const (
	defaultPage = 50
	maxReach    = 10_000
)

// results answers a search.
type results struct {
	Count   int   `json:"count"` // all that match, not only the page
	Results []any `json:"results"`
}

// search answers ?query=&orderBy=&offset=&limit= over objects, which come in their
// default order.
func search(c *call, objects []found) (any, error) {
	parameters := c.URL.Query()
	q, refused := parseQuery(parameters.Get("query"))
	if refused != nil {
		return nil, refused
	}
	matching := slices.DeleteFunc(objects, func(f found) bool { return !q(f.fields) })
	// The vendor's text says order_by, its clients orderBy.
	orderBy(matching, parameters.Get("orderBy")+parameters.Get("order_by"))
	return page(c, matching)
}

// orderBy sorts by a field, downwards with a minus in front.
func orderBy(objects []found, field string) {
	field, down := strings.CutPrefix(field, "-")
	if field == "" {
		return
	}
	slices.SortStableFunc(objects, func(a, b found) int {
		order := slices.Compare(a.fields[field], b.fields[field])
		if down {
			return -order
		}
		return order
	})
}

func page(c *call, matching []found) (*results, error) {
	offset, err := numberParameter(c.Request, "offset", 0)
	if err != nil {
		return nil, err
	}
	limit, err := numberParameter(c.Request, "limit", defaultPage)
	if err != nil {
		return nil, err
	}
	if offset+limit > maxReach {
		return nil, exchange.Errorf(http.StatusBadRequest, "offset and limit: no query reaches past %d objects", maxReach)
	}
	answer := &results{Count: len(matching), Results: []any{}}
	for _, f := range matching[min(offset, len(matching)):min(offset+limit, len(matching))] {
		answer.Results = append(answer.Results, f.object)
	}
	return answer, nil
}

func numberParameter(r *http.Request, name string, fallback int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxReach {
		return 0, exchange.Errorf(http.StatusBadRequest, "%s: must be a whole number from 0 to %d", name, maxReach)
	}
	return n, nil
}

// fields adds what every annotated object is searched by.
func (a *Annotations) addFields(d document) {
	for name, value := range a.CustomProperties {
		d[name] = append(d[name], value)
	}
	d["tags"] = append(d["tags"], a.Tags...)
	d["sf_tags"] = append(d["sf_tags"], a.Tags...)
}
