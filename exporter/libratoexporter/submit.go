package libratoexporter

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"go.uber.org/zap"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter/internal/translate"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/parts"
)

// maxSplits bounds the requests that one batch may cost in the search for what the
// service refuses: enough for about a dozen measurements, one at a time.
const maxSplits = 200

// submission sends the parts of one batch.
type submission struct {
	*service
	stopped *stopList
	period  int64 // in seconds, 0 for none
	splits  atomic.Int32
}

// frame is that of the requests of a list whose measurements share tags.
func (s *submission) frame(list librato.List, tags []byte) librato.Frame {
	return librato.NewFrame(list, librato.Shared{Period: s.period, Tags: tags})
}

// to returns what sends parts in a frame. Its errors are what the delivery acts on.
func (s *submission) to(frame librato.Frame) func(context.Context, *parts.Part) error {
	return func(ctx context.Context, p *parts.Part) error {
		for {
			body := frame.Body(p.Body)
			if tags, rest := commonTags(p.Body, p.Units()); tags != nil {
				body = s.frame(frame.List(), tags).Body(rest)
			}
			receipt, err := s.client.Send(ctx, frame.Dialect(), body)
			if err == nil {
				s.taken(p, &receipt)
				return nil
			}
			if again := s.dropConflicts(p, err); !again {
				return s.judge(p, err)
			}
			if p.Units() == 0 {
				return nil
			}
		}
	}
}

// taken counts what the service says about a request that it took.
func (s *submission) taken(p *parts.Part, receipt *librato.Receipt) {
	rejected := min(receipt.Rejected, p.Units())
	s.telemetry.sent(p.Units() - rejected)
	if rejected > 0 {
		s.telemetry.rejectedInside(rejected, receipt.Fault)
	}
}

// dropConflicts takes out of a part that the service refused the metrics that it knows
// as another type, and reports whether the rest is worth a request. The service may name
// no more than one of them in an answer.
func (s *submission) dropConflicts(p *parts.Part, err error) (again bool) {
	fault, ok := errors.AsType[*librato.Fault](err)
	if !ok {
		return false
	}
	names := fault.TypeConflicts()
	for _, name := range names {
		s.stop(name)
	}
	if len(names) == 0 || s.splits.Add(1) > maxSplits {
		return false
	}
	stopped := s.stopped.load()
	removed := p.Remove(func(item []byte) bool { return holdsName(item, stopped) })
	if removed == 0 {
		return false
	}
	s.telemetry.split()
	s.telemetry.Dropped(translate.TypeConflict, removed)
	return true
}

// judge makes a request that the service refuses for one bad measurement one that is
// too large: the delivery then sends its halves, until the bad one is alone. Any 400 but
// a load balancer's may be for one, whether the service says so or has nothing to say.
func (s *submission) judge(p *parts.Part, err error) error {
	failed, ok := errors.AsType[*httpsend.Error](err)
	if !ok || failed.Class != httpsend.Rejected || failed.Status != http.StatusBadRequest {
		return err
	}
	if fault, ok := errors.AsType[*librato.Fault](err); ok && fault.FromBalancer {
		return err
	}
	if p.Sent() > 1 && s.splits.Add(2) <= maxSplits {
		s.telemetry.split()
		halved := *failed
		halved.Class = httpsend.TooLarge
		return &halved
	}
	return err
}

func (s *submission) stop(name string) {
	if s.stopped.add(name) {
		s.telemetry.remember("stopped_names", 1)
		s.telemetry.Logger.Warn("The service knows the metric as another type; it is not sent any more until the collector restarts. Delete the metric in the service, or rename it here",
			zap.String("metric", name))
	}
}

var tagsMember = []byte(`,"tags":{`)

// commonTags returns the tags that all measurements of a body have in common, in the
// form that a frame takes, and the measurements without them; nil when they differ. The
// service merges no tags, so either all of them are in the frame or none.
func commonTags(body []byte, measurements int) (tags, rest []byte) {
	first := bytes.Index(body, tagsMember)
	if measurements < 2 || first < 0 {
		return nil, nil
	}
	end := first + closingBrace(body[first:])
	member := body[first:end]
	// Tags end a measurement. In a text the quotes of the member would be escaped, so
	// whatever looks like it is it.
	if !bytes.HasSuffix(body, append(bytes.Clone(member), '}')) || bytes.Count(body, append(bytes.Clone(member), '}')) != measurements {
		return nil, nil
	}
	tags = append([]byte{','}, member[len(tagsMember):len(member)-1]...)
	return tags, bytes.ReplaceAll(body, member, nil)
}

// closingBrace is the length of the member that text begins with, up to its closing
// brace. No tag's name or value can hold one.
func closingBrace(text []byte) int { return bytes.IndexByte(text, '}') + 1 }

// nameMember opens a measurement; in a text its quotes would be escaped.
var nameMember = []byte(`{"name":"`)

// cutName returns the name of the first measurement of a body, and what is behind it.
func cutName(body []byte) (name, rest []byte, ok bool) {
	if _, body, ok = bytes.Cut(body, nameMember); ok {
		name, rest, ok = bytes.Cut(body, []byte(`"`)) // names hold neither quotes nor escapes
	}
	return name, rest, ok
}

// firstName is the name of the first measurement of a body, for messages.
func firstName(body []byte) string {
	name, _, _ := cutName(body)
	return string(name)
}

// holdsName reports whether a measurement of an item has one of the names, which are folded.
func holdsName(item []byte, names map[string]struct{}) bool {
	for name, rest, ok := cutName(item); ok; name, rest, ok = cutName(rest) {
		if _, held := names[translate.FoldName(string(name))]; held {
			return true
		}
	}
	return false
}
