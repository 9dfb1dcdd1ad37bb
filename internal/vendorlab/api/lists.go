package api

import (
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// pageOf answers a list of the newest items under its name.
func pageOf[T any](name string, list func(offset, limit int) []T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, limit, err := pageParams(r)
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		reply(w, map[string]any{"offset": offset, "limit": limit, name: list(offset, limit)})
	}
}

func (s *server) series(w http.ResponseWriter, r *http.Request) {
	offset, limit, err := pageParams(r)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	query := r.URL.Query()
	page, total := s.Store.Series(store.Query{
		Vendor:     query.Get("vendor"),
		Metric:     query.Get("metric"),
		Text:       query.Get("search"),
		Dimensions: query["dimension"],
		Offset:     offset,
		Limit:      limit,
	})
	for i := range page {
		s.setUnit(&page[i])
	}
	reply(w, map[string]any{"total": total, "offset": offset, "limit": limit, "series": page})
}

func (s *server) points(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("series")
	series, points, ok := s.Store.Points(id)
	if !ok {
		fail(w, http.StatusNotFound, "series: no series has this id; see /api/series, and mind that the oldest leave first")
		return
	}
	s.setUnit(&series)
	reply(w, map[string]any{"series": series, "points": points})
}

// setUnit looks for a unit beside the data where none came with it.
func (s *server) setUnit(series *store.Series) {
	if series.Unit == "" {
		series.Unit = s.Unit(*series)
	}
}
