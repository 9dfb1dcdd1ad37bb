package signalfx

import (
	"net/http"
	"slices"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

func (s *Server) getTag(c *call) (any, error) {
	tags := s.catalog.Tags()
	i := slices.IndexFunc(tags, func(t Tag) bool { return t.Name == c.PathValue("name") })
	if i < 0 {
		return nil, noSuchTag()
	}
	return tags[i], nil
}

func noSuchTag() error { return exchange.Errorf(http.StatusNotFound, "there is no such tag") }

// searchTags answers in order of name.
func (s *Server) searchTags(c *call) (any, error) {
	var objects []found
	for _, tag := range s.catalog.Tags() {
		fields := document{"name": {tag.Name}}
		tag.addFields(fields)
		objects = append(objects, found{tag, fields})
	}
	return search(c, objects)
}

// putTag overwrites: what the body omits is gone.
func (s *Server) putTag(c *call) (any, error) {
	name := c.PathValue("name")
	if r := checkTag(name); r != nil {
		return nil, r
	}
	change, err := readAnnotation(c.body)
	if err != nil {
		return nil, err
	}
	fresh := newTag(name, byToken, s.store.Now().UnixMilli())
	return answerEdit(s, c, s.catalog.tags, name, fresh, func(t *Tag) error {
		err := change.overwrite(&t.Annotations)
		t.Tags = nil
		return err
	})
}

func (s *Server) deleteTag(c *call) (any, error) {
	if !s.catalog.removeTag(c.PathValue("name")) {
		return nil, noSuchTag()
	}
	return nil, nil
}
