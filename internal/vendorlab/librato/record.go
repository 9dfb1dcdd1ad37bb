package librato

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Kinds of objects that the account keeps and serves back.
const (
	kindAlert   = "alert"
	kindService = "service"
	kindSpace   = "space"
	kindChart   = "chart"
)

// record is one object of a kind. Its members are never changed in place.
type record struct {
	id      int64
	parent  int64 // of a chart: its space
	updated int64 // seconds
	members object
}

// rules are what makes the kinds differ.
type rules struct {
	// check applies the vendor's rules to the members that will be kept, and fills
	// in what the vendor fills in.
	check func(s *server, members object) *broken
	// show makes the answer of a record.
	show func(s *server, r record) object
	// replaced are members that a PUT unsets by leaving them out.
	replaced []string
	// uniqueName refuses a second object of one name.
	uniqueName bool
	// answersPut says that a PUT answers the object.
	answersPut bool
}

var kindRules map[string]rules

func init() { // the functions refer to kindRules in turn
	kindRules = map[string]rules{
		kindAlert:   {check: checkAlert, show: showAlert, replaced: []string{"conditions", "attributes"}, uniqueName: true},
		kindService: {check: checkService, show: showMembers},
		kindSpace:   {check: checkSpace, show: showSpace, uniqueName: true},
		kindChart:   {check: checkChart, show: showMembers, answersPut: true},
	}
}

// readOnly are members that the vendor sets.
var readOnly = []string{"id", "created_at", "updated_at"}

func (a *Account) put(kind string, r record) record {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.id == 0 {
		a.lastID++
		r.id = a.lastID
	}
	a.objects[kind].Put(r.id, r)
	return r
}

// newID returns an id for a part of an object, such as a condition.
func (a *Account) newID() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastID++
	return a.lastID
}

func (a *Account) record(kind string, id int64) (record, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.objects[kind].Get(id)
}

func (a *Account) records(kind string) []record {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.objects[kind].Values()
}

func (a *Account) removeRecord(kind string, id int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.objects[kind].Remove(id)
}

// recordOf finds the object in the path; a chart only in its own space.
func (s *server) recordOf(kind string, c *call) (record, *apiError) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	r, ok := s.Account.record(kind, id)
	if err != nil || !ok || kind == kindChart && strconv.FormatInt(r.parent, 10) != c.PathValue("space") {
		return r, notFound()
	}
	return r, nil
}

func get(kind string) handler {
	return func(s *server, c *call) (*reply, *apiError) {
		r, err := s.recordOf(kind, c)
		if err != nil {
			return nil, err
		}
		return &reply{status: http.StatusOK, body: kindRules[kind].show(s, r)}, nil
	}
}

func create(kind string) handler {
	return func(s *server, c *call) (*reply, *apiError) {
		r := record{updated: s.Store.Now().Unix()}
		location := kind + "s"
		if kind == kindChart {
			space, err := strconv.ParseInt(c.PathValue("space"), 10, 64)
			if _, ok := s.Account.record(kindSpace, space); err != nil || !ok {
				return nil, notFound()
			}
			r.parent, location = space, fmt.Sprintf("spaces/%d/charts", space)
		}
		r.members = writable(c.body)
		r.members["created_at"] = r.updated
		r, err := s.keep(kind, r)
		if err != nil {
			return nil, err
		}
		return &reply{status: http.StatusCreated, location: fmt.Sprint(location, "/", r.id), body: kindRules[kind].show(s, r)}, nil
	}
}

func put(kind string) handler {
	return func(s *server, c *call) (*reply, *apiError) {
		r, err := s.recordOf(kind, c)
		if err != nil {
			return nil, err
		}
		r.members = maps.Clone(r.members)
		for _, name := range kindRules[kind].replaced {
			delete(r.members, name)
		}
		maps.Copy(r.members, writable(c.body))
		r.updated = s.Store.Now().Unix()
		if r, err = s.keep(kind, r); err != nil {
			return nil, err
		}
		if kindRules[kind].answersPut {
			return &reply{status: http.StatusOK, body: kindRules[kind].show(s, r)}, nil
		}
		return &reply{status: http.StatusNoContent}, nil
	}
}

func remove(kind string) handler {
	return func(s *server, c *call) (*reply, *apiError) {
		r, err := s.recordOf(kind, c)
		if err != nil {
			return nil, err
		}
		s.Account.removeRecord(kind, r.id)
		if kind == kindSpace {
			for _, chart := range s.Account.records(kindChart) {
				if chart.parent == r.id {
					s.Account.removeRecord(kindChart, chart.id)
				}
			}
		}
		return &reply{status: http.StatusNoContent}, nil
	}
}

// keep checks and keeps a record.
func (s *server) keep(kind string, r record) (record, *apiError) {
	is := kindRules[kind]
	if b := is.check(s, r.members); b != nil {
		return r, b.paramsError(http.StatusBadRequest, "")
	}
	if is.uniqueName && s.isTaken(kind, r) {
		return r, breaks(NameTaken, "name", "has already been taken").paramsError(http.StatusUnprocessableEntity, "")
	}
	return s.Account.put(kind, r), nil
}

func (s *server) isTaken(kind string, r record) bool {
	return slices.ContainsFunc(s.Account.records(kind), func(other record) bool {
		return other.id != r.id && strings.EqualFold(other.name(), r.name())
	})
}

func (r record) name() string {
	name, _ := r.members.text("name")
	return name
}

func writable(body object) object {
	members := maps.Clone(body)
	for _, name := range readOnly {
		delete(members, name)
	}
	return members
}

func showMembers(_ *server, r record) object {
	shown := maps.Clone(r.members)
	shown["id"], shown["updated_at"] = r.id, r.updated
	return shown
}

// list answers a page of a kind.
func (s *server) list(c *call, kind string, name func(record) string, by ...ordering[record]) (*reply, *apiError) {
	answer, err := pageOf(c, kind+"s", s.Account.records(kind), name, by...)
	if err != nil {
		return nil, err
	}
	body := answer.body.(map[string]any)
	shown := []object{}
	for _, r := range body[kind+"s"].([]record) {
		shown = append(shown, kindRules[kind].show(s, r))
	}
	body[kind+"s"] = shown
	return answer, nil
}

func byUpdate() ordering[record] {
	return ordering[record]{"updated_at", func(a, b record) int { return int(a.updated - b.updated) }}
}

func byText(member string) ordering[record] {
	return ordering[record]{member, func(a, b record) int {
		first, _ := a.members.text(member)
		second, _ := b.members.text(member)
		return strings.Compare(first, second)
	}}
}

// requireText makes sure that a member is there as a text.
func requireText(members object, name string) *broken {
	text, b := members.text(name)
	if b == nil && strings.TrimSpace(text) == "" {
		b = breaks(PropertyInvalid, name, "can't be blank")
	}
	return b
}

// checkOneOf makes sure that a member, if it is there, is one of these texts.
func checkOneOf(members object, name string, allowed ...string) *broken {
	text, b := members.text(name)
	if b != nil || text != "" && !slices.Contains(allowed, text) {
		return breaks(PropertyInvalid, name, "is none of %s", strings.Join(allowed, ", "))
	}
	return nil
}

// first returns the first rule that is broken, if any.
func first(rules ...*broken) *broken {
	for _, b := range rules {
		if b != nil {
			return b
		}
	}
	return nil
}

// fill sets members that are absent or null.
func fill(members, defaults object) {
	for name, value := range defaults {
		if !members.has(name) {
			members[name] = value
		}
	}
}
