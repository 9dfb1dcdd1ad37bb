package signalflow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/compute"
)

// Wire is which of the vendor's binary forms the server speaks. All of them were seen
// in use at some time.
type Wire struct {
	// Version of the frames: 1, 2 or 3. 2 and 3 tell the max delay with the data.
	Version int `json:"version"`
	// Zlib compresses with zlib in place of gzip, where a client asks for compression.
	Zlib bool `json:"zlib"`
	// BinaryJSON sends JSON messages in binary frames even to clients that do not ask
	// for compression.
	BinaryJSON bool `json:"binary_json"`
	// Ints sends whole numbers of up to 32 bits as type int in place of long.
	Ints bool `json:"ints"`
}

// Validate says what is wrong.
func (w Wire) Validate() error {
	if w.Version < 1 || w.Version > 3 {
		return errors.New("version: must be 1, 2 or 3")
	}
	return nil
}

// Flags of a frame.
const (
	flagCompressed = 1
	flagJSON       = 2
)

// Value types in data frames.
const (
	wireNull   = 0
	wireLong   = 1
	wireDouble = 2
	wireInt    = 3
)

// Sizes in bytes.
const (
	channelSize = 16
	pointSize   = 17
	// Small data frames come uncompressed even if compression was asked for.
	compressFrom = 128
)

// frame returns a header of 20 bytes and the body. Channels are padded with NULs.
func (w Wire) frame(messageType, flags byte, channel string, body []byte) []byte {
	header := [4]byte{byte(w.Version), messageType, flags, 0}
	if w.Version == 2 { // read as a 16-bit version 512
		header = [4]byte{2, 0, messageType, flags}
	}
	out := make([]byte, 0, len(header)+channelSize+len(body))
	out = append(out, header[:]...)
	out = append(out, channel...)
	out = append(out, make([]byte, channelSize-len(channel))...)
	return append(out, body...)
}

// jsonFrame carries a JSON message.
func (w Wire) jsonFrame(messageType byte, channel string, text []byte, compress bool) []byte {
	if compress {
		return w.frame(messageType, flagJSON|flagCompressed, channel, w.compressed(text))
	}
	return w.frame(messageType, flagJSON, channel, text)
}

// dataFrame carries one batch of one publication:
//
//	timestamp (8) [max delay (8)] count (4) { type (1) tsId (8) value (8) }, all big-endian
func (w Wire) dataFrame(channel string, d data, compress bool) []byte {
	body := make([]byte, 0, 20+pointSize*len(d.points))
	body = binary.BigEndian.AppendUint64(body, uint64(d.time))
	if w.Version > 1 {
		body = binary.BigEndian.AppendUint64(body, uint64(d.maxDelay))
	}
	body = binary.BigEndian.AppendUint32(body, uint32(len(d.points)))
	for _, p := range d.points {
		body = append(body, w.valueType(p.Value))
		body = binary.BigEndian.AppendUint64(body, p.TSID)
		body = binary.BigEndian.AppendUint64(body, p.Value.Bits())
	}
	if compress && len(body) >= compressFrom {
		return w.frame(typeData, flagCompressed, channel, w.compressed(body))
	}
	return w.frame(typeData, 0, channel, body)
}

func (w Wire) valueType(v compute.Value) byte {
	switch v.Kind() {
	case compute.Long:
		if n := int64(v.Bits()); w.Ints && n >= math.MinInt32 && n <= math.MaxInt32 {
			return wireInt
		}
		return wireLong
	case compute.Double:
		return wireDouble
	}
	return wireNull
}

func (w Wire) compressed(body []byte) []byte {
	var out bytes.Buffer
	if w.Zlib {
		writer := zlib.NewWriter(&out)
		_, _ = writer.Write(body) // a buffer takes everything
		_ = writer.Close()
		return out.Bytes()
	}
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write(body)
	_ = writer.Close()
	return out.Bytes()
}
