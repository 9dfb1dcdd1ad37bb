package signalflowtest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math"
	"sync"
)

// Point is one value in a data message.
type Point struct {
	TSID uint64
	Kind byte // 0 null, 1 long, 2 double, 3 int; others for tests
	Bits uint64
}

// Double is a point with a floating-point value.
func Double(tsid uint64, v float64) Point { return Point{tsid, 2, math.Float64bits(v)} }

// Long is a point with a 64-bit integer.
func Long(tsid uint64, v int64) Point { return Point{tsid, 1, uint64(v)} }

// Int is a point with a 32-bit integer.
func Int(tsid uint64, v int64) Point { return Point{tsid, 3, uint64(v)} }

// Null is a point without a value.
func Null(tsid uint64) Point { return Point{tsid, 0, 0} }

// ID is a series id as JSON messages have it.
func ID(tsid uint64) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, tsid))
}

// codes are the message types in binary headers.
var codes = map[string]byte{
	"control-message": 1, "message": 2, "event": 3, "metadata": 4, "data": 5, "error": 6,
	"authenticated": 7, "computation-started": 8, "estimation": 9, "expired-tsid": 10,
}

// Compressions of message bodies.
const (
	Plain = ""
	Gzip  = "gzip"
	Zlib  = "zlib"
)

// Frame encodes a binary message in one of the header forms 1, 2 and 3.
func Frame(form byte, code byte, isJSON bool, compression, channel string, body []byte) []byte {
	var flags byte
	if compression != Plain {
		flags |= 1
		body = compress(compression, body)
	}
	if isJSON {
		flags |= 2
	}
	frame := []byte{form, code, flags, 0}
	if form == 2 {
		frame = []byte{2, 0, code, flags}
	}
	frame = append(frame, channel...)
	frame = append(frame, make([]byte, 20-len(frame))...)
	return append(frame, body...)
}

// DataFrame encodes a data message. Form 1 has no maximum delay.
func DataFrame(form byte, compression, channel string, timestampMs, maxDelayMs int64, points ...Point) []byte {
	var body []byte
	body = binary.BigEndian.AppendUint64(body, uint64(timestampMs))
	if form != 1 {
		body = binary.BigEndian.AppendUint64(body, uint64(maxDelayMs))
	}
	body = binary.BigEndian.AppendUint32(body, uint32(len(points)))
	for _, p := range points {
		body = append(body, p.Kind)
		body = binary.BigEndian.AppendUint64(body, p.TSID)
		body = binary.BigEndian.AppendUint64(body, p.Bits)
	}
	return Frame(form, codes["data"], false, compression, channel, body)
}

// Writers are large, and tests send many small messages.
var (
	gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
	zlibWriters = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}
)

type compressor interface {
	io.WriteCloser
	Reset(io.Writer)
}

func compress(how string, body []byte) []byte {
	pool := &gzipWriters
	if how == Zlib {
		pool = &zlibWriters
	}
	w := pool.Get().(compressor)
	defer pool.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// value is the point as JSON has it.
func (p Point) value() any {
	switch p.Kind {
	case 1, 3:
		return int64(p.Bits)
	case 2:
		return math.Float64frombits(p.Bits)
	}
	return nil
}
