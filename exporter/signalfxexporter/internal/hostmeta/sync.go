package hostmeta

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/dimensions"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
)

const (
	// settleTime is after how long the only host seen is taken for this one.
	settleTime = 5 * time.Minute
	// refreshInterval is how often the properties are looked at again. Unchanged ones
	// are not sent again; those that could not be sent get another chance.
	refreshInterval = time.Hour
	// maxHosts bounds the hosts that a gateway remembers to have judged.
	maxHosts = 10_000
)

// Options configure a Syncer. Add is required.
type Options struct {
	// RootPath is where the host's root is mounted in a container.
	RootPath string
	// Add takes an update.
	Add    func(dimensions.Update) dimensions.Outcome
	Logger *zap.Logger
}

// Syncer watches resources for this host and sends its properties. It is safe for
// concurrent use.
type Syncer struct {
	options  Options
	identity identity
	collect  func(context.Context, string) (map[string]string, error)

	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	mu     sync.Mutex // guards what follows
	hosts  map[resourceHost]judged
	due    map[translate.HostID]time.Time // of this host's ids: when to send again
	only   string                         // the host that was seen first
	since  time.Time                      // when that was
	others bool                           // another one was seen
	noted  bool                           // the log says that this host is not among those seen
	closed bool
}

// resourceHost is what of a resource tells hosts apart, and whether it tells enough.
type resourceHost struct{ name, id, provider, account, region, vm string }

func resourceHostOf(attributes pcommon.Map) resourceHost {
	return resourceHost{
		name: text(attributes, "host.name"), id: text(attributes, "host.id"), provider: text(attributes, "cloud.provider"),
		account: text(attributes, "cloud.account.id"), region: text(attributes, "cloud.region"), vm: text(attributes, "azure.vm.name"),
	}
}

// judged is what a resource says about its host.
type judged struct {
	host  translate.HostID
	known bool // the resource tells its host's id
	own   bool // it is this host
}

// New returns a Syncer that does nothing yet.
func New(options Options) *Syncer {
	if options.Logger == nil {
		options.Logger = zap.NewNop()
	}
	s := &Syncer{
		options: options, collect: Collect,
		hosts: make(map[resourceHost]judged), due: make(map[translate.HostID]time.Time),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Start finds out how this host is named. It comes before Metrics.
func (s *Syncer) Start(ctx context.Context) { s.identity = localIdentity(ctx, s.options.RootPath) }

// Metrics looks for this host among the resources of a batch. Properties are collected
// and sent in the background.
func (s *Syncer) Metrics(md pmetric.Metrics) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rm := range md.ResourceMetrics().All() {
		s.resource(rm.Resource().Attributes(), now)
	}
	if !s.noted && s.others && len(s.due) == 0 && now.Sub(s.since) > settleTime {
		s.noted = true
		s.options.Logger.Info("None of the hosts seen is the collector's own, so `sync_host_metadata` has nothing to send; this is right for a gateway",
			zap.Strings("own_names", s.identity.names))
	}
}

// resource looks at one resource. The lock is held.
func (s *Syncer) resource(attributes pcommon.Map, now time.Time) {
	key := resourceHostOf(attributes)
	j, ok := s.hosts[key]
	if !ok {
		j = s.judge(key, attributes, now)
	}
	if !j.known || !j.own && !s.adopts(now) {
		return
	}
	if due := s.due[j.host]; now.Before(due) || s.closed {
		return
	}
	s.due[j.host] = now.Add(refreshInterval)
	s.tasks.Go(func() { s.send(j.host) })
}

// adopts reports whether the only host seen is taken for this one.
func (s *Syncer) adopts(now time.Time) bool { return !s.others && now.Sub(s.since) >= settleTime }

// judge looks at a resource that was not seen before.
func (s *Syncer) judge(key resourceHost, attributes pcommon.Map, now time.Time) judged {
	if len(s.hosts) >= maxHosts {
		clear(s.hosts)
	}
	var j judged
	j.host, j.known = translate.HostIDOf(attributes)
	j.own = s.identity.is(key.name, key.id)
	s.hosts[key] = j
	if j.known {
		name := key.name
		if name == "" {
			name = j.host.Value
		}
		if s.only == "" {
			s.only, s.since = name, now
		}
		s.others = s.others || !strings.EqualFold(name, s.only)
	}
	return j
}

// send collects the properties and hands them over.
func (s *Syncer) send(id translate.HostID) {
	properties, err := s.collect(s.ctx, s.options.RootPath)
	if err != nil {
		s.options.Logger.Debug("Some properties of this host are not known", zap.Error(err))
	}
	update := dimensions.Update{Key: id.Key, Value: id.Value}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		update.Set(name, properties[name])
	}
	if s.ctx.Err() != nil || s.options.Add(update) != dimensions.DroppedFull {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.due, id) // the next batch tries again
}

// Shutdown ends the collecting. It comes before the Shutdown of the updater.
func (s *Syncer) Shutdown() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.tasks.Wait()
}

func text(attributes pcommon.Map, key string) string {
	if v, ok := attributes.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}
