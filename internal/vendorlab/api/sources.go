package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/wavefront"
)

// sources lists the sources that Wavefront was told tags or descriptions of.
func (s *server) sources(w http.ResponseWriter, r *http.Request) {
	offset, limit, err := pageParams(r)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	text := strings.ToLower(r.URL.Query().Get("search"))
	found := slices.DeleteFunc(s.Sources.All(), func(one wavefront.Source) bool {
		return !strings.Contains(strings.ToLower(one.ID), text)
	})
	total := len(found)
	found = found[min(offset, total):]
	found = found[:min(limit, len(found))]
	reply(w, map[string]any{"total": total, "offset": offset, "limit": limit, "sources": found})
}
