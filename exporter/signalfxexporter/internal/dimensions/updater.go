package dimensions

import (
	"context"
	"errors"
	"net/http"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// maxKnown bounds the dimensions whose content is remembered, as in the vendor's
// former agent. One takes about two kilobytes with twenty properties.
const maxKnown = 10_000

// Options configure an Updater. API and Queue are required.
type Options struct {
	API *signalfx.API
	// Token is used for updates without one of their own.
	Token string
	Queue QueueOptions

	// Put overwrites a dimension with all that was sent for it, instead of merging
	// changes into what it has.
	Put bool
	// DropTags leaves tags out.
	DropTags bool
	// StripK8sLabelPrefix shortens k8s.<resource>.label.<x> to <x>.
	StripK8sLabelPrefix bool
	// ClearDeleted removes what was sent for a dimension when its object is gone. By
	// default it stays: charts of the past still need it.
	ClearDeleted bool
	// Rename makes a name one that the vendor takes for dimensions and properties.
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
	api        *signalfx.API
	put        bool
	logUpdates bool
	rules      *rules
	queue      *queue[dimension, content]
	// known is what the service was sent. Its values are never changed. Only the one
	// request in flight for a dimension replaces its value.
	known *lru.Cache[dimension, fields]
}

// dimension identifies a dimension.
type dimension struct{ token, key, value string }

func (d dimension) tenant() string { return d.token }

func (d dimension) field() zap.Field { return zap.String("dimension", d.key+"="+d.value) }

// New returns an Updater that does nothing yet.
func New(options Options) *Updater {
	known, _ := lru.New[dimension, fields](maxKnown) // fails for sizes below 1 only
	u := &Updater{
		reporter: newReporter(options.Observer, options.Logger),
		api:      options.API, put: options.Put, logUpdates: options.LogUpdates,
		known: known, queue: newQueue[dimension, content](options.Queue),
	}
	var counts changes
	u.rules = newRules(&options, &counts)
	u.changes(&counts)
	u.queue.send = u.send
	u.queue.report = func(d dimension, _ content, o Outcome, err error) { u.outcome(o, err, d.field()) }
	u.queue.merge = func(older, newer content) content {
		var counts changes
		merged := merge(older, newer, &counts)
		u.changes(&counts)
		return merged
	}
	return u
}

// Start begins to send.
func (u *Updater) Start() { u.queue.start() }

// Shutdown sends what waits without further delay, each update once. It returns when
// that is done, when the context ends, or after the drain timeout; what is left is
// counted as Abandoned.
func (u *Updater) Shutdown(ctx context.Context) { u.queue.shutdown(ctx) }

// Len is the number of dimensions that wait or are being sent.
func (u *Updater) Len() int { return u.queue.length() }

// Add takes an update and returns what became of it so far. It never blocks on the network.
func (u *Updater) Add(update Update) Outcome {
	var counts changes
	d, c, outcome := u.rules.prepare(&update, &counts)
	if outcome == Accepted {
		outcome = u.queue.put(d, c, func() bool { return u.has(d, c, &counts) })
	}
	u.changes(&counts)
	if outcome != Accepted {
		u.outcome(outcome, nil, d.field())
	}
	return outcome
}

// Drop counts an entity event that gave no update, for the outcome that
// EntityRules.Update returned.
func (u *Updater) Drop(o Outcome, entityType string) {
	u.outcome(o, nil, zap.String("entity_type", entityType))
}

// has reports whether the service has the content already. What has no room in the
// dimension does not count; if anything has, it is counted when that is sent.
func (u *Updater) has(d dimension, c content, counts *changes) bool {
	known, _ := u.known.Get(d)
	overflow := *counts
	if len(outgoing(c, known, u.rules.defaultsOf(d), &overflow)) > 0 {
		return false
	}
	*counts = overflow
	return true
}

// send makes one attempt to give the service a content.
func (u *Updater) send(ctx context.Context, d dimension, c content) (Outcome, error) {
	known, _ := u.known.Get(d)
	var counts changes
	changed := outgoing(c, known, u.rules.defaultsOf(d), &counts)
	if len(changed) == 0 {
		u.changes(&counts)
		return Unchanged, nil
	}
	err := u.write(ctx, d, known, changed)
	if tags := u.tagsIn(known, changed); tags > 0 && changed.tags() < len(changed) && isMalformed(err) {
		// The vendor counts the tags of all dimensions of a series, which cannot be known
		// here. The properties must not be lost over it. The tags count as sent, so that
		// they are not tried again and again.
		counts[TagRefused] += tags
		err = u.write(ctx, d, known.withoutTags(), changed.withoutTags())
		known, changed = known.withTagsRefused(), changed.withTagsRefused()
	}
	if err != nil {
		return Rejected, err
	}
	u.remember(d, c, apply(known, changed))
	u.changes(&counts)
	if u.logUpdates {
		u.logger.Info("Updated a dimension", d.field(), zap.Any("update", patchOf(changed)))
	}
	return Sent, nil
}

func (u *Updater) write(ctx context.Context, d dimension, known, changed fields) error {
	if u.put {
		return u.api.PutDimension(ctx, d.token, wholeOf(d, apply(known, changed)))
	}
	return u.api.PatchDimension(ctx, d.token, d.key, d.value, patchOf(changed))
}

// tagsIn is how many tags the body of a write names.
func (u *Updater) tagsIn(known, changed fields) int {
	if u.put {
		return len(wholeOf(dimension{}, apply(known, changed)).Tags)
	}
	return changed.tags()
}

func (u *Updater) remember(d dimension, c content, has fields) {
	if c.deleted {
		u.known.Remove(d)
		return
	}
	u.known.Add(d, has)
}

func isMalformed(err error) bool {
	e, ok := errors.AsType[*httpsend.Error](err)
	return ok && e.Status == http.StatusBadRequest
}
