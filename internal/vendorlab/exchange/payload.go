package exchange

import (
	"fmt"
	"unicode/utf8"
)

// Bounds of what is shown of a refused request's body, in bytes.
const (
	maxPayload = 4096
	maxHex     = 256
)

// Payload is the beginning of the body as far as it was read, for the rejection of a whole request: decompressed, as
// text or in hexadecimal. It is nil if nothing was read, or if it holds secrets.
func (ex *Exchange) Payload() any {
	body := ex.request.Content.Body
	if plain, _ := Decompressed(body, ex.encoding, maxPayload); len(plain) > 0 {
		body = plain
	}
	switch body = body[:min(len(body), maxPayload)]; {
	case len(body) == 0:
		return nil
	case utf8.Valid(wholeCharacters(body)):
		return string(wholeCharacters(body))
	}
	return fmt.Sprintf("in hexadecimal: % x", body[:min(len(body), maxHex)])
}

// wholeCharacters leaves off a character that was cut at the end.
func wholeCharacters(text []byte) []byte {
	for cut := 1; cut < utf8.UTFMax && cut <= len(text); cut++ {
		if at := len(text) - cut; utf8.RuneStart(text[at]) {
			if !utf8.FullRune(text[at:]) {
				return text[:at]
			}
			break
		}
	}
	return text
}
