package wavefront

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// The tags and the description of a source are set at the service:
//
//	PUT, DELETE  /api/v2/source/{source}/tag/{tag}
//	POST         /api/v2/source/{source}/tag          a JSON array, replaces all tags
//	POST, DELETE /api/v2/source/{source}/description  the text as it is

// AddSourceTag gives a source one more tag.
func (h *HTTP) AddSourceTag(ctx context.Context, source, tag string) error {
	return h.changeSource(ctx, http.MethodPut, nil, source, "tag", tag)
}

// RemoveSourceTag takes a tag from a source; one that it does not have is no error.
func (h *HTTP) RemoveSourceTag(ctx context.Context, source, tag string) error {
	return h.changeSource(ctx, http.MethodDelete, nil, source, "tag", tag)
}

// SetSourceTags replaces all tags of a source.
func (h *HTTP) SetSourceTags(ctx context.Context, source string, tags []string) error {
	body, err := json.Marshal(append([]string{}, tags...))
	if err != nil {
		return err
	}
	return h.changeSource(ctx, http.MethodPost, body, source, "tag")
}

// SetSourceDescription replaces the description of a source.
func (h *HTTP) SetSourceDescription(ctx context.Context, source, text string) error {
	return h.changeSource(ctx, http.MethodPost, []byte(text), source, "description")
}

// RemoveSourceDescription takes the description from a source; it is no error when there is none.
func (h *HTTP) RemoveSourceDescription(ctx context.Context, source string) error {
	return h.changeSource(ctx, http.MethodDelete, nil, source, "description")
}

func (h *HTTP) changeSource(ctx context.Context, method string, body []byte, source string, path ...string) error {
	target := at(h.base, sourcePath) + url.PathEscape(source)
	for _, element := range path {
		target += "/" + url.PathEscape(element)
	}
	for _, element := range append(path, source) {
		if element == "." || element == ".." || IsBlank(element) { // would name another path
			return &httpsend.Error{Class: httpsend.Rejected, Target: method + " source", Meaning: "a source or tag must not be blank, . or .."}
		}
	}
	r := &httpsend.Request{Method: method, URL: target}
	if body != nil {
		r.ContentType, r.Body = contentJSON, [][]byte{body}
	}
	err := h.do(ctx, h.source, r)
	if method == http.MethodDelete && statusOf(err) == http.StatusNotFound {
		return nil
	}
	return err
}
