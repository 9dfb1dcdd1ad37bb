package signalflow

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

const eventStreamType = "text/event-stream"

// sseStream is the response that carries one computation.
type sseStream struct {
	client      *SSEClient
	since       time.Time
	computation *Computation
	ctx         context.Context
	cancel      context.CancelCauseFunc
}

// connect sends the request. Until it is answered, ctx ends it.
func (s *sseStream) connect(ctx context.Context, path, program string, query url.Values) (*http.Response, error) {
	defer context.AfterFunc(ctx, func() { s.cancel(ctx.Err()) })()
	late := time.AfterFunc(s.client.options.StartTimeout, func() { s.cancel(ErrStartTimeout) })
	defer late.Stop()
	r, err := s.client.request(s.ctx, program, query, path)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", eventStreamType)
	response, err := s.client.do(r)
	if err != nil {
		return nil, err
	}
	if !isEventStream(response.Header) {
		_ = response.Body.Close()
		return nil, &ConnectionError{Op: "connect", Err: errNoEventStream}
	}
	return response, nil
}

// read passes events on until the stream ends.
func (s *sseStream) read(body io.ReadCloser) {
	defer body.Close()
	ended, err := s.readEvents(body)
	if cause := context.Cause(s.ctx); cause != nil {
		err = cause
	}
	s.client.lost(s, err, ended)
	s.computation.queue.end(err, false)
}

// readEvents reports whether the computation came to an end, and the error behind it otherwise.
func (s *sseStream) readEvents(body io.Reader) (ended bool, err error) {
	o := s.client.options
	if o.IdleTimeout > 0 {
		idle := time.AfterFunc(o.IdleTimeout, func() {
			s.cancel(&ConnectionError{Op: "keep-alive", Reason: "nothing was received for " + o.IdleTimeout.String()})
		})
		defer idle.Stop()
		body = lifeSigns{body, func() { idle.Reset(o.IdleTimeout) }}
	}
	events := eventReader{lines: bufio.NewReaderSize(body, 1<<16), limit: o.MaxMessageSize}
	for {
		t, data, err := events.next()
		if err != nil {
			return ended, connectionError("read", err)
		}
		s.client.count.received(t, len(data))
		f := frame{typ: t, form: formText, flags: flagJSON}
		if events.tooLong {
			f.err = messageTooLong(o.MaxMessageSize)
		} else {
			f.body = bytes.Clone(data)
			ended = ended || isLast(t, data)
		}
		for !s.computation.queue.push(f) {
			select { // a slow consumer makes the service wait
			case <-s.computation.queue.space:
			case <-s.ctx.Done():
				return ended, nil
			}
		}
	}
}

// isLast reports whether a message is the last of its computation.
func isLast(t MessageType, data []byte) bool {
	switch t {
	case TypeError:
		return true
	case TypeControl:
		if data, err := checkJSON(data); err == nil {
			event := decodeEnvelope(data).event
			return event == eventEndOfChannel || event == eventChannelAbort
		}
	}
	return false
}

// lifeSigns tells of every successful read.
type lifeSigns struct {
	io.Reader
	tell func()
}

func (l lifeSigns) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.tell()
	}
	return n, err
}

func (s *sseStream) leave(*Computation, error) { s.cancel(ErrClosed) }

func (s *sseStream) detach(context.Context, *Computation, string) error {
	s.cancel(ErrClosed)
	return nil
}

func (s *sseStream) stop(ctx context.Context, handle, reason string) error {
	return s.client.Stop(ctx, handle, reason)
}

// eventReader reads the event stream format of the HTML standard, section 9.2,
// but for lines that end with a lone carriage return.
type eventReader struct {
	lines *bufio.Reader
	limit int // bytes of one event
	long  []byte
	data  []byte
	// tooLong: the latest event is longer than the limit. What is over is read past.
	tooLong bool
}

// next returns the type and data of the next event that has data, valid until the
// next call.
func (r *eventReader) next() (MessageType, []byte, error) {
	if cap(r.data) > keptInflated || cap(r.long) > keptInflated {
		r.data, r.long = nil, nil
	}
	r.data, r.tooLong = r.data[:0], false
	t, found := TypeInfo, false // an event without a name is a "message"
	for {
		line, cut, err := r.line()
		if err != nil {
			return 0, nil, err
		}
		if len(line) == 0 {
			if found {
				return t, r.data, nil
			}
			t, r.tooLong = TypeInfo, false
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":")) // a comment has an empty field
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			t = typeNamed(string(value))
		case "data":
			if found {
				r.data = append(r.data, '\n')
			}
			found = true
			if r.tooLong = r.tooLong || cut || len(r.data)+len(value) > r.limit; !r.tooLong {
				r.data = append(r.data, value...)
			}
		}
	}
}

// line returns the next line without its end, or the beginning of one that is too long.
func (r *eventReader) line() (line []byte, cut bool, err error) {
	line, err = r.lines.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		r.long = r.long[:0]
		for err == bufio.ErrBufferFull {
			cut = r.keep(line) || cut
			line, err = r.lines.ReadSlice('\n')
		}
		cut = r.keep(line) || cut
		line = r.long
	}
	if err != nil {
		return nil, false, err
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), cut, nil
}

// keep adds a piece to a long line, and reports whether it had to cut it.
func (r *eventReader) keep(piece []byte) (cut bool) {
	const fieldName = 16 // comes before what is limited
	room := max(0, r.limit+fieldName-len(r.long))
	r.long = append(r.long, piece[:min(len(piece), room)]...)
	return len(piece) > room
}
