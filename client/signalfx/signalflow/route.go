package signalflow

import (
	"bytes"
	"time"

	"github.com/coder/websocket"
)

// route passes a message to the computation it is for. Decompression and decoding
// are left to that computation's own goroutine. If the message is too long, the
// computation gets that as its content; text does not tell whose it is.
func (c *conn) route(t websocket.MessageType, message []byte, tooLong error) {
	if t == websocket.MessageText {
		if tooLong != nil {
			c.count.received(TypeUnknown, len(message))
			c.count.ignore(IgnoredMalformed, 1)
			return
		}
		c.routeText(message)
		return
	}
	name, f, err := parseFrame(message)
	c.count.received(f.typ, len(message))
	if err != nil {
		c.count.ignore(IgnoredMalformed, 1)
		return
	}
	if tooLong != nil {
		f.body, f.err = nil, tooLong
	}
	if len(name) > 0 {
		c.deliver(name, f)
		return
	}
	own := inflater{limit: c.options.MaxDecompressedSize}
	body, isJSON, err := own.open(f)
	if err != nil || !isJSON {
		c.count.ignore(IgnoredMalformed, 1)
		return
	}
	c.routeUnaddressed(f.typ, decodeEnvelope(body).event, body)
}

func (c *conn) routeText(message []byte) {
	body, err := checkJSON(message)
	if err != nil {
		c.count.received(TypeUnknown, len(message))
		c.count.ignore(IgnoredMalformed, 1)
		return
	}
	e := decodeEnvelope(body)
	c.count.received(e.typ, len(message))
	if e.channel == "" || e.event == eventKeepAlive {
		c.routeUnaddressed(e.typ, e.event, body)
		return
	}
	c.deliver([]byte(e.channel), frame{typ: e.typ, form: formText, flags: flagJSON, body: body})
}

// routeUnaddressed takes messages that concern the connection.
func (c *conn) routeUnaddressed(t MessageType, event string, body []byte) {
	switch {
	case event == eventKeepAlive:
		c.keptAlive.Store(time.Now().UnixNano())
	case t == TypeAuthenticated:
	case t == TypeError && c.failUnanswered(body):
	default:
		c.count.ignore(IgnoredUnknownChannel, 1)
	}
}

// failUnanswered ends the computations of which nothing was heard yet: an error
// without a channel can only be about a request, not about a stream. If there are
// several, nothing tells which of them is refused, and the others must not be taken
// for wrong. It reports whether there are any.
//
// An error may as well refuse a request that has no channel itself, such as a stop. It
// is taken for that; should it have been another, that one's StartTimeout ends it.
func (c *conn) failUnanswered(body []byte) bool {
	err := decodeError(body)
	err.Message = c.options.scrub(err.Message)
	c.mu.Lock()
	var failed []*Computation
	if c.told > 0 {
		c.told--
		c.mu.Unlock()
		return false
	}
	for _, ch := range c.channels {
		if !ch.answered {
			failed = append(failed, ch.computation)
		}
	}
	c.mu.Unlock()
	err.Ambiguous = len(failed) > 1
	for _, computation := range failed {
		if err.Ambiguous {
			c.abandon(computation, err, "an error named no channel")
			continue
		}
		c.forget(computation, err)
		computation.queue.end(err, false)
	}
	return len(failed) > 0
}

// deliver gives a frame to its computation.
func (c *conn) deliver(name []byte, f frame) {
	c.mu.Lock()
	ch := c.channels[string(name)]
	if ch != nil {
		ch.answered = true
	}
	c.mu.Unlock()
	if ch == nil {
		c.count.ignore(IgnoredUnknownChannel, 1)
		return
	}
	f.body = bytes.Clone(f.body)
	for !ch.computation.queue.push(f) {
		if !c.waitForRoom(ch.computation) {
			c.dropSlow(ch.computation)
			return
		}
		if c.ctx.Err() != nil {
			return
		}
	}
}

// waitForRoom waits until there may be room in the queue of a computation that has
// the connection for itself; the service then has to wait too. It reports false if
// there are others, who must not suffer for this one.
func (c *conn) waitForRoom(computation *Computation) bool {
	c.mu.Lock()
	alone := len(c.channels) <= 1
	c.mu.Unlock()
	if !alone {
		return false
	}
	c.heartbeat.Stop() // nothing is read, so silence proves nothing
	defer c.heartbeat.Reset(c.options.KeepAliveTimeout)
	select {
	case <-computation.queue.space:
	case <-c.joined:
	case <-c.ctx.Done():
	}
	return true
}

// dropSlow detaches a computation that does not keep up.
func (c *conn) dropSlow(computation *Computation) {
	c.count.tooSlow.Add(1)
	c.abandon(computation, ErrSlowConsumer, "too slow")
}

// abandon ends a computation whose job may run. The service is told in another
// goroutine: the reader must not wait for a write.
func (c *conn) abandon(computation *Computation, err error, reason string) {
	enrolled := c.forget(computation, err) // first: who reads the end forgets it too, and tells nobody
	computation.queue.end(err, false)
	if enrolled {
		c.client.running.Go(func() {
			_ = c.send(requestJSON{Type: "detach", Channel: computation.channel, Reason: reason})
		})
	}
}
