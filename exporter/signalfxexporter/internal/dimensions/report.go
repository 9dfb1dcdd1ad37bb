package dimensions

import (
	"errors"
	"strconv"
	"sync"

	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Observer learns what becomes of updates. Both functions may be nil; they are called
// from several goroutines and must only count.
type Observer struct {
	Outcome func(Outcome)
	Change  func(Change, int)
}

// reporter counts outcomes and warns once of each cause of a loss.
type reporter struct {
	observer Observer
	logger   *zap.Logger
	warned   sync.Map
}

func newReporter(observer Observer, logger *zap.Logger) reporter {
	if logger == nil {
		logger = zap.NewNop()
	}
	return reporter{observer: observer, logger: logger}
}

// advice says what was lost, and what to do about it.
var advice = map[Outcome]string{
	DroppedFull:   "Dropped a metadata update: too many objects wait; raise `dimension_client::max_buffered`",
	Rejected:      "The metadata API refused an update for good; it is lost",
	GivenUp:       "The metadata API did not take an update in any attempt; it is lost until its source sends it again",
	Abandoned:     "Shut down before all metadata updates were sent",
	Invalid:       "Dropped a metadata update: it has no key or value, or one longer than the service takes",
	UnknownEntity: "Dropped an entity event: no id key is known for entities of this type",
	Malformed:     "Dropped an entity event: it lacks its type, its event type or its id",
}

// tokenAdvice is for the first refusal of a token, long before anything is lost.
const tokenAdvice = "The metadata API refuses an access token; updates with it wait for some minutes that it is taken"

func (r *reporter) outcome(o Outcome, err error, object ...zap.Field) {
	if r.observer.Outcome != nil {
		r.observer.Outcome(o)
	}
	text, warn := advice[o]
	if o == Retried && httpsend.ClassOf(err) == httpsend.Unauthorized {
		text, warn = tokenAdvice, true
	}
	if !warn {
		return
	}
	cause := o.String()
	if e, ok := errors.AsType[*httpsend.Error](err); ok {
		cause += strconv.Itoa(e.Status)
	}
	if _, known := r.warned.LoadOrStore(cause, struct{}{}); !known {
		r.logger.Warn(text+"; further ones of this cause are only counted", append(object, zap.Error(err))...)
	}
}

func (r *reporter) changes(counts *changes) {
	if r.observer.Change == nil {
		return
	}
	for i, n := range counts {
		if n > 0 {
			r.observer.Change(Change(i), n)
		}
	}
}
