package wavefront

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/store"
)

// parser reads the elements of a line in turn. After a mistake it reads nothing
// more and keeps the first error.
type parser struct {
	lexer  lexer
	token  string // the next one, if it was peeked at
	peeked bool
	err    error
}

func newParser(line string) *parser { return &parser{lexer: lexer{rest: line}} }

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// peek returns the next token without taking it; more is false at the end or after a mistake.
func (p *parser) peek() (token string, more bool) {
	if p.err != nil {
		return "", false
	}
	if !p.peeked {
		p.token, p.peeked, p.err = p.lexer.next()
	}
	return p.token, p.peeked && p.err == nil
}

func (p *parser) more() bool {
	_, more := p.peek()
	return more
}

// text takes the next token; what names it in the error when there is none.
func (p *parser) text(what string) string {
	token, more := p.peek()
	if !more {
		p.fail("the line ends before %s", what)
		return ""
	}
	p.peeked = false
	return token
}

func (p *parser) literal(want string) {
	if got := p.text(strconv.Quote(want)); got != want {
		p.fail("%q stands where %q is expected", shorten(got), want)
	}
}

func (p *parser) double(what string) float64 {
	text := p.text(what)
	value, err := javaDouble(text)
	if err != nil && p.err == nil {
		p.fail("%s: %q is no number", what, shorten(text))
	}
	return value
}

// timestamp takes the next token if it starts with a digit and returns milliseconds,
// or noTime.
func (p *parser) timestamp() int64 {
	if token, more := p.peek(); !more || token == "" || token[0] < '0' || token[0] > '9' {
		return noTime
	}
	return millisOf(p.double("the timestamp"))
}

// noTime stands for the time of arrival.
const noTime = math.MinInt64

// tag takes key=value.
func (p *parser) tag() store.Dimension {
	key := p.text("a tag")
	p.literal("=")
	return store.Dimension{Key: key, Value: p.text("the value of a tag")}
}

// tags takes key=value up to the end of the line.
func (p *parser) tags() (tags store.Dimensions) {
	for p.more() {
		tags = append(tags, p.tag())
	}
	return tags
}

// end makes sure that nothing follows.
func (p *parser) end() {
	if token, more := p.peek(); more {
		p.fail("unexpected extra input %q", shorten(token))
	}
}

// refusal is the parser's error as the vendor's code for it, or nil.
func (p *parser) refusal() *refusal {
	if p.err == nil {
		return nil
	}
	return refuse(LineUnparsable, "cannot be parsed: %v", p.err)
}

const maxQuotedInErrors = 60

func shorten(text string) string {
	if cut := cutUTF16(text, maxQuotedInErrors); len(cut) < len(text) {
		return cut + "…"
	}
	return text
}

var errNoNumber = errors.New("not a number")

// javaDouble reads what Java's Double.parseDouble reads, which differs from Go's
// forms: nan, inf, +Inf, 0x10 and 1_0 are no numbers, 1f and NaN are.
func javaDouble(text string) (float64, error) {
	digits := strings.TrimLeft(text, "+-")
	switch {
	case len(text)-len(digits) > 1 || digits == "":
		return 0, errNoNumber
	case digits == "NaN" || digits == "Infinity":
		return strconv.ParseFloat(text[:len(text)-len(digits)]+digits[:3], 64)
	case strings.Trim(digits, "0123456789.eE+-fFdD") != "":
		return 0, errNoNumber
	}
	if suffix := digits[len(digits)-1]; strings.IndexByte("fFdD", suffix) >= 0 {
		text = text[:len(text)-1]
	}
	value, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) {
		return value, nil // an infinity, or 0
	}
	return value, err
}

// millisOf tells the unit of a timestamp by its magnitude: seconds, milliseconds,
// microseconds or nanoseconds since 1970.
func millisOf(timestamp float64) int64 {
	switch {
	case timestamp < 1e12:
		return int64(timestamp * 1e3)
	case timestamp < 1e13:
		return int64(timestamp)
	case timestamp < 1e16:
		return int64(timestamp / 1e3)
	}
	return int64(min(timestamp/1e6, 1e15)) // 1e15 ms is far outside of every window
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
