package librato

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// Bounds of alerts, in seconds (vendor API documentation: "Alerts").
const (
	minCondition = 60
	maxCondition = 3600
	rearmStep    = 60
	defaultRearm = 600
)

func checkAlert(s *server, members object) *broken {
	fill(members, object{
		"description": nil, "version": 2, "conditions": []any{}, "services": []any{}, "attributes": map[string]any{},
		"active": true, "rearm_seconds": defaultRearm, "rearm_per_signal": false, "md": false,
	})
	name, b := members.text("name")
	if b != nil || !nameRule.MatchString(name) {
		return breaks(NameInvalid, "name", "is invalid: 1 to 255 of A-Z a-z 0-9 . : - _")
	}
	_, attributes := members.object("attributes")
	_, active := members.bool("active")
	_, perSignal := members.bool("rearm_per_signal")
	_, tagged := members.bool("md")
	return first(attributes, active, perSignal, tagged, checkRearm(members), s.checkConditions(members), s.checkServices(members))
}

func checkRearm(members object) *broken {
	if members["rearm_seconds"] == defaultRearm {
		return nil
	}
	seconds, b := members.integer("rearm_seconds")
	if b != nil || seconds <= 0 || seconds%rearmStep != 0 {
		return breaks(TimeInvalid, "rearm_seconds", "is not a multiple of %d", rearmStep)
	}
	return nil
}

// checkConditions also gives every condition an id.
func (s *server) checkConditions(members object) *broken {
	list, ok := listed(members["conditions"])
	if !ok {
		return breaks(PropertyInvalid, "conditions", "is not an array")
	}
	kept := []any{}
	for _, condition := range list {
		if condition == nil {
			return breaks(PropertyInvalid, "conditions", "one is no object")
		}
		if b := checkCondition(condition); b != nil {
			return breaks(b.reason, "conditions", "%s %s", b.member, b.text)
		}
		condition = maps.Clone(condition)
		if !condition.has("id") {
			condition["id"] = s.Account.newID()
		}
		kept = append(kept, map[string]any(condition)) // as it came, for the next check
	}
	members["conditions"] = kept
	return nil
}

func checkCondition(c object) *broken {
	kind, _ := c.text("type")
	if !oneOf(kind, "above", "below", "absent") {
		return breaks(PropertyInvalid, "type", "is none of above, below and absent")
	}
	if b := requireText(c, "metric_name"); b != nil {
		return b
	}
	if kind != "absent" {
		if _, b := c.number("threshold"); b != nil {
			return b
		}
		if b := checkOneOf(c, "summary_function", "min", "max", "average", "sum", "count", "derivative", "absolute_value"); b != nil {
			return b
		}
	}
	if !c.has("duration") && kind != "absent" {
		return nil
	}
	if seconds, b := c.integer("duration"); b != nil || seconds < minCondition || seconds > maxCondition {
		return breaks(TimeInvalid, "duration", "is not from %d to %d", minCondition, maxCondition)
	}
	return nil
}

// checkServices keeps the services of an alert as their ids.
func (s *server) checkServices(members object) *broken {
	list, ok := members["services"].([]any)
	if !ok {
		return breaks(PropertyInvalid, "services", "is not an array")
	}
	ids := []any{}
	for _, element := range list {
		if service, ok := element.(map[string]any); ok { // as they were read
			element = service["id"]
		}
		id, ok := idOf(element)
		if _, known := s.Account.record(kindService, id); !ok || !known {
			return breaks(PropertyInvalid, "services", "there is no service %v", element)
		}
		ids = append(ids, id)
	}
	members["services"] = ids
	return nil
}

// idOf reads an id, which may be a number or a text.
func idOf(value any) (int64, bool) {
	switch v := value.(type) {
	case int64:
		return v, true
	case string:
		id, err := strconv.ParseInt(v, 10, 64)
		return id, err == nil
	}
	id, b := object{"id": value}.integer("id")
	return id, b == nil
}

// showAlert shows services as objects; those that are gone are left out.
func showAlert(s *server, r record) object {
	shown := showMembers(s, r)
	services := []object{}
	for _, element := range r.members["services"].([]any) {
		if service, ok := s.Account.record(kindService, element.(int64)); ok {
			services = append(services, showMembers(s, service))
		}
	}
	shown["services"] = services
	return shown
}

func (s *server) listAlerts(c *call) (*reply, *apiError) {
	if !oneOf(c.query.Get("version"), "", "1", "2") {
		return nil, breaks(PropertyInvalid, "version", "is neither 1 nor 2").paramsError(http.StatusBadRequest, "")
	}
	return s.list(c, kindAlert, record.name, byUpdate())
}

// The stand-in does not watch data: no alert ever fires.

func (s *server) listAlertStates(*call) (*reply, *apiError) {
	return &reply{status: http.StatusOK, body: map[string]any{"firing": []any{}, "cleared": []any{}}}, nil
}

func (s *server) getAlertState(c *call) (*reply, *apiError) {
	r, err := s.recordOf(kindAlert, c)
	return &reply{status: http.StatusOK, body: map[string]any{"alert": map[string]any{"id": r.id}, "status": "ok"}}, err
}

func (s *server) clearAlert(c *call) (*reply, *apiError) {
	_, err := s.recordOf(kindAlert, c)
	return &reply{status: http.StatusNoContent}, err
}

func (s *server) linkService(c *call) (*reply, *apiError) {
	r, err := s.recordOf(kindAlert, c)
	if err != nil {
		return nil, err
	}
	r.members = maps.Clone(r.members)
	r.members["services"] = append(slices.Clone(r.members["services"].([]any)), c.body["service"])
	if r, err = s.keep(kindAlert, r); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, body: showAlert(s, r)}, nil
}

func (s *server) unlinkService(c *call) (*reply, *apiError) {
	r, err := s.recordOf(kindAlert, c)
	if err != nil {
		return nil, err
	}
	id, _ := idOf(c.PathValue("service"))
	services := slices.Clone(r.members["services"].([]any))
	left := slices.DeleteFunc(services, func(other any) bool { return other == any(id) })
	if len(left) == len(r.members["services"].([]any)) {
		return nil, notFound()
	}
	r.members = maps.Clone(r.members)
	r.members["services"] = left
	s.Account.put(kindAlert, r)
	return &reply{status: http.StatusNoContent}, nil
}

func checkService(_ *server, members object) *broken {
	fill(members, object{"settings": map[string]any{}})
	_, settings := members.object("settings")
	return first(requireText(members, "type"), requireText(members, "title"), settings)
}

func (s *server) listServices(c *call) (*reply, *apiError) {
	title := func(r record) string {
		text, _ := r.members.text("title")
		return text
	}
	return s.list(c, kindService, title, byText("title"), byUpdate())
}
