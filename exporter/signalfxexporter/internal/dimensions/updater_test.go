package dimensions

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// send adds an update and lets it be sent.
func (w *world) send(u Update) Outcome {
	o := w.Add(u)
	w.after(10 * time.Second)
	return o
}

func tags(u Update, tags ...string) Update {
	u.Tags = make(map[string]bool)
	for _, tag := range tags {
		name, removed := strings.CutPrefix(tag, "-")
		u.Tags[name] = !removed
	}
	return u
}

func complete(u Update) Update {
	u.Complete = true
	return u
}

// TestContents shows what a series of updates of one dimension, each sent before the
// next one comes, is turned into.
func TestContents(t *testing.T) {
	long := strings.Repeat("é", 257)
	fits := strings.Repeat("é", 256)
	tests := []struct {
		name    string
		options func(*Options)
		updates []Update
		bodies  []string
		// changes are the counts; nil: none
		changes map[string]int
	}{
		{
			name:    "only what changed is sent again",
			updates: []Update{properties("a", "1", "b", "1"), properties("a", "1", "b", "2")},
			bodies:  []string{`{"customProperties":{"a":"1","b":"1"}}`, `{"customProperties":{"b":"2"}}`},
		},
		{
			name:    "unchanged content is not sent again, in whatever portions it comes",
			updates: []Update{properties("a", "1"), properties("b", "1"), properties("a", "1"), properties("b", "1", "a", "1")},
			bodies:  []string{`{"customProperties":{"a":"1"}}`, `{"customProperties":{"b":"1"}}`},
		},
		{
			name:    "an empty text removes a property, once",
			updates: []Update{properties("a", ""), properties("a", ""), properties("a", "1"), properties("a", "")},
			bodies:  []string{`{"customProperties":{"a":null}}`, `{"customProperties":{"a":"1"}}`, `{"customProperties":{"a":null}}`},
		},
		{
			name:    "tags are added and removed",
			updates: []Update{tags(properties(), "x", "y"), tags(properties(), "x", "-y", "-z")},
			bodies:  []string{`{"tags":["x","y"]}`, `{"tagsToRemove":["y","z"]}`},
		},
		{
			name:    "a complete update removes what its source does not state any more, and nothing else",
			updates: []Update{properties("host", "1"), complete(tags(properties("a", "1", "b", "1"), "t")), complete(properties("a", "1"))},
			bodies:  []string{`{"customProperties":{"host":"1"}}`, `{"customProperties":{"a":"1","b":"1"},"tags":["t"]}`, `{"customProperties":{"b":null},"tagsToRemove":["t"]}`},
		},
		{
			name:    "a deletion leaves the dimension as it is",
			updates: []Update{properties("a", "1"), {Key: "k", Value: "v", Deleted: true}},
			bodies:  []string{`{"customProperties":{"a":"1"}}`},
		},
		{
			name:    "a deletion clears what was sent when configured, and a return sends it anew",
			options: func(o *Options) { o.ClearDeleted, o.DefaultProperties = true, map[string]string{"d": "1"} },
			updates: []Update{tags(properties("a", "1"), "t"), {Key: "k", Value: "v", Deleted: true}, {Key: "k", Value: "v", Deleted: true}, properties("a", "1")},
			bodies: []string{
				`{"customProperties":{"a":"1","d":"1"},"tags":["t"]}`,
				`{"customProperties":{"a":null,"d":null},"tagsToRemove":["t"]}`,
				`{"customProperties":{"a":"1","d":"1"}}`,
			},
		},
		{
			name:    "default properties go with every dimension, and yield to explicit ones",
			options: func(o *Options) { o.DefaultProperties = map[string]string{"env": "prod", "team": "a"} },
			updates: []Update{properties("team", "b"), properties("x", "1")},
			bodies:  []string{`{"customProperties":{"env":"prod","team":"b"}}`, `{"customProperties":{"x":"1"}}`},
		},
		{
			name:    "tags are dropped when configured",
			options: func(o *Options) { o.DropTags = true },
			updates: []Update{tags(properties("a", "1"), "t", "u"), tags(properties(), "t")},
			bodies:  []string{`{"customProperties":{"a":"1"}}`},
			changes: map[string]int{"tag_dropped": 3},
		},
		{
			name: "excluded properties are left out, default ones too",
			options: func(o *Options) {
				o.DefaultProperties = map[string]string{"env": "secret"}
				o.Exclude = func(dimension, _, name, text string) bool {
					return dimension == "k" && (name == "pod_label" || text == "secret")
				}
			},
			updates: []Update{properties("k8s.pod.label.pod_label", "1"), properties("a", "secret", "b", "1")},
			bodies:  []string{`{"customProperties":{"b":"1"}}`},
			changes: map[string]int{"property_excluded": 2},
			// The first is Unchanged rather than Empty, since there might be default properties.
		},
		{
			name:    "names are made such that the vendor takes them",
			options: func(o *Options) { o.Rename = func(s string) string { return strings.ReplaceAll(s, "/", "_") } },
			updates: []Update{properties("app/name", "1", "a", "1", "", "1")},
			bodies:  []string{`{"customProperties":{"a":"1","app_name":"1"}}`},
			changes: map[string]int{"property_renamed": 1, "property_name_too_long": 1},
		},
		{
			name:    "the label's own name precedes a shortened one",
			updates: []Update{properties("k8s.pod.label.app", "label", "app", "own", "k8s.deployment.label.tier", "1", "k8s.pod.label.tier", "2")},
			bodies:  []string{`{"customProperties":{"app":"own","tier":"1"}}`},
			changes: map[string]int{"property_repeated": 2},
		},
		{
			name:    "what is too long is left out alone",
			updates: []Update{tags(properties("a", long, "b", fits, strings.Repeat("n", 129), "1", strings.Repeat("n", 128), "1"), long, fits, "1digit", "")},
			bodies:  []string{fmt.Sprintf(`{"customProperties":{"b":"%s","%s":"1"},"tags":["%s"]}`, fits, strings.Repeat("n", 128), fits)},
			changes: map[string]int{"property_value_too_long": 1, "property_name_too_long": 1, "tag_ill_formed": 3},
		},
		{
			name:    "bytes that are not UTF-8 are replaced",
			updates: []Update{properties("a", "x\xff")},
			bodies:  []string{`{"customProperties":{"a":"x` + "�" + `"}}`},
			changes: map[string]int{"invalid_utf8": 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(service)
			inWorld(t, s, func(o *Options) {
				o.StripK8sLabelPrefix = true
				if tt.options != nil {
					tt.options(o)
				}
			}, func(w *world) {
				for _, u := range tt.updates {
					w.send(u)
				}
				assert.Equal(t, tt.bodies, s.bodies())
				if tt.changes == nil {
					tt.changes = map[string]int{}
				}
				w.expectChanges(tt.changes)
			})
		})
	}
}

// TestMergedContents shows what updates of one dimension become that are sent together.
func TestMergedContents(t *testing.T) {
	deletion := Update{Key: "k", Value: "v", Deleted: true}
	tests := []struct {
		name    string
		updates []Update
		body    string // empty: nothing is sent
	}{
		{"the later value wins", []Update{properties("a", "1"), properties("a", "2")}, `{"customProperties":{"a":"2"}}`},
		{"a removal wins over an earlier value", []Update{tags(properties("a", "1"), "t"), tags(properties("a", ""), "-t")}, `{"customProperties":{"a":null},"tagsToRemove":["t"]}`},
		{"a complete update replaces a complete one", []Update{complete(properties("a", "1", "b", "1")), complete(properties("a", "2"))}, `{"customProperties":{"a":"2"}}`},
		{"a complete update leaves what others said", []Update{properties("h", "1"), complete(properties("a", "1"))}, `{"customProperties":{"a":"1","h":"1"}}`},
		{"others add to a complete update", []Update{complete(properties("a", "1")), properties("h", "1")}, `{"customProperties":{"a":"1","h":"1"}}`},
		{"a deletion takes back what was not sent", []Update{properties("a", "1"), deletion}, ""},
		{"what comes after a deletion counts", []Update{properties("a", "1"), deletion, properties("b", "1")}, `{"customProperties":{"b":"1"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(service)
			inWorld(t, s, func(o *Options) { o.ClearDeleted = true }, func(w *world) {
				for _, u := range tt.updates {
					w.Add(u)
				}
				w.after(10 * time.Second)
				if tt.body == "" {
					assert.Empty(t, s.seen())
					return
				}
				assert.Equal(t, []string{tt.body}, s.bodies())
			})
		})
	}
}

func TestAnEarlierValueReturnsBeforeItIsSent(t *testing.T) {
	s := new(service)
	inWorld(t, s, nil, func(w *world) {
		w.send(properties("a", "1"))
		assert.Equal(t, Accepted, w.Add(properties("a", "2")))
		assert.Equal(t, Merged, w.Add(properties("a", "1")))
		w.after(time.Minute)
		assert.Len(t, s.seen(), 1)
		w.expectOutcomes(map[string]int{"sent": 1, "merged": 1, "unchanged": 1})
	})
}

func TestUpdatesThatAreNotTaken(t *testing.T) {
	tests := []struct {
		name   string
		update Update
		want   Outcome
	}{
		{"no key", Update{Value: "v"}, Invalid},
		{"no value", Update{Key: "k"}, Invalid},
		{"a key over 128 characters", Update{Key: strings.Repeat("k", 129), Value: "v"}, Invalid},
		{"a value over 256 characters", Update{Key: "k", Value: strings.Repeat("é", 257)}, Invalid},
		{"nothing to change", Update{Key: "k", Value: "v"}, Empty},
		{"all of it is excluded", properties("secret", "1"), Empty},
		{"a deletion of what was never sent", Update{Key: "k", Value: "v", Deleted: true}, Unchanged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(service)
			inWorld(t, s, func(o *Options) {
				o.ClearDeleted = true
				o.Exclude = func(_, _, name, _ string) bool { return name == "secret" }
			}, func(w *world) {
				assert.Equal(t, tt.want, w.send(tt.update))
				assert.Empty(t, s.seen())
				w.expectOutcomes(map[string]int{tt.want.String(): 1})
			})
		})
	}
}

func TestAtMostFiftyPropertiesAndTags(t *testing.T) {
	many := func(prefix string, n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("%s%03d", prefix, i))
		}
		return names
	}
	update := func(names ...string) Update {
		u := properties()
		for _, name := range names {
			u.Set(name, "1")
		}
		return u
	}
	s := new(service)
	inWorld(t, s, nil, func(w *world) {
		w.send(tags(update(many("p", 60)...), many("t", 51)...))
		require.Len(t, s.seen(), 1)
		assert.Contains(t, s.bodies()[0], `"p049":"1"},`)
		assert.Contains(t, s.bodies()[0], `"t049"]}`)
		w.expectChanges(map[string]int{"property_overflow": 10, "tag_overflow": 1})

		assert.Equal(t, Unchanged, w.send(update("p000", "q")), "no room for it")
		w.send(properties("p000", "2", "q", "1"))
		w.send(properties("p001", "", "q", "1"))
		assert.Equal(t, []string{
			`{"customProperties":{"p000":"2"}}`,          // a change needs no room
			`{"customProperties":{"p001":null,"q":"1"}}`, // a removal makes room
		}, s.bodies()[1:])
	})
}

// However much comes in for one dimension, memory is bounded.
func TestContentsAreBounded(t *testing.T) {
	var counts changes
	waiting, known := content{fields: make(fields)}, make(fields)
	for i := range 1000 {
		name := fmt.Sprint("p", i)
		waiting = merge(waiting, content{fields: fields{{name: name}: {text: "1"}}}, &counts)
		known = apply(known, fields{{name: name}: {gone: true}})
	}
	assert.Len(t, waiting.fields, maxFields)
	assert.Equal(t, 1000-maxFields, counts[PropertyOverflow])
	assert.LessOrEqual(t, len(known), maxFields)
}

func TestTokensAreSeparateOrganizations(t *testing.T) {
	s := new(service)
	inWorld(t, s, nil, func(w *world) {
		other := properties("a", "1")
		other.Token = "other"
		w.Add(properties("a", "1"))
		w.send(other)
		var used []string
		for _, r := range s.seen() {
			used = append(used, r.token)
		}
		assert.ElementsMatch(t, []string{"default", "other"}, used)
	})
}

func TestRefusedTagsDoNotCostTheProperties(t *testing.T) {
	s := &service{answer: func(_ int, r request) answer {
		if strings.Contains(r.body, "tags") {
			return answer{status: 400, body: "too many tags"}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, nil, func(w *world) {
		u := tags(properties("a", "1"), "t1", "t2")
		w.send(u)
		assert.Equal(t, []string{`{"customProperties":{"a":"1"},"tags":["t1","t2"]}`, `{"customProperties":{"a":"1"}}`}, s.bodies())
		w.expectChanges(map[string]int{"tag_refused": 2})
		assert.Equal(t, Unchanged, w.send(u), "the tags are not tried again for ever")
		w.send(tags(properties(), "t3"))
		w.expectOutcomes(map[string]int{"sent": 1, "unchanged": 1, "rejected": 1})
	})
}

func TestRefusedUpdatesEndAndCanComeAgain(t *testing.T) {
	for _, status := range []int{400, 405, 413, 302} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := &service{answer: func(n int, _ request) answer { return answer{status: []int{status, 200}[n]} }}
			inWorld(t, s, nil, func(w *world) {
				w.send(properties("a", "1"))
				w.after(time.Hour)
				w.expectOutcomes(map[string]int{"rejected": 1})
				w.send(properties("a", "1"))
				w.expectOutcomes(map[string]int{"rejected": 1, "sent": 1})
			})
		})
	}
}

func TestPutStatesAllThatIsKnown(t *testing.T) {
	s := &service{answer: func(_ int, r request) answer {
		if strings.Contains(r.body, `"bad"`) {
			return answer{status: 400}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.Put = true }, func(w *world) {
		w.send(complete(tags(properties("a", "1", "b", "1"), "t")))
		w.send(properties("h", "1"))
		w.send(complete(properties("a", "2")))
		w.send(complete(tags(properties("a", "3"), "bad")))
		assert.Equal(t, Unchanged, w.send(complete(tags(properties("a", "3"), "bad"))))
		want := func(properties, tags string) string {
			return `{"customProperties":{` + properties + `},"key":"k","tags":[` + tags + `],"value":"v"}`
		}
		assert.Equal(t, []string{
			want(`"a":"1","b":"1"`, `"t"`),
			want(`"a":"1","b":"1","h":"1"`, `"t"`),
			want(`"a":"2","h":"1"`, ``),
			want(`"a":"3","h":"1"`, `"bad"`),
			want(`"a":"3","h":"1"`, ``),
		}, s.bodies())
		assert.Equal(t, "PUT /v2/dimension/k/v", s.seen()[0].line)
	})
}

// A body that states all must not bring refused tags back: it would be refused for them, too.
func TestPutAfterRefusedTags(t *testing.T) {
	s := &service{answer: func(_ int, r request) answer {
		if strings.Contains(r.body, `"bad"`) {
			return answer{status: 400}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.Put = true }, func(w *world) {
		w.send(tags(properties("a", "1"), "bad"))
		w.send(properties("b", "1"))
		w.send(tags(properties(), "good"))
		want := func(properties, tags string) string {
			return `{"customProperties":{` + properties + `},"key":"k","tags":[` + tags + `],"value":"v"}`
		}
		assert.Equal(t, []string{
			want(`"a":"1"`, `"bad"`),
			want(`"a":"1"`, ``),
			want(`"a":"1","b":"1"`, ``),
			want(`"a":"1","b":"1"`, `"good"`),
		}, s.bodies())
		w.expectOutcomes(map[string]int{"sent": 3})
		w.expectChanges(map[string]int{"tag_refused": 1})
	})
}

// Tags that were taken may be too many once other dimensions of a series got theirs.
func TestPutWhenTagsBecomeTooMany(t *testing.T) {
	full := false
	s := &service{answer: func(_ int, r request) answer {
		if full && strings.Contains(r.body, `"t"`) {
			return answer{status: 400}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.Put = true }, func(w *world) {
		w.send(tags(properties("a", "1"), "t"))
		full = true
		w.send(properties("a", "2"))
		w.expectOutcomes(map[string]int{"sent": 2})
		assert.Equal(t, `{"customProperties":{"a":"2"},"key":"k","tags":[],"value":"v"}`, s.bodies()[2])
	})
}

func TestLogs(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	s := &service{answer: func(_ int, r request) answer {
		if strings.Contains(r.line, "/bad") {
			return answer{status: 403, body: "no scope for s3cret"}
		}
		return answer{status: 200}
	}}
	inWorld(t, s, func(o *Options) { o.LogUpdates, o.Logger = true, zap.New(core) }, func(w *world) {
		w.Add(properties("a", "1"))
		for _, dimension := range []string{"bad1", "bad2"} {
			u := propertiesOf(dimension, "a", "1")
			u.Token = "s3cret"
			w.Add(u)
		}
		w.after(10 * time.Second)
	})
	updated := logs.FilterMessage("Updated a dimension").All()
	require.Len(t, updated, 1)
	assert.Equal(t, "k=v", updated[0].ContextMap()["dimension"])
	warnings := logs.FilterLevelExact(zap.WarnLevel).All()
	require.Len(t, warnings, 2, "once for each cause: the refusal, and the loss at shutdown")
	assert.Contains(t, fmt.Sprint(warnings[0].ContextMap()["error"]), "scope")
	assert.NotContains(t, fmt.Sprint(warnings[0].ContextMap()["error"]), "s3cret", "the token")
}

func TestNames(t *testing.T) {
	tests := []struct{ name, dimension, property, want, unstripped string }{
		{"service prefix", "k8s.pod.uid", "k8s.service.web", "kubernetes_service_web", "kubernetes_service_web"},
		{"label prefix", "k8s.pod.uid", "k8s.pod.label.app", "app", "k8s.pod.label.app"},
		{"label with dots and slashes", "k8s.node.uid", "k8s.node.label.topology.kubernetes.io/zone", "topology.kubernetes.io/zone", "k8s.node.label.topology.kubernetes.io/zone"},
		{"no label at all", "k8s.pod.uid", "k8s.pod.label.", "k8s.pod.label.", "k8s.pod.label."},
		{"labels, which is something else", "k8s.pod.uid", "k8s.pod.labels.app", "k8s.pod.labels.app", "k8s.pod.labels.app"},
		{"a deeper one", "k8s.pod.uid", "k8s.pod.container.label.x", "k8s.pod.container.label.x", "k8s.pod.container.label.x"},
		{"no resource", "k8s.pod.uid", "k8s..label.x", "k8s..label.x", "k8s..label.x"},
		{"not of Kubernetes", "host.name", "container.label.x", "container.label.x", "container.label.x"},
		{"a service keeps its own", "k8s.service.uid", "k8s.service.name", "k8s.service.name", "k8s.service.name"},
		{"a service keeps its labels", "k8s.service.uid", "k8s.service.label.x", "k8s.service.label.x", "k8s.service.label.x"},
		{"a volume keeps its labels", "k8s.persistentvolume.uid", "k8s.persistentvolume.label.x", "k8s.persistentvolume.label.x", "k8s.persistentvolume.label.x"},
		{"a claim keeps its labels", "k8s.persistentvolumeclaim.uid", "k8s.persistentvolumeclaim.label.x", "k8s.persistentvolumeclaim.label.x", "k8s.persistentvolumeclaim.label.x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, propertyName(tt.dimension, tt.property, true))
			assert.Equal(t, tt.unstripped, propertyName(tt.dimension, tt.property, false))
		})
	}
}
