package wavefront

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// source answers /api/v2/source/{id}, …/tag, …/tag/{tag} and …/description.
func (s *direct) source(w http.ResponseWriter, r *http.Request, ex *exchange.Exchange) *exchange.Error {
	id, what, tag, err := sourceParts(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		return s.getSource(w, ex, id, what)
	}
	if r.Method == http.MethodDelete {
		if _, ok := s.Sources.Get(id); !ok {
			return exchange.Errorf(http.StatusNotFound, "there is no such source")
		}
	}
	return ex.WithBody(r, s.Body, func(body []byte) *exchange.Error {
		change, err := sourceChangeOf(r.Method, what, tag, body)
		if err != nil {
			return err
		}
		change.Source = id
		d := s.decoder()
		if broken := change.check(); broken != nil {
			d.Refuse(kindSourceTag, string(broken.reason), broken.detail, change)
			s.save(d, r.URL.Path, 1, ex.Count)
			return exchange.Errorf(http.StatusBadRequest, "%s", broken.detail)
		}
		d.changes = append(d.changes, change)
		s.save(d, r.URL.Path, ex.Partial, ex.Count)
		answerREST(w, ex, nil)
		return nil
	})
}

// sourceParts splits the path; its parts may hold escaped slashes.
func sourceParts(r *http.Request) (id, what, tag string, failed *exchange.Error) {
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), sourcePath), "/")
	for i := range parts {
		part, err := url.PathUnescape(parts[i])
		if err != nil {
			return "", "", "", exchange.Errorf(http.StatusBadRequest, "the path is not well-formed")
		}
		parts[i] = part
	}
	parts = append(parts, "", "")
	if id, what, tag = parts[0], parts[1], parts[2]; len(parts) > 5 || id == "" {
		return "", "", "", exchange.Errorf(http.StatusNotFound, "there is nothing at this path")
	}
	return id, what, tag, nil
}

func (s *direct) getSource(w http.ResponseWriter, ex *exchange.Exchange, id, what string) *exchange.Error {
	source, ok := s.Sources.Get(id)
	if !ok || what != "" && what != "tag" {
		return exchange.Errorf(http.StatusNotFound, "there is no such source")
	}
	if what == "tag" {
		answerREST(w, ex, map[string]any{"items": source.Tags})
		return nil
	}
	tags := map[string]bool{}
	for _, tag := range source.Tags {
		tags[tag] = true
	}
	answerREST(w, ex, map[string]any{"id": id, "sourceName": id, "description": source.Description, "tags": tags})
	return nil
}

// sourceChangeOf reads a write: tags come in the path one by one, or as a JSON
// array that replaces all; a description is the body.
func sourceChangeOf(method, what, tag string, body []byte) (sourceChange, *exchange.Error) {
	switch {
	case method == http.MethodPut && what == "tag" && tag != "":
		return sourceChange{Action: "add", Tags: []string{tag}}, nil
	case method == http.MethodDelete && what == "tag" && tag != "":
		return sourceChange{Action: "delete", Tags: []string{tag}}, nil
	case method == http.MethodPost && what == "tag" && tag == "":
		change := sourceChange{Action: "save"}
		if decodeJSON(body, &change.Tags) != nil {
			return change, exchange.Errorf(http.StatusBadRequest, "the body must be a JSON array of tags")
		}
		return change, nil
	case method == http.MethodDelete && what == "description" && tag == "":
		return sourceChange{Action: "delete", Description: new(string)}, nil
	case method == http.MethodPost && what == "description" && tag == "":
		text := validText(body)
		return sourceChange{Action: "save", Description: &text}, nil
	}
	return sourceChange{}, exchange.Errorf(http.StatusNotFound, "there is nothing at this path for %s", method)
}
