package signalflow

import (
	"bytes"
	"errors"
	"fmt"
)

// A binary message is a header of 20 bytes and a body, everything big-endian.
// The vendor's clients know three forms of the header, told apart by byte 0:
//
//	form  byte 0  byte 1  byte 2  byte 3  bytes 4..19
//	1     01      type    flags   00      channel, padded with NUL
//	2     02      00      type    flags   channel      (a 16-bit version 0x0200)
//	3     03      type    flags   00      channel
//
// Data bodies begin with the logical timestamp (8 bytes), from form 2 on the
// maximum delay (8), and the number of points (4); all other bodies are JSON.
const headerSize = 4 + channelSize

// Flags of a header. The body is decompressed first, then read as JSON or not.
const (
	flagCompressed = 1 << 0
	flagJSON       = 1 << 1
)

// Forms of a message.
const (
	formText = 0 // JSON from a text message or the HTTP transport; it has no header
	form1    = 1
	form2    = 2
	form3    = 3
)

// frame is one message of a channel as it came, not yet decompressed or decoded.
type frame struct {
	typ   MessageType
	form  uint8
	flags uint8
	body  []byte
	err   error // why there is no body
}

// frameOverhead is about what the queue spends on a frame besides its body.
const frameOverhead = 64

func (f frame) size() int { return len(f.body) + frameOverhead }

// parseFrame splits a binary message. Both results alias b. The type is not
// checked: unknown ones are the caller's to count.
func parseFrame(b []byte) (channel []byte, f frame, err error) {
	if len(b) < headerSize {
		return nil, frame{}, fmt.Errorf("binary message of %d bytes is shorter than its header of %d", len(b), headerSize)
	}
	f = frame{form: b[0], typ: MessageType(b[1]), flags: b[2], body: b[headerSize:]}
	if f.form < form1 || f.form > form3 {
		return nil, frame{}, fmt.Errorf("binary message of unknown form %d", f.form)
	}
	// Type 0 does not exist, so a zero in byte 1 means the version takes two bytes.
	if f.form != form1 && b[1] == 0 {
		f.typ, f.flags = MessageType(b[2]), b[3]
	}
	return bytes.TrimRight(b[4:headerSize], "\x00"), f, nil
}

// messageTooLong is the error of a message of which only the header was kept. It ends
// nothing: other computations of its connection have no part in it.
func messageTooLong(limit int) error {
	return fmt.Errorf("a message is longer than %d bytes: raise MaxMessageSize or narrow the program", limit)
}

// Reasons why a body cannot be decoded.
var (
	errShortPrelude = errors.New("data message ends inside its prelude")
	errShortPoints  = errors.New("data message has fewer points than it announces")
)
