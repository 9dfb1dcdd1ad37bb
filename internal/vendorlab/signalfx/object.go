package signalfx

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// objectKinds are objects that the lab keeps and serves as they were given. The
// lab runs no detectors, so that incidents and detector events come from
// Catalog.AddObject only.
var objectKinds = map[string]struct{ written bool }{
	"chart":          {written: true},
	"dashboard":      {written: true},
	"dashboardgroup": {written: true},
	"detector":       {written: true},
	"crosslink":      {written: true}, // data links
	"incident":       {},
	"event":          {},
}

// addObjectPaths adds the paths that kinds have in common.
func addObjectPaths(paths map[string]map[string]apiHandler) {
	for kind, is := range objectKinds {
		if is.written {
			paths["/v2/"+kind] = map[string]apiHandler{"GET": listObjects(kind), "POST": postObject(kind)}
			paths["/v2/"+kind+"/{id}"] = map[string]apiHandler{"GET": getObject(kind), "PUT": putObject(kind), "DELETE": deleteObject(kind)}
		}
	}
}

// AddObject keeps an object of a kind as if the vendor had made it, and returns its id.
func (c *Catalog) AddObject(kind string, members map[string]any) (string, error) {
	if c.objects[kind] == nil {
		return "", fmt.Errorf("there are no objects of kind %q", kind)
	}
	text, err := json.Marshal(members)
	if err != nil {
		return "", err
	}
	object := jsonObject{}
	if err := json.Unmarshal(text, &object); err != nil || object == nil {
		return "", errors.Join(err, errors.New("an object needs members"))
	}
	return c.addObject(kind, object), nil
}

// addObject gives the object an id, unless it has one.
func (c *Catalog) addObject(kind string, object jsonObject) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := object.text("id")
	if id == "" {
		c.lastID++
		id = base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, c.lastID))
		object["id"] = jsonText(id)
	}
	c.objects[kind].Put(id, object)
	return id
}

func (c *Catalog) object(kind, id string) (jsonObject, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	object, ok := c.objects[kind].Get(id)
	return maps.Clone(object), ok
}

// objectsOf returns the objects in order of their last change.
func (c *Catalog) objectsOf(kind string) []jsonObject {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.objects[kind].Values()
}

func (c *Catalog) removeObject(kind, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.objects[kind].Remove(id)
}

// text returns a member that is text, or nothing.
func (o jsonObject) text(name string) (text string) {
	_ = o.read(name, &text)
	return text
}

func jsonText(text string) json.RawMessage {
	quoted, _ := json.Marshal(text)
	return quoted
}

func noSuch(kind string) error {
	return exchange.Errorf(http.StatusNotFound, "there is no such %s", kind)
}

func getObject(kind string) apiHandler {
	return func(s *Server, c *call) (any, error) {
		object, ok := s.catalog.object(kind, c.PathValue("id"))
		if !ok {
			return nil, noSuch(kind)
		}
		return object, nil
	}
}

// listObjects answers a page of those that match the parameters name (a part of
// it), tags, and the trigger of a data link.
func listObjects(kind string) apiHandler {
	return func(s *Server, c *call) (any, error) {
		var matching []found
		for _, object := range s.catalog.objectsOf(kind) {
			if matchesParameters(object, c) {
				matching = append(matching, found{object: object, fields: document{"name": {object.text("name")}}})
			}
		}
		orderBy(matching, c.URL.Query().Get("orderBy"))
		return page(c, matching)
	}
}

func matchesParameters(object jsonObject, c *call) bool {
	parameters := c.URL.Query()
	if !strings.Contains(strings.ToLower(object.text("name")), strings.ToLower(parameters.Get("name"))) {
		return false
	}
	for _, name := range []string{"context", "propertyName", "propertyValue"} {
		if want := parameters.Get(name); want != "" && want != object.text(name) {
			return false
		}
	}
	var tags []string
	_ = object.read("tags", &tags)
	return !slices.ContainsFunc(parameters["tags"], func(want string) bool { return !slices.Contains(tags, want) })
}

func postObject(kind string) apiHandler {
	return func(s *Server, c *call) (any, error) {
		object, err := s.written(c, kind)
		if err != nil {
			return nil, err
		}
		delete(object, "id")
		object["created"], object["creator"] = object["lastUpdated"], jsonText(byToken)
		s.catalog.addObject(kind, object)
		return object, nil
	}
}

func putObject(kind string) apiHandler {
	return func(s *Server, c *call) (any, error) {
		before, ok := s.catalog.object(kind, c.PathValue("id"))
		if !ok {
			return nil, noSuch(kind)
		}
		object, err := s.written(c, kind)
		if err != nil {
			return nil, err
		}
		object["id"], object["created"], object["creator"] = before["id"], before["created"], before["creator"]
		s.catalog.addObject(kind, object)
		return object, nil
	}
}

// written is the object in the body, as it is kept.
func (s *Server) written(c *call, kind string) (jsonObject, error) {
	if c.body == nil {
		return nil, noObject()
	}
	if kind == "detector" {
		if err := s.checkDetector(c.body); err != nil {
			return nil, err
		}
	}
	object := maps.Clone(c.body)
	now, _ := json.Marshal(s.store.Now().UnixMilli())
	object["lastUpdated"], object["lastUpdatedBy"] = now, jsonText(byToken)
	return object, nil
}

func deleteObject(kind string) apiHandler {
	return func(s *Server, c *call) (any, error) {
		if !s.catalog.removeObject(kind, c.PathValue("id")) {
			return nil, noSuch(kind)
		}
		return nil, nil
	}
}
