package dimensions

import (
	"maps"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
)

// entityScope marks a scope whose records are entity events (collector receivers).
const entityScope = "otel.entity.event_as_log"

// IsEntityEvent reports whether a record tells of an entity: it is in a marked
// scope, or has one of the event names that the OpenTelemetry specification
// ("Entity Events") defines. Such a record is never an ordinary event.
func IsEntityEvent(scope pcommon.InstrumentationScope, record plog.LogRecord) bool {
	switch record.EventName() {
	case stateEvent, deleteEvent:
		return true
	}
	marked, ok := scope.Attributes().Get(entityScope)
	return ok && marked.Type() == pcommon.ValueTypeBool && marked.Bool()
}

// Event names of the specification.
const (
	stateEvent  = "entity.state"
	deleteEvent = "entity.delete"
)

// entityIDKeys are the attributes that identify entities, by type. They are also the
// dimensions that metrics of the entity carry.
var entityIDKeys = map[string]string{
	"container":                 "container.id",
	"service":                   "service.name",
	"k8s.cronjob":               "k8s.cronjob.uid",
	"k8s.daemonset":             "k8s.daemonset.uid",
	"k8s.deployment":            "k8s.deployment.uid",
	"k8s.hpa":                   "k8s.hpa.uid",
	"k8s.job":                   "k8s.job.uid",
	"k8s.namespace":             "k8s.namespace.uid",
	"k8s.node":                  "k8s.node.uid",
	"k8s.persistentvolume":      "k8s.persistentvolume.uid",
	"k8s.persistentvolumeclaim": "k8s.persistentvolumeclaim.uid",
	"k8s.pod":                   "k8s.pod.uid",
	"k8s.replicaset":            "k8s.replicaset.uid",
	"k8s.replicationcontroller": "k8s.replicationcontroller.uid",
	"k8s.service":               "k8s.service.uid",
	"k8s.statefulset":           "k8s.statefulset.uid",
}

// hostEntity has no id key: a host is known by the dimension that its metrics carry.
const hostEntity = "host"

// EntityRules turn entity events into updates. They are immutable.
type EntityRules struct{ idKeys map[string]string }

// NewEntityRules returns rules that know the given entity types, as type to id key,
// besides the built-in ones, which they override.
func NewEntityRules(idKeys map[string]string) *EntityRules {
	keys := maps.Clone(entityIDKeys)
	maps.Copy(keys, idKeys)
	return &EntityRules{idKeys: keys}
}

// entityEvent is an entity event of either spelling.
type entityEvent struct {
	entityType string
	deleted    bool
	id         pcommon.Map
	attributes pcommon.Map
}

// Update returns the update that an entity event asks for, or the outcome that says
// why there is none: UnknownEntity or Malformed. EntityType names the type of a
// record for messages.
func (r *EntityRules) Update(record plog.LogRecord) (u Update, o Outcome, entityType string) {
	e, ok := readEntityEvent(record)
	if !ok {
		return Update{}, Malformed, e.entityType
	}
	u, o = r.identify(&e)
	if o != Accepted {
		return Update{}, o, e.entityType
	}
	if e.deleted {
		u.Deleted = true
		return u, Accepted, e.entityType
	}
	u.Complete = true
	e.attributes.Range(func(name string, v pcommon.Value) bool {
		if name != u.Key { // it says what the dimension says
			addAttribute(&u, name, v)
		}
		return true
	})
	return u, Accepted, e.entityType
}

// addAttribute adds an attribute; the members of a map become attributes of their own,
// as k8s.pod.labels does, since its JSON text is of no use in a filter.
func addAttribute(u *Update, name string, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeEmpty: // no value at all
	case pcommon.ValueTypeMap:
		v.Map().Range(func(member string, v pcommon.Value) bool {
			addAttribute(u, name+"."+member, v)
			return true
		})
	default:
		u.Add(name, v.AsString())
	}
}

// identify returns an update of the entity's dimension.
func (r *EntityRules) identify(e *entityEvent) (Update, Outcome) {
	key, known := r.idKeys[e.entityType]
	switch {
	case known:
		if id, ok := e.lookUp(key); ok {
			return Update{Key: key, Value: id}, Accepted
		}
		return Update{}, Malformed
	case e.entityType == hostEntity:
		return identifyHost(e)
	default:
		return Update{}, UnknownEntity
	}
}

// identifyHost finds the dimension of a host as metrics do: the cloud's id, its name,
// and only then the id that the specification has for hosts.
func identifyHost(e *entityEvent) (Update, Outcome) {
	all := pcommon.NewMap()
	e.attributes.CopyTo(all)
	e.id.Range(func(k string, v pcommon.Value) bool {
		v.CopyTo(all.PutEmpty(k))
		return true
	})
	if host, ok := translate.HostIDOf(all); ok {
		return Update{Key: host.Key, Value: host.Value}, Accepted
	}
	if id, ok := e.lookUp("host.id"); ok {
		return Update{Key: "host.id", Value: id}, Accepted
	}
	return Update{}, Malformed
}

// lookUp finds an id, which a producer may state as a mere attribute.
func (e *entityEvent) lookUp(key string) (string, bool) {
	v, ok := e.id.Get(key)
	if !ok {
		v, ok = e.attributes.Get(key)
	}
	if !ok {
		return "", false
	}
	text := v.AsString()
	return text, text != ""
}

// readEntityEvent reads both spellings: that of the specification, and the one that
// collector receivers used before it.
func readEntityEvent(record plog.LogRecord) (entityEvent, bool) {
	attributes := record.Attributes()
	e := entityEvent{
		entityType: text(attributes, "entity.type", "otel.entity.type"),
		id:         mapOf(attributes, "entity.id", "otel.entity.id"),
		attributes: mapOf(attributes, "entity.description", "entity.attributes", "otel.entity.attributes"),
	}
	kind := text(attributes, "otel.entity.event.type")
	switch name := record.EventName(); {
	case name == stateEvent || name != deleteEvent && kind == "entity_state":
	case name == deleteEvent || kind == "entity_delete":
		e.deleted = true
	default:
		return e, false
	}
	return e, e.entityType != ""
}

// text returns the text of the first key that has one.
func text(attributes pcommon.Map, keys ...string) string {
	for _, key := range keys {
		if v, ok := attributes.Get(key); ok && v.Type() == pcommon.ValueTypeStr && v.Str() != "" {
			return v.Str()
		}
	}
	return ""
}

// mapOf returns the map of the first key that has one, or an empty one.
func mapOf(attributes pcommon.Map, keys ...string) pcommon.Map {
	for _, key := range keys {
		if v, ok := attributes.Get(key); ok && v.Type() == pcommon.ValueTypeMap {
			return v.Map()
		}
	}
	return pcommon.NewMap()
}
