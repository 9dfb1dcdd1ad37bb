package exchange

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

func TestPayload(t *testing.T) {
	for _, test := range []struct {
		name, body, encoding string
		want                 any
	}{
		{"nothing was read", "", "", nil},
		{"text", "{", "", "{"},
		{"text that was cut within a character", "a\xe2\x82", "", "a"},
		{"a character at the end", "a\u20ac", "", "a\u20ac"},
		{"bytes", "\xff\x00", "", "in hexadecimal: ff 00"},
		{"not what its encoding says", "plain", "gzip", "plain"},
		{"much", strings.Repeat("x", 5000), "", strings.Repeat("x", 4096)},
	} {
		t.Run(test.name, func(t *testing.T) {
			ex := &Exchange{encoding: test.encoding, request: store.Request{Content: store.Content{Body: []byte(test.body)}}}
			assert.Equal(t, test.want, ex.Payload())
		})
	}
}
