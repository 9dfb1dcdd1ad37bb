package signalflowtest

import (
	"context"
	"maps"
	"time"
)

// Channel is the service's end of a stream. What is sent after its end, or after
// the client has left, goes nowhere.
type Channel struct {
	Request Request
	// Handle is the id of the job.
	Handle string

	server *Server
	sink   sink
	wire   Wire
	ctx    context.Context
	cancel context.CancelFunc
}

// sink is the transport of a channel.
type sink interface {
	send(ch *Channel, name string, fields map[string]any)
	data(ch *Channel, timestampMs, maxDelayMs int64, points []Point)
	raw(ch *Channel, binary bool, message []byte)
	close(code int, reason string)
	kill()
}

// Done is closed when the client has left or the channel has ended.
func (c *Channel) Done() <-chan struct{} { return c.ctx.Done() }

// Message sends a JSON message of a type.
func (c *Channel) Message(name string, fields map[string]any) {
	fields = maps.Clone(fields)
	if fields == nil {
		fields = make(map[string]any)
	}
	fields["type"], fields["channel"] = name, c.Request.Channel
	c.sink.send(c, name, fields)
}

// Raw sends any text or binary message as it is.
func (c *Channel) Raw(binary bool, message []byte) { c.sink.raw(c, binary, message) }

// Control sends a control message.
func (c *Channel) Control(event string, fields map[string]any) {
	fields = maps.Clone(fields)
	if fields == nil {
		fields = make(map[string]any)
	}
	fields["event"], fields["timestampMs"] = event, c.server.Now().UnixMilli()
	c.Message("control-message", fields)
}

// Started sends what every stream begins with.
func (c *Channel) Started() {
	c.Control("STREAM_START", nil)
	c.Control("JOB_START", map[string]any{"handle": c.Handle})
}

// Info sends an info message; contents may be nil.
func (c *Channel) Info(code string, contents map[string]any) {
	message := map[string]any{"messageCode": code, "messageLevel": "INFO", "blockSerialNumbers": []int{0}}
	if contents != nil {
		message["contents"] = contents
	}
	c.Message("message", map[string]any{"message": message, "logicalTimestampMs": c.server.Now().UnixMilli()})
}

// Resolution sends the info message about the output's step.
func (c *Channel) Resolution(d time.Duration) {
	c.Info("JOB_RUNNING_RESOLUTION", map[string]any{"resolutionMs": d.Milliseconds()})
}

// Metadata announces a series.
func (c *Channel) Metadata(tsid uint64, properties map[string]any) {
	c.Message("metadata", map[string]any{"tsId": ID(tsid), "properties": properties})
}

// Expired tells that a series has ended.
func (c *Channel) Expired(tsid uint64) {
	c.Message("expired-tsid", map[string]any{"tsId": ID(tsid)})
}

// Data sends a data message.
func (c *Channel) Data(t time.Time, points ...Point) {
	c.sink.data(c, t.UnixMilli(), 0, points)
}

// End ends the stream as a job that has come to its stop time.
func (c *Channel) End() {
	c.Control("END_OF_CHANNEL", nil)
	c.cancel()
}

// Abort ends the stream before its time.
func (c *Channel) Abort(state, reason string) {
	c.Control("CHANNEL_ABORT", map[string]any{"abortInfo": map[string]any{"sf_job_abortState": state, "sf_job_abortReason": reason}})
	c.cancel()
}

// Error ends the stream with an error.
func (c *Channel) Error(code int, errorType, message string) {
	c.Message("error", map[string]any{"error": code, "errorType": errorType, "message": message})
	c.cancel()
}

// Drop drops the whole connection without a word.
func (c *Channel) Drop() { c.sink.kill() }

// Close closes the whole connection with a WebSocket close code.
func (c *Channel) Close(code int, reason string) { c.sink.close(code, reason) }

func (c *Channel) stopped(reason string) { c.Abort("STOPPED", reason) }
