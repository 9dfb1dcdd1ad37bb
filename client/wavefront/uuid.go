package wavefront

import (
	"encoding/hex"
	"fmt"
)

// UUID identifies a trace or span. The zero UUID is none.
type UUID [16]byte

// SpanUUID widens the 8 bytes that span IDs have elsewhere, with zeros in front.
func SpanUUID(id [8]byte) (u UUID) {
	copy(u[8:], id[:])
	return u
}

// ParseUUID reads the 8-4-4-4-12 form, in either case.
func ParseUUID(s string) (u UUID, err error) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, fmt.Errorf("wavefront: %q is no UUID; want 8-4-4-4-12 hexadecimal digits", s)
	}
	if _, err := hex.Decode(u[:], []byte(s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:])); err != nil {
		return UUID{}, fmt.Errorf("wavefront: %q is no UUID: %w", s, err)
	}
	return u, nil
}

// String returns the 8-4-4-4-12 form.
func (u UUID) String() string { return string(AppendUUID(nil, u)) }

// AppendUUID appends the 8-4-4-4-12 form in lower case.
func AppendUUID(dst []byte, u UUID) []byte {
	dst = hex.AppendEncode(dst, u[:4])
	dst = hex.AppendEncode(append(dst, '-'), u[4:6])
	dst = hex.AppendEncode(append(dst, '-'), u[6:8])
	dst = hex.AppendEncode(append(dst, '-'), u[8:10])
	return hex.AppendEncode(append(dst, '-'), u[10:])
}
