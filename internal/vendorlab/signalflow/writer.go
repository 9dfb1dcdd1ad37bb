package signalflow

import (
	"context"
	"errors"
	"sync"

	"github.com/coder/websocket"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

// writer sends the messages of a socket, or misbehaves as the faults want. Its
// methods may be called concurrently.
type writer struct {
	ctx    context.Context
	conn   *websocket.Conn
	faults *faults.Set
	cut    context.CancelFunc

	mu     sync.Mutex
	sent   int    // messages on channels
	fault  int    // id of the fault whose messages are counted
	since  int    // what sent was when that fault was first seen
	acted  string // the fault that acted
	silent bool
}

// errFault ends a stream whose connection a fault made unusable.
var errFault = errors.New("switched on as a fault")

func (w *writer) isSilent() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.silent
}

// aside sends what belongs to no channel. It is no message that faults count.
func (w *writer) aside(text []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.write(websocket.MessageText, text)
}

func (w *writer) onChannel(kind websocket.MessageType, frame []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.write(kind, frame)
	if err == nil {
		w.sent++
	}
	return err
}

// write expects the mutex to be held.
func (w *writer) write(kind websocket.MessageType, frame []byte) error {
	if w.silent || w.misbehaves() {
		return errFault
	}
	return w.conn.Write(w.ctx, kind, frame)
}

// misbehaves carries out a fault whose time has come.
func (w *writer) misbehaves() bool {
	fault, ok := w.faults.Socket(Vendor, ConnectPath)
	if !ok {
		return false
	}
	if fault.ID != w.fault {
		w.fault, w.since = fault.ID, w.sent
	}
	after := fault.DropAfter
	if after == nil {
		after = fault.SilentAfter
	}
	if w.sent-w.since < *after || !w.faults.TakeSocket(fault.ID) {
		return false
	}
	w.acted = fault.String()
	switch {
	case fault.SilentAfter != nil:
		w.silent = true
	case fault.CloseCode != 0:
		_ = w.conn.Close(websocket.StatusCode(fault.CloseCode), "switched on as a fault")
		w.cut()
	default:
		_ = w.conn.CloseNow()
		w.cut()
	}
	return true
}
