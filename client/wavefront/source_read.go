package wavefront

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Source is what is noted about a source.
type Source struct {
	ID          string   `json:"id"`
	Description string   `json:"description,omitempty"`
	Tags        []string `json:"tags"`
}

// Source reads a source: GET /api/v2/source/{source}. One that the service does not
// know is an error with status 404.
func (h *HTTP) Source(ctx context.Context, source string) (*Source, error) {
	const method = http.MethodGet
	if source == "." || source == ".." || IsBlank(source) { // would name another path
		return nil, &httpsend.Error{Class: httpsend.Rejected, Target: method + " source", Meaning: "a source must not be blank, . or .."}
	}
	var answer struct {
		Response struct {
			Source
			Tags map[string]bool `json:"tags"`
		} `json:"response"`
	}
	t := *h.source
	t.sender.CheckAnswer = func(_ int, body []byte) *httpsend.Error {
		if err := json.Unmarshal(body, &answer); err != nil {
			return &httpsend.Error{Class: httpsend.Rejected, Meaning: "the answer is not the JSON of the REST API; check the URL and proxies", Cause: err}
		}
		return nil
	}
	if err := h.do(ctx, &t, &httpsend.Request{Method: method, URL: at(h.base, sourcePath) + url.PathEscape(source)}); err != nil {
		return nil, err
	}
	found := answer.Response.Source
	maps.DeleteFunc(answer.Response.Tags, func(_ string, on bool) bool { return !on })
	found.Tags = slices.Sorted(maps.Keys(answer.Response.Tags))
	return &found, nil
}
