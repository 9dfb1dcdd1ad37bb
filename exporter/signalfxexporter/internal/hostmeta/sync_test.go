package hostmeta

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type attributes = map[string]any

// batch has one resource for each set of attributes.
func batch(t *testing.T, resources ...attributes) pmetric.Metrics {
	t.Helper()
	md := pmetric.NewMetrics()
	for _, a := range resources {
		require.NoError(t, md.ResourceMetrics().AppendEmpty().Resource().Attributes().FromRaw(a))
	}
	return md
}

// watcher is a Syncer on a host named node-1, and what it sends.
type watcher struct {
	*Syncer
	t    *testing.T
	logs *observer.ObservedLogs

	mu      sync.Mutex
	updates []string
	answer  dimensions.Outcome
}

func watch(t *testing.T, test func(w *watcher)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		w := &watcher{t: t, logs: logs}
		w.Syncer = New(Options{Add: w.add, Logger: zap.New(core)})
		w.identity = identity{names: []string{"node-1"}, machineIDs: []string{"abc"}}
		w.collect = func(context.Context, string) (map[string]string, error) {
			return map[string]string{"host_os_name": "debian", "empty": ""}, errors.New("some field")
		}
		defer w.Shutdown()
		test(w)
	})
}

func (w *watcher) add(u dimensions.Update) dimensions.Outcome {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.updates = append(w.updates, u.Key+"="+u.Value)
	assert.Equal(w.t, "debian", *u.Properties["host_os_name"])
	assert.False(w.t, u.Complete, "others say something about hosts, too")
	return w.answer
}

// see shows resources to the watcher, and returns what was sent since the last time.
func (w *watcher) see(resources ...attributes) []string {
	w.Metrics(batch(w.t, resources...))
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := w.updates
	w.updates = nil
	return sent
}

func named(name string) attributes { return attributes{"host.name": name} }

func TestOwnHostIsFoundInAnyResourceAndBatch(t *testing.T) {
	watch(t, func(w *watcher) {
		assert.Empty(t, w.see(attributes{"service.name": "no host at all"}))
		assert.Empty(t, w.see(named("other"), attributes{"k8s.pod.uid": "u"}))
		assert.Equal(t, []string{"host.name=node-1"}, w.see(named("other"), named("node-1"), named("node-1")))
		assert.Empty(t, w.see(named("node-1")), "once")
	})
}

func TestGatewayLeavesOtherHostsAlone(t *testing.T) {
	watch(t, func(w *watcher) {
		for i := range 10 {
			assert.Empty(t, w.see(named(fmt.Sprint("web-", i))))
			time.Sleep(time.Minute)
		}
		assert.Equal(t, 1, w.logs.FilterMessageSnippet("None of the hosts seen").Len(), "said once")
	})
}

func TestOnlyHostIsAdopted(t *testing.T) {
	watch(t, func(w *watcher) {
		assert.Empty(t, w.see(named("set-by-hand")))
		time.Sleep(settleTime - time.Second)
		assert.Empty(t, w.see(named("set-by-hand")))
		time.Sleep(time.Second)
		assert.Equal(t, []string{"host.name=set-by-hand"}, w.see(named("set-by-hand")))
		assert.Empty(t, w.see(named("another")))
	})
}

func TestEveryIDOfTheOwnHostCounts(t *testing.T) {
	aws := func(account string) attributes {
		a := attributes{"host.name": "node-1", "host.id": "i-1", "cloud.provider": "aws", "cloud.region": "us-east-1"}
		if account != "" {
			a["cloud.account.id"] = account
		}
		return a
	}
	watch(t, func(w *watcher) {
		assert.Equal(t, []string{"host.name=node-1"}, w.see(aws("")), "the detector is not ready yet")
		assert.Equal(t, []string{"AWSUniqueId=i-1_us-east-1_42"}, w.see(aws("42")))
		assert.Empty(t, w.see(aws(""), aws("42")))
	})
}

func TestPropertiesAreRefreshed(t *testing.T) {
	watch(t, func(w *watcher) {
		assert.Len(t, w.see(named("node-1")), 1)
		time.Sleep(refreshInterval - time.Second)
		assert.Empty(t, w.see(named("node-1")))
		time.Sleep(time.Second)
		assert.Len(t, w.see(named("node-1")), 1)
	})
}

func TestFullQueueIsTriedAgain(t *testing.T) {
	watch(t, func(w *watcher) {
		w.answer = dimensions.DroppedFull
		assert.Len(t, w.see(named("node-1")), 1)
		assert.Len(t, w.see(named("node-1")), 1)
		w.answer = dimensions.Accepted
		assert.Len(t, w.see(named("node-1")), 1)
		assert.Empty(t, w.see(named("node-1")))
	})
}

func TestNothingIsSentAfterShutdown(t *testing.T) {
	watch(t, func(w *watcher) {
		w.Shutdown()
		assert.Empty(t, w.see(named("node-1")))
	})
}

func TestRememberedHostsAreBounded(t *testing.T) {
	watch(t, func(w *watcher) {
		for i := range maxHosts + 5 {
			w.Metrics(batch(t, named(fmt.Sprint("web-", i))))
		}
		assert.LessOrEqual(t, len(w.hosts), maxHosts)
		assert.Equal(t, []string{"host.name=node-1"}, w.see(named("node-1")))
	})
}

func TestIdentity(t *testing.T) {
	id := identity{names: []string{"web-1.example.com", "short"}, machineIDs: []string{"00ff"}}
	tests := []struct {
		name     string
		hostName string
		hostID   string
		want     bool
	}{
		{"the name", "web-1.example.com", "", true},
		{"the name in another case", "WEB-1.Example.COM", "", true},
		{"the name without its domain", "web-1", "", true},
		{"a domain that the system does not tell", "short.example.com", "", true},
		{"another domain", "web-1.example.org", "", false},
		{"another name", "web-2.example.com", "", false},
		{"a longer name", "web-11", "", false},
		{"the machine's id, however written", "web-2", "00-FF", true},
		{"another machine's id", "", "00fe", false},
		{"nothing", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, id.is(tt.hostName, tt.hostID))
		})
	}
	assert.False(t, new(identity).is("", ""), "a host without a name is not the resource without one")
}

func BenchmarkMetrics(b *testing.B) {
	s := New(Options{Add: func(dimensions.Update) dimensions.Outcome { return dimensions.Accepted }})
	md := pmetric.NewMetrics()
	for i := range 100 {
		a := md.ResourceMetrics().AppendEmpty().Resource().Attributes()
		_ = a.FromRaw(attributes{"service.name": "s", "host.name": fmt.Sprint("web-", i), "host.id": fmt.Sprint("i-", i), "cloud.provider": "aws", "k8s.pod.uid": "u"})
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Metrics(md)
	}
}
