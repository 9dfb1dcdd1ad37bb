package signalfx

import (
	"encoding/json"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
)

// validateDetector answers 204 to a detector that could be made.
func (s *Server) validateDetector(c *call) (any, error) { return nil, s.checkDetector(c.body) }

func (s *Server) checkDetector(detector jsonObject) error {
	if detector.text("name") == "" {
		return exchange.Errorf(http.StatusBadRequest, "name: must be there")
	}
	program := detector.text("programText")
	if program == "" {
		return exchange.Errorf(http.StatusBadRequest, "programText: must be there")
	}
	if err := s.checkProgram(program); err != nil {
		return exchange.Errorf(http.StatusBadRequest, "programText: %v", err)
	}
	return nil
}

func (s *Server) listDetectorEvents(c *call) (any, error) { return s.ofDetector(c, "event") }

func (s *Server) listDetectorIncidents(c *call) (any, error) { return s.ofDetector(c, "incident") }

// ofDetector answers a plain array, as the vendor does for incidents and events.
func (s *Server) ofDetector(c *call, kind string) (any, error) {
	id := c.PathValue("id")
	if _, ok := s.catalog.object("detector", id); !ok {
		return nil, noSuch("detector")
	}
	return s.pageOfIncidents(c, kind, func(object jsonObject) bool { return object.text("detectorId") == id })
}

// listIncidents leaves out what is over, unless include_resolved asks for it. The
// vendor's text spells it includeResolved.
func (s *Server) listIncidents(c *call) (any, error) {
	parameters := c.URL.Query()
	everything := parameters.Get("include_resolved") == "true" || parameters.Get("includeResolved") == "true"
	return s.pageOfIncidents(c, "incident", func(object jsonObject) bool {
		active := true
		_ = object.read("active", &active)
		return active || everything
	})
}

func (s *Server) pageOfIncidents(c *call, kind string, wanted func(jsonObject) bool) (any, error) {
	var matching []found
	for _, object := range s.catalog.objectsOf(kind) {
		if wanted(object) {
			matching = append(matching, found{object: object})
		}
	}
	answer, err := page(c, matching)
	if err != nil {
		return nil, err
	}
	return answer.Results, nil
}

func (s *Server) clearIncident(c *call) (any, error) {
	incident, ok := s.catalog.object("incident", c.PathValue("id"))
	if !ok {
		return nil, noSuch("incident")
	}
	incident["active"], incident["anomalyState"] = json.RawMessage("false"), jsonText("MANUALLY_RESOLVED")
	s.catalog.addObject("incident", incident)
	return incident, nil
}
