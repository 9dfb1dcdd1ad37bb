package dimensions

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// maxKnown bounds the dimensions whose content is remembered. One takes about
// two kilobytes with twenty properties.
const maxKnown = 10_000

// Options configure an Updater. API and Queue are required.
type Options struct {
	API *signalfx.API
	// Token is used for updates without one of their own.
	Token string
	Queue QueueOptions

	// Put overwrites dimensions with what is known of them here, instead of merging
	// changes into what they have.
	Put bool
	// DropTags leaves tags out.
	DropTags bool
	// StripK8sLabelPrefix shortens k8s.<resource>.label.<x> to <x>.
	StripK8sLabelPrefix bool
	// ClearDeleted removes what was sent for a dimension when its object is gone. By
	// default it stays, since charts of the past still need it.
	ClearDeleted bool
	// Rename makes a name one that the vendor takes as a dimension's or property's.
	Rename func(string) string
	// DefaultProperties are sent for every dimension, unless an update says otherwise.
	DefaultProperties map[string]string
	// Exclude decides which properties are left out, by their final names.
	Exclude func(dimensionName, dimensionValue, propertyName, propertyValue string) bool

	// LogUpdates logs every update that was sent.
	LogUpdates bool
	Logger     *zap.Logger
	Observer   Observer
}

// Updater updates dimensions. It is safe for concurrent use. Updates that come before
// Start wait for it.
type Updater struct {
	reporter
	options Options
	queue   *queue[dimension, content]
	known   *lru.Cache[dimension, fields] // what the service was sent; its values are never changed
}

// dimension identifies a dimension.
type dimension struct{ token, key, value string }

func (d dimension) tenant() string { return d.token }

// New returns an Updater that does nothing yet.
func New(options Options) *Updater {
	known, _ := lru.New[dimension, fields](maxKnown) // fails for sizes below 1 only
	u := &Updater{reporter: newReporter(options.Observer, options.Logger), options: options, known: known}
	u.queue = newQueue[dimension, content](options.Queue)
	u.queue.merge = func(older, newer content) content {
		var counts changes
		defer u.changes(&counts)
		return merge(older, newer, &counts)
	}
	u.queue.send = u.send
	u.queue.report = func(d dimension, o Outcome, err error) { u.outcome(o, err, d.field()) }
	return u
}

// Start begins to send.
func (u *Updater) Start() { u.queue.start() }

// Shutdown sends what waits without further delay, each update once, and returns
// when that is done, when the context ends, or after the drain timeout. What is left
// is counted as Abandoned.
func (u *Updater) Shutdown(ctx context.Context) { u.queue.shutdown(ctx) }

// Len is the number of dimensions that wait or are being sent.
func (u *Updater) Len() int { return u.queue.length() }

// Add takes an update and returns what became of it so far. It never waits.
func (u *Updater) Add(update Update) Outcome {
	var counts changes
	d, c, outcome := u.prepare(update, &counts)
	if outcome == Accepted {
		outcome = u.queue.put(d, c, func() bool { return u.has(d, c, &counts) })
	}
	u.changes(&counts)
	if outcome != Accepted {
		u.outcome(outcome, nil, d.field())
	}
	return outcome
}

// Drop counts an entity event that gave no update, as EntityRules.Update says.
func (u *Updater) Drop(o Outcome, entityType string) {
	u.outcome(o, nil, zap.String("entity_type", entityType))
}

// has reports whether the service has the content already.
func (u *Updater) has(d dimension, c content, counts *changes) bool {
	known, ok := u.known.Get(d)
	if c.deleted {
		u.known.Remove(d)
		return !ok
	}
	var left changes
	if len(outgoing(c, known, u.defaults(d), &left)) > 0 {
		return false
	}
	for i, n := range left {
		counts[i] += n
	}
	return true
}

// prepare makes an update's content ready to be sent.
func (u *Updater) prepare(update Update, counts *changes) (dimension, content, Outcome) {
	d := dimension{update.Token, valid(update.Key, counts), valid(update.Value, counts)}
	if d.token == "" {
		d.token = u.options.Token
	}
	if d.key != "" && u.options.Rename != nil {
		d.key = u.options.Rename(d.key)
	}
	if d.key == "" || longer(d.key, signalfx.MaxDimensionKeyLength) || d.value == "" || longer(d.value, signalfx.MaxDimensionValueLength) {
		return d, content{}, Invalid
	}
	if update.Deleted && !u.options.ClearDeleted {
		return d, content{}, Kept
	}
	c := content{fields: make(fields), complete: update.Complete, deleted: update.Deleted}
	u.addProperties(c, d, update, counts)
	u.addTags(c, update, counts)
	if len(c.fields) == 0 && !c.complete && !c.deleted && len(u.options.DefaultProperties) == 0 {
		return d, c, Empty
	}
	return d, c, Accepted
}

func (u *Updater) addProperties(c content, d dimension, update Update, counts *changes) {
	names := slices.Sorted(maps.Keys(update.Properties))
	// A property that has its name from the start precedes one that gets it by renaming.
	slices.SortStableFunc(names, func(a, b string) int {
		return compareBool(u.propertyName(update.Key, a) != a, u.propertyName(update.Key, b) != b)
	})
	for _, name := range names {
		v := value{gone: true, stated: c.complete}
		if text := update.Properties[name]; text != nil {
			v = value{text: valid(*text, counts), stated: c.complete}
		}
		u.addProperty(c.fields, d, propertyName(update.Key, valid(name, counts), u.options.StripK8sLabelPrefix), v, counts)
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// propertyName is the final name of a property.
func (u *Updater) propertyName(dimension, name string) string {
	name = propertyName(dimension, name, u.options.StripK8sLabelPrefix)
	if u.options.Rename != nil && name != "" {
		return u.options.Rename(name)
	}
	return name
}
