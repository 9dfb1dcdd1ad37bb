package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/exchange"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// maxDecoded bounds the decoded body of a request, in bytes.
const maxDecoded = 512 << 10

// content is what the bodies of a request and of its answer hold.
type content struct {
	Request store.Request `json:"request"`
	// Body is the beginning of the body as sent, in base64.
	Body []byte `json:"body"`
	Cut  bool   `json:"cut"` // there was more than is held
	// Decoded is the body as text, decompressed, protobuf as JSON; Problem says why not, or not all of it.
	Decoded string `json:"decoded"`
	Problem string `json:"problem,omitempty"`
	// Answer is the beginning of the answer's body.
	Answer string `json:"answer"`
}

func (s *server) request(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	found, ok := s.Store.Request(id)
	if err != nil || !ok {
		fail(w, http.StatusNotFound, "no request has this id; see /api/requests, and mind that the oldest leave first")
		return
	}
	c := content{Request: found, Body: found.Content.Body, Answer: string(found.Content.Answer)}
	c.Cut = int64(len(c.Body)) < found.WireBytes && !found.Content.Hidden && !found.Content.Left
	c.decode()
	reply(w, c)
}

func (c *content) decode() {
	kept := c.Request.Content
	switch {
	case kept.Hidden:
		c.Problem = "the bodies are not kept, for they hold secrets"
		return
	case kept.Left:
		c.Problem = "the bodies have left the memory to make room for newer ones"
		return
	}
	headers := c.Request.Headers
	plain, err := exchange.Decompressed(kept.Body, headers["Content-Encoding"], maxDecoded)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && c.Cut || err == nil && c.Cut:
		c.Problem = "only the beginning of the body is held"
	case err != nil:
		c.Problem = "the body is not what its Content-Encoding says: " + err.Error()
		plain = kept.Body
	}
	text, isProtobuf, err := signalfx.Readable(c.Request.Path, headers["Content-Type"], plain)
	switch {
	case c.Request.Vendor != signalfx.Vendor || !isProtobuf:
		c.Decoded, c.Problem = readable(plain, c.Problem)
	case c.Problem != "": // half a message cannot be decoded
	case err != nil:
		c.Problem = err.Error()
	default:
		c.Decoded = string(text[:min(len(text), maxDecoded)])
	}
}

// readable indents JSON and leaves other text alone.
func readable(body []byte, problem string) (string, string) {
	var indented bytes.Buffer
	switch {
	case json.Indent(&indented, body, "", "  ") == nil:
		return indented.String(), problem
	case utf8.Valid(body) || problem != "": // cut text may end within a character
		return string(body), problem
	}
	return "", "the body is no text"
}
