package wavefront

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

const (
	// tcpPath stands for the path of lines over TCP, in faults, rejections and requests.
	tcpPath = "tcp"
	// maxLine is the longest line, in bytes (proxy: pushListenerMaxReceivedLength).
	maxLine = 32768
	// lineBuffer holds a longest line with its end.
	lineBuffer = maxLine + 2
)

// connection reads lines until its sender closes it. The proxy never answers.
type connection struct {
	ctx     context.Context // ends when the proxy closes
	proxy   *Proxy
	conn    net.Conn
	reader  *bufio.Reader
	request store.Request
	// tooLong is how much was read of a line that is over the limit.
	tooLong int
}

// readLines stores the lines of a connection and closes it.
func (p *Proxy) readLines(ctx context.Context, conn net.Conn, reader *bufio.Reader) {
	started := p.Store.Now()
	c := &connection{ctx: ctx, proxy: p, conn: conn, reader: reader, request: store.Request{
		Vendor: Vendor, Received: started.UnixMilli(), Method: "TCP", Path: tcpPath,
		Remote: conn.RemoteAddr().String(), Headers: map[string]string{},
		Accepted: map[string]int{}, Rejected: map[string]int{},
	}}
	if err := c.run(); err == nil {
		c.request.Status = http.StatusOK
	} else {
		c.request.Error = err.Error()
	}
	if tcp, ok := conn.(*net.TCPConn); ok && c.request.Status == 0 {
		_ = tcp.SetLinger(0) // a reset, as a proxy that dies
	}
	_ = conn.Close()
	c.request.Duration = p.Store.Now().Sub(started).Microseconds()
	p.Store.AddRequest(c.request)
}

var (
	errTCPDisabled = errors.New("TCP is off because the proxy asks for a token")
	errCut         = errors.New("cut by a fault")
)

// run returns nil when the sender closed the connection after a whole line.
func (c *connection) run() error {
	if len(c.proxy.ProxyTokens) > 0 {
		return errTCPDisabled
	}
	for {
		d := c.proxy.lineDecoder(c.request.Remote)
		err := c.batch(d)
		if failed := c.store(d); failed != nil {
			return failed
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// batch decodes one line and all others that have arrived already.
func (c *connection) batch(d *decoder) error {
	_ = c.conn.SetReadDeadline(time.Now().Add(idleTimeout))
	for {
		if err := c.line(d); err != nil {
			return err
		}
		if waiting, _ := c.reader.Peek(c.reader.Buffered()); bytes.IndexByte(waiting, '\n') < 0 {
			return nil
		}
	}
}

func (c *connection) line(d *decoder) error {
	line, err := c.reader.ReadSlice('\n')
	c.request.WireBytes += int64(len(line))
	c.request.BodyBytes += int64(len(line))
	c.keep(line)
	text := bytes.TrimRight(line, "\r\n")
	switch {
	case err == bufio.ErrBufferFull || err == nil && c.tooLong+len(text) > maxLine:
		c.overlong(d, text, err == nil)
		return nil
	case err != nil:
		if len(bytes.TrimSpace(line)) > 0 {
			r := refuse(LineUnterminated, "the connection ended within the line, which is dropped")
			d.Refuse(kinds.Sample, string(r.reason), r.detail, validText(line))
		}
		return err
	case c.tooLong > 0:
		c.overlong(d, text, true)
		return nil
	case bytes.IndexByte(text, 0x04) >= 0:
		r := refuse(EndOfTransmission, "the line holds the character 0x04; it is read all the same")
		d.Refuse(kinds.Sample, string(r.reason), r.detail, validText(text))
	}
	d.detected("", text)
	return nil
}

// keep holds the first lines of the connection, unless nothing is kept at all.
func (c *connection) keep(line []byte) {
	if kept := &c.request.Content; !c.proxy.Store.Discarding() {
		kept.Body = append(kept.Body, line[:min(len(line), exchange.KeptBody-len(kept.Body))]...)
	}
}

// overlong skips a piece of a line that is over the limit; at its end the line is refused.
func (c *connection) overlong(d *decoder, piece []byte, ended bool) {
	c.tooLong += len(piece)
	if !ended {
		return
	}
	r := refuse(LineLength, "the line has %d bytes, the limit is %d", c.tooLong, maxLine)
	d.Refuse(kinds.Sample, string(r.reason), r.detail, validText(piece))
	c.tooLong = 0
}

// store saves a batch, unless a fault has another idea.
func (c *connection) store(d *decoder) error {
	if d.isEmpty() {
		return nil
	}
	effect := c.proxy.faults.Stream(c.ctx, ProxyService, tcpPath)
	if effect.Fault != "" {
		c.request.Fault = effect.Fault
	}
	if effect.Share > 0 || !effect.Cut {
		c.proxy.save(d, tcpPath, effect.Share, c.count)
	}
	if effect.Cut {
		return errCut
	}
	return nil
}

func (c *connection) count(kind string, accepted, refused int) {
	if accepted > 0 {
		c.request.Accepted[kind] += accepted
	}
	if refused > 0 {
		c.request.Rejected[kind] += refused
	}
}
