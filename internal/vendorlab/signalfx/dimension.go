package signalfx

import (
	"net/http"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// getDimension knows dimensions from updates and from datapoints.
func (s *Server) getDimension(c *call) (any, error) {
	key, value := c.PathValue("key"), c.PathValue("value")
	if found, ok := s.catalog.Dimension(key, value); ok {
		return found, nil
	}
	series, total := s.store.Series(store.Query{Vendor: Vendor, Dimensions: []string{key + "=" + value}, Limit: 1})
	if total == 0 {
		return nil, exchange.Errorf(http.StatusNotFound, "there is no such dimension")
	}
	return Dimension{key, value, newAnnotations(bySystem, time.UnixMilli(series[0].FirstSeen))}, nil
}

// putDimension overwrites: properties and tags that the body omits are gone.
func (s *Server) putDimension(c *call) (any, error) {
	return s.changeDimension(c, annotation.overwrite)
}

// patchDimension merges. The vendor does not document this path; its agents use it.
func (s *Server) patchDimension(c *call) (any, error) {
	return s.changeDimension(c, annotation.merge)
}

func (s *Server) changeDimension(c *call, apply func(annotation, *Annotations) error) (any, error) {
	key, value := c.PathValue("key"), c.PathValue("value")
	if r := checkDimension(store.Dimension{Key: key, Value: value}); r != nil {
		return nil, r
	}
	if err := matchesPath(c.body, map[string]string{"key": key, "value": value}); err != nil {
		return nil, err
	}
	change, err := readAnnotation(c.body)
	if err != nil {
		return nil, err
	}
	keep := c.ex.Accepts(1) > 0
	d, err := s.catalog.changeDimension(key, value, s.store.Now(), keep, func(a *Annotations) error { return apply(change, a) })
	if err != nil {
		return nil, err
	}
	c.count(keep)
	return d, nil
}

// matchesPath refuses a body that says another name than the path.
func matchesPath(body jsonObject, want map[string]string) error {
	for name, expected := range want {
		got := expected
		if err := body.read(name, &got); err != nil {
			return badJSON(err)
		}
		if got != expected {
			return exchange.Errorf(http.StatusBadRequest, "%s in the body is not that of the path", name)
		}
	}
	return nil
}
