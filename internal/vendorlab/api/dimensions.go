package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
)

// dimensions lists the dimensions that the SignalFx metadata API was told about.
func (s *server) dimensions(w http.ResponseWriter, r *http.Request) {
	offset, limit, err := pageParams(r)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	text := strings.ToLower(r.URL.Query().Get("search"))
	found := slices.DeleteFunc(s.Catalog.Dimensions(), func(d signalfx.Dimension) bool {
		return !strings.Contains(strings.ToLower(d.Key+"="+d.Value), text)
	})
	total := len(found)
	found = found[min(offset, total):]
	found = found[:min(limit, len(found))]
	reply(w, map[string]any{"total": total, "offset": offset, "limit": limit, "dimensions": found})
}
