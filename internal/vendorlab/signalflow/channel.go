package signalflow

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
)

// channel carries one job on a WebSocket.
type channel struct {
	socket   *socket
	name     string
	compress bool
	cancel   context.CancelFunc
}

// isChannel reports whether a name fits into the header of a frame.
func isChannel(name string) bool {
	for _, letter := range []byte(name) {
		if letter == 0 || letter > 127 {
			return false
		}
	}
	return name != "" && len(name) <= channelSize
}

// openChannel begins to stream a job.
func (c *socket) openChannel(r request) *failure {
	if failed := c.checkChannel(r.Channel); failed != nil {
		return failed
	}
	// The faults of plain HTTP requests to this path hold for messages too.
	if status := c.server.Faults.TakeStatus(Vendor, ExecutePath); status != 0 {
		return refuse(status, "switched on as a fault")
	}
	ctx, cancel := context.WithCancel(c.ctx)
	out := &channel{socket: c, name: r.Channel, compress: bool(r.Compress), cancel: cancel}
	stream, failed := c.server.prepare(r, out)
	if failed != nil {
		cancel()
		return failed
	}
	c.mu.Lock()
	c.channels[r.Channel] = out
	c.mu.Unlock()
	c.tasks.Go(func() {
		defer cancel()
		_ = stream(ctx) // its error: nobody listens any more
		out.release()
	})
	return nil
}

func (c *socket) checkChannel(name string) *failure {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch _, open := c.channels[name]; {
	case !isChannel(name):
		return refuse(http.StatusBadRequest, "channel: must have 1 to 16 ASCII characters")
	case open:
		return refuse(http.StatusBadRequest, "channel: is in use on this connection")
	case len(c.channels) >= c.server.MaxChannels:
		return refuse(http.StatusTooManyRequests, "Too many channels in this connection")
	}
	return nil
}

// detach ends a channel without a word. Unknown ones may just have ended.
func (c *socket) detach(name string) {
	c.mu.Lock()
	out := c.channels[name]
	c.mu.Unlock()
	if out != nil {
		out.release()
		out.cancel()
	}
}

// release makes the name free.
func (out *channel) release() {
	c := out.socket
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.channels[out.name] == out {
		delete(c.channels, out.name)
	}
}

// message implements sink. With the last message the name is free again.
func (out *channel) message(m message) error {
	if m.isLast() {
		out.release()
	}
	wire, text := out.socket.server.Wire(), m.text(out.name)
	if !out.compress && !wire.BinaryJSON {
		return out.socket.writer.onChannel(websocket.MessageText, text)
	}
	frame := wire.jsonFrame(typeNumbers[m.kind], out.name, text, out.compress)
	return out.socket.writer.onChannel(websocket.MessageBinary, frame)
}

// data implements sink.
func (out *channel) data(d data) error {
	frame := out.socket.server.Wire().dataFrame(out.name, d, out.compress)
	return out.socket.writer.onChannel(websocket.MessageBinary, frame)
}
