package dimensions

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// record is a log record with an event name and attributes.
func record(t *testing.T, eventName string, attributes map[string]any) plog.LogRecord {
	t.Helper()
	r := plog.NewLogRecord()
	r.SetEventName(eventName)
	require.NoError(t, r.Attributes().FromRaw(attributes))
	return r
}

func state(t *testing.T, entityType string, id, attributes map[string]any) plog.LogRecord {
	return record(t, "entity.state", map[string]any{"entity.type": entityType, "entity.id": id, "entity.description": attributes})
}

func ptr(text string) *string { return &text }

type object = map[string]any

func TestEntityEvents(t *testing.T) {
	pod := Update{Key: "k8s.pod.uid", Value: "u1", Complete: true,
		Properties: map[string]*string{"k8s.pod.phase": ptr("Running"), "n": ptr("3")}, Tags: map[string]bool{"canary": true}}
	attributes := object{"k8s.pod.phase": "Running", "n": 3, "canary": "", "none": nil}
	tests := []struct {
		name   string
		record plog.LogRecord
		want   Update
	}{
		{"state, as the specification spells it", state(t, "k8s.pod", object{"k8s.pod.uid": "u1"}, attributes), pod},
		{"state, as receivers spelled it before", record(t, "", object{"otel.entity.event.type": "entity_state", "otel.entity.type": "k8s.pod",
			"otel.entity.id": object{"k8s.pod.uid": "u1"}, "otel.entity.attributes": attributes}), pod},
		{"state with a former name of the description", record(t, "entity.state", object{"entity.type": "k8s.pod",
			"entity.id": object{"k8s.pod.uid": "u1"}, "entity.attributes": attributes}), pod},
		{"an event name of its own beside the former spelling", record(t, "k8s.something", object{"otel.entity.event.type": "entity_state", "otel.entity.type": "k8s.pod",
			"otel.entity.id": object{"k8s.pod.uid": "u1"}, "otel.entity.attributes": attributes}), pod},
		{"deletion, as the specification spells it", record(t, "entity.delete", object{"entity.type": "k8s.node", "entity.id": object{"k8s.node.uid": "n"}, "entity.delete.reason": "gone"}),
			Update{Key: "k8s.node.uid", Value: "n", Deleted: true}},
		{"deletion, as receivers spelled it before", record(t, "", object{"otel.entity.event.type": "entity_delete", "otel.entity.type": "k8s.node", "otel.entity.id": object{"k8s.node.uid": "n"}}),
			Update{Key: "k8s.node.uid", Value: "n", Deleted: true}},
		{"no description is an empty one", record(t, "entity.state", object{"entity.type": "container", "entity.id": object{"container.id": "c"}}),
			Update{Key: "container.id", Value: "c", Complete: true}},
		{"members of maps are properties of their own", state(t, "k8s.pod", object{"k8s.pod.uid": "u"}, object{"k8s.pod.labels": object{"app": "web", "x": object{"y": true}}, "list": []any{"a", 1}}),
			Update{Key: "k8s.pod.uid", Value: "u", Complete: true, Properties: map[string]*string{"k8s.pod.labels.app": ptr("web"), "k8s.pod.labels.x.y": ptr("true"), "list": ptr(`["a",1]`)}}},
		{"the id is no property of itself", state(t, "k8s.pod", object{"k8s.pod.uid": "u"}, object{"k8s.pod.uid": "u"}),
			Update{Key: "k8s.pod.uid", Value: "u", Complete: true}},
		{"an id that is no text", state(t, "mine", object{"my.id": 7}, nil), Update{Key: "my.id", Value: "7", Complete: true}},
		{"an id among the attributes", state(t, "mine", object{"other": "x"}, object{"my.id": "7"}), Update{Key: "my.id", Value: "7", Complete: true}},
		{"a configured type overrides a built-in one", state(t, "k8s.job", object{"k8s.job.uid": "u", "k8s.job.name": "n"}, nil), Update{Key: "k8s.job.name", Value: "n", Complete: true}},
		{"service", state(t, "service", object{"service.name": "pay", "service.namespace": "prod"}, nil), Update{Key: "service.name", Value: "pay", Complete: true}},
		{"host by the cloud's id", state(t, "host", object{"host.id": "i-1"}, object{"host.name": "web", "cloud.provider": "aws", "cloud.region": "us-east-1", "cloud.account.id": "42"}),
			Update{Key: "AWSUniqueId", Value: "i-1_us-east-1_42", Complete: true, Properties: map[string]*string{
				"host.name": ptr("web"), "cloud.provider": ptr("aws"), "cloud.region": ptr("us-east-1"), "cloud.account.id": ptr("42")}}},
		{"host by its name", state(t, "host", object{"host.id": "m"}, object{"host.name": "web"}), Update{Key: "host.name", Value: "web", Complete: true}},
		{"host by its id", state(t, "host", object{"host.id": "m"}, object{"os.type": "linux"}), Update{Key: "host.id", Value: "m", Complete: true, Properties: map[string]*string{"os.type": ptr("linux")}}},
	}
	rules := NewEntityRules(map[string]string{"mine": "my.id", "k8s.job": "k8s.job.name"})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := plog.NewLogRecord()
			tt.record.CopyTo(before)
			got, outcome, _ := rules.Update(tt.record)
			assert.Equal(t, Accepted, outcome)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, before.Attributes().AsRaw(), tt.record.Attributes().AsRaw(), "the record is not changed")
		})
	}
}

func TestBuiltInEntityTypes(t *testing.T) {
	for entityType, key := range entityIDKeys {
		t.Run(entityType, func(t *testing.T) {
			u, outcome, _ := NewEntityRules(nil).Update(state(t, entityType, object{key: "x"}, nil))
			assert.Equal(t, Accepted, outcome)
			assert.Equal(t, Update{Key: key, Value: "x", Complete: true}, u)
		})
	}
}

func TestEntityEventsThatGiveNoUpdate(t *testing.T) {
	tests := []struct {
		name   string
		record plog.LogRecord
		want   Outcome
	}{
		{"a type without an id key", state(t, "process", object{"process.pid": 1}, nil), UnknownEntity},
		{"no type", record(t, "entity.state", object{"entity.id": object{"k8s.pod.uid": "u"}}), Malformed},
		{"a type that is no text", record(t, "entity.state", object{"entity.type": 1, "entity.id": object{"k8s.pod.uid": "u"}}), Malformed},
		{"no id", record(t, "entity.delete", object{"entity.type": "k8s.pod"}), Malformed},
		{"an id that is no map", record(t, "entity.state", object{"entity.type": "k8s.pod", "entity.id": "u"}), Malformed},
		{"an empty id", state(t, "k8s.pod", object{"k8s.pod.uid": ""}, nil), Malformed},
		{"another id", state(t, "k8s.pod", object{"k8s.pod.name": "n"}, nil), Malformed},
		{"a host without any id", state(t, "host", object{"x": "y"}, nil), Malformed},
		{"neither state nor deletion", record(t, "", object{"otel.entity.event.type": "entity_moved", "otel.entity.type": "k8s.pod", "otel.entity.id": object{"k8s.pod.uid": "u"}}), Malformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, outcome, _ := NewEntityRules(nil).Update(tt.record)
			assert.Equal(t, tt.want, outcome)
		})
	}
}

func TestIsEntityEvent(t *testing.T) {
	scope := func(mark any) pcommon.InstrumentationScope {
		s := pcommon.NewInstrumentationScope()
		if mark != nil {
			require.NoError(t, s.Attributes().FromRaw(object{"otel.entity.event_as_log": mark}))
		}
		return s
	}
	tests := []struct {
		name  string
		scope pcommon.InstrumentationScope
		event string
		want  bool
	}{
		{"any record of a marked scope", scope(true), "", true},
		{"even a named one", scope(true), "deploy", true},
		{"state without a mark", scope(nil), "entity.state", true},
		{"deletion without a mark", scope(nil), "entity.delete", true},
		{"an ordinary event", scope(nil), "deploy", false},
		{"an ordinary record", scope(nil), "", false},
		{"a mark that says no", scope(false), "", false},
		{"a mark that is no boolean", scope("true"), "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, IsEntityEvent(tt.scope, record(t, tt.event, nil)))
		})
	}
}

// FuzzEntityEvent: whatever a record holds, it gives an update that can be prepared,
// within all limits, or a reason.
func FuzzEntityEvent(f *testing.F) {
	marshaler := plog.ProtoMarshaler{}
	seed := func(name string, attributes object) {
		ld := plog.NewLogs()
		r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		r.SetEventName(name)
		require.NoError(f, r.Attributes().FromRaw(attributes))
		body, err := marshaler.MarshalLogs(ld)
		require.NoError(f, err)
		f.Add(body)
	}
	seed("entity.state", object{"entity.type": "k8s.pod", "entity.id": object{"k8s.pod.uid": "u"}, "entity.description": object{"a": "b", "m": object{"x": nil, "y": ""}}})
	seed("", object{"otel.entity.event.type": "entity_delete", "otel.entity.type": "host", "otel.entity.id": object{"host.name": "\xff"}})
	entities := NewEntityRules(nil)
	var none changes
	rules := newRules(&Options{StripK8sLabelPrefix: true, DefaultProperties: map[string]string{"d": "1"}}, &none)
	unmarshaler := plog.ProtoUnmarshaler{}
	f.Fuzz(func(t *testing.T, body []byte) {
		ld, err := unmarshaler.UnmarshalLogs(body)
		if err != nil || ld.LogRecordCount() == 0 {
			return
		}
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					u, outcome, _ := entities.Update(r)
					if outcome != Accepted {
						continue
					}
					var counts changes
					d, c, outcome := rules.prepare(&u, &counts)
					if outcome != Accepted {
						continue
					}
					out := outgoing(c, nil, rules.defaultsOf(d), &counts)
					checkLimits(t, d, out)
					assert.Empty(t, outgoing(c, apply(nil, out), rules.defaultsOf(d), &counts), "sent once, it is unchanged")
				}
			}
		}
	})
}

func checkLimits(t *testing.T, d dimension, f fields) {
	t.Helper()
	require.NotEmpty(t, d.key)
	require.NotEmpty(t, d.value)
	tags := f.tags()
	require.LessOrEqual(t, tags, 50)
	require.LessOrEqual(t, len(f)-tags, 50)
	for k, v := range f {
		require.NotEmpty(t, k.name)
		require.False(t, longer(k.name, map[bool]int{true: 256, false: 128}[k.tag]))
		require.False(t, longer(v.text, 256))
	}
}
