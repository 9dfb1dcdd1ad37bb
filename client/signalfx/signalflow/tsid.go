package signalflow

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// TSID names a series within one computation. The service may give the same
// series another id in the next computation, so it is no lasting identity.
type TSID uint64

const (
	tsidSize       = 8
	tsidTextLength = 11 // base64url of 8 bytes, without padding
)

// String returns the form used in JSON messages, such as "AAAAAEgCVmg".
func (id TSID) String() string {
	var raw [tsidSize]byte
	binary.BigEndian.PutUint64(raw[:], uint64(id))
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// ParseTSID reads the form used in JSON messages.
func ParseTSID(text string) (TSID, error) { return parseTSID([]byte(text)) }

func parseTSID(text []byte) (TSID, error) {
	if len(text) == tsidTextLength+1 && text[tsidTextLength] == '=' {
		text = text[:tsidTextLength]
	}
	var raw [tsidSize]byte
	if len(text) != tsidTextLength {
		return 0, fmt.Errorf("a series id has %d characters, not %d", tsidTextLength, len(text))
	}
	if _, err := base64.RawURLEncoding.Decode(raw[:], text); err != nil {
		return 0, fmt.Errorf("a series id is not base64url: %w", err)
	}
	return TSID(binary.BigEndian.Uint64(raw[:])), nil
}
