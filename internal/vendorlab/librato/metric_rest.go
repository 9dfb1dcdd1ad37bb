package librato

import (
	"net/http"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func (s *server) listMetrics(c *call) (*reply, *apiError) {
	if c.query.Has("compose") {
		return s.composeSourced(c)
	}
	return pageOf(c, "metrics", s.Account.Metrics(), Metric.name,
		ordering[Metric]{"name", func(a, b Metric) int { return strings.Compare(a.Name, b.Name) }})
}

func (m Metric) name() string { return m.Name }

// getMetric answers what is known of a metric, and its data if an interval is given.
func (s *server) getMetric(c *call) (*reply, *apiError) {
	m, ok := s.Account.Metric(c.PathValue("name"))
	if !ok {
		return nil, notFound()
	}
	if c.has("start_time") || c.has("end_time") || c.has("count") {
		return s.readSourcedData(c, m)
	}
	return &reply{status: http.StatusOK, body: m}, nil
}

// putMetric changes a metric, or creates it if its type is given.
func (s *server) putMetric(c *call) (*reply, *apiError) {
	name := c.PathValue("name")
	if !nameRule.MatchString(name) {
		return nil, breaks(NameInvalid, "name", "is invalid").paramsError(http.StatusBadRequest, name)
	}
	held, exists := s.Account.Metric(name)
	change, b := readDefinition(c.body)
	switch {
	case b == nil && !exists && change.Type == "":
		return nil, notFound()
	case b == nil && exists && change.Type != "" && change.Type != held.Type:
		b = breaks(TypeConflict, "type", "'%s' is a %s, but was submitted as different type", held.Name, held.Type)
	case b == nil && !exists && change.Type == typeComposite && change.Composite == "":
		b = breaks(PropertyInvalid, "composite", "is required")
	}
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, name)
	}
	if c.ex.Accepts(1) == 0 { // a fault wants it dropped
		return &reply{status: http.StatusNoContent}, nil
	}
	if !exists {
		change.Name = name
		change.Attributes["created_by_ua"] = c.Header.Get("User-Agent")
		s.Account.create(change)
		return &reply{status: http.StatusCreated, location: "metrics/" + name, body: change}, nil
	}
	s.Account.update(func(m Metric) bool { return strings.EqualFold(m.Name, name) }, change, c.body)
	return &reply{status: http.StatusNoContent}, nil
}

// readDefinition reads the body of a PUT.
func readDefinition(body object) (Metric, *broken) {
	m, b := readProperties(body)
	if b != nil {
		return m, b
	}
	if m.Type, b = body.text("type"); b != nil || !oneOf(m.Type, "", typeGauge, typeCounter, typeComposite) {
		return m, breaks(PropertyInvalid, "type", "is none of gauge, counter and composite")
	}
	if m.Composite, b = body.text("composite"); b != nil || m.Composite == "" {
		return m, b
	}
	if _, err := parseComposite(m.Composite); err != nil {
		return m, breaks(PropertyInvalid, "composite", "cannot be parsed: %v", err)
	}
	return m, nil
}

func (s *server) putMetrics(c *call) (*reply, *apiError) {
	match, b := namesOf(c.body)
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	change, b := readDefinition(c.body)
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	change.Type = ""
	s.Account.update(match, change, c.body)
	return &reply{status: http.StatusNoContent}, nil
}

// namesOf reads names: a list, or one pattern.
func namesOf(body object) (func(Metric) bool, *broken) {
	names := map[string]bool{}
	switch v := body["names"].(type) {
	case []any:
		for _, element := range v {
			name, b := object{"names": element}.text("names")
			if b != nil {
				return nil, b
			}
			names[strings.ToLower(name)] = true
		}
		return func(m Metric) bool { return names[strings.ToLower(m.Name)] }, nil
	case string, formText:
		pattern, _ := body.text("names")
		if !strings.Contains(pattern, "*") {
			return func(m Metric) bool { return strings.EqualFold(m.Name, pattern) }, nil
		}
		return func(m Metric) bool { return matchesName(m.Name, pattern) }, nil
	}
	return nil, breaks(PropertyInvalid, "names", "is neither a list of names nor a pattern")
}

func (s *server) deleteMetric(c *call) (*reply, *apiError) {
	name := c.PathValue("name")
	if s.deleteMatching(func(m Metric) bool { return strings.EqualFold(m.Name, name) }) == 0 {
		return nil, notFound()
	}
	return &reply{status: http.StatusNoContent}, nil
}

func (s *server) deleteMetrics(c *call) (*reply, *apiError) {
	match, b := namesOf(c.body)
	if b != nil {
		return nil, b.paramsError(http.StatusBadRequest, "")
	}
	s.deleteMatching(match)
	return &reply{status: http.StatusNoContent}, nil
}

// deleteMatching removes metrics with their data.
func (s *server) deleteMatching(match func(Metric) bool) int {
	removed := s.Account.remove(match)
	s.Store.Drop(func(x *store.Series) bool { return x.Vendor == Vendor && removed[strings.ToLower(x.Metric)] })
	return len(removed)
}
