package librato

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wildcard"
)

// ordering is a member that a list can be ordered by.
type ordering[T any] struct {
	name    string
	compare func(a, b T) int
}

// envelope tells where in a list a page is.
type envelope struct {
	Found  int `json:"found"` // matching the search
	Length int `json:"length"`
	Offset int `json:"offset"`
	Total  int `json:"total"`
}

// pageOf answers {"query": …, resource: […]} with those of all whose name
// matches, ordered by the first of by unless the request wants another.
func pageOf[T any](c *call, resource string, all []T, name func(T) string, by ...ordering[T]) (*reply, *apiError) {
	offset, b := c.param("offset", 0, 0)
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	length, b := c.param("length", maxPage, 1)
	if b == nil {
		b = order(c, all, by)
	}
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	search := c.query.Get("name")
	found := make([]T, 0, len(all))
	for _, item := range all {
		if matchesName(name(item), search) {
			found = append(found, item)
		}
	}
	page := found[min(offset, len(found)):]
	page = page[:min(length, maxPage, len(page))]
	return &reply{status: http.StatusOK, body: map[string]any{
		"query":  envelope{Found: len(found), Length: len(page), Offset: offset, Total: len(all)},
		resource: page,
	}}, nil
}

// matchesName finds a part of a name, or all of it if the search has a *; case does not count.
func matchesName(name, search string) bool {
	name, search = strings.ToLower(name), strings.ToLower(search)
	if strings.Contains(search, "*") {
		return wildcard.Match(search, name)
	}
	return strings.Contains(name, search)
}

func order[T any](c *call, all []T, by []ordering[T]) *broken {
	compare := by[0].compare
	if want := c.query.Get("orderby"); want != "" {
		i := slices.IndexFunc(by, func(o ordering[T]) bool { return o.name == want })
		if i < 0 {
			return breaks(PropertyInvalid, "orderby", "is invalid")
		}
		compare = by[i].compare
	}
	direction := c.query.Get("sort")
	if !oneOf(direction, "", "asc", "desc") {
		return breaks(PropertyInvalid, "sort", "is neither asc nor desc")
	}
	slices.SortStableFunc(all, func(a, b T) int {
		if direction == "desc" {
			a, b = b, a
		}
		return compare(a, b)
	})
	return nil
}

// has reports whether a parameter is in the address and not empty.
func (c *call) has(name string) bool { return c.query.Get(name) != "" }

// param reads a whole number from the address.
func (c *call) param(name string, fallback, least int) (int, *broken) {
	text := c.query.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, breaks(NotANumber, name, "is not an integer of at least %d", least)
	}
	return n, nil
}
