package signalfx

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

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
	return Dimension{key, value, newAnnotations(bySystem, series[0].FirstSeen)}, nil
}

// searchDimensions answers in order of key and value.
func (s *Server) searchDimensions(c *call) (any, error) {
	known := map[dimensionID]Dimension{}
	for _, series := range s.allSeries() {
		for _, d := range series.Dimensions {
			id := dimensionID{d.Key, d.Value}
			if _, ok := known[id]; !ok {
				known[id] = Dimension{d.Key, d.Value, newAnnotations(bySystem, series.FirstSeen)}
			}
		}
	}
	for _, d := range s.catalog.Dimensions() {
		known[dimensionID{d.Key, d.Value}] = d
	}
	objects := make([]found, 0, len(known))
	for _, d := range known {
		fields := document{"key": {d.Key}, "value": {d.Value}, d.Key: {d.Value}}
		d.addFields(fields)
		objects = append(objects, found{d, fields})
	}
	slices.SortFunc(objects, func(a, b found) int {
		x, y := a.object.(Dimension), b.object.(Dimension)
		return cmp.Or(strings.Compare(x.Key, y.Key), strings.Compare(x.Value, y.Value))
	})
	return search(c, objects)
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
	fresh := Dimension{key, value, newAnnotations(byToken, s.store.Now().UnixMilli())}
	return answerEdit(s, c, s.catalog.dimensions, dimensionID{key, value}, fresh, func(d *Dimension) error {
		return apply(change, &d.Annotations)
	})
}
