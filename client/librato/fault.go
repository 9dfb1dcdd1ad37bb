package librato

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Fault is what the service says about a request that it did not take. It is
// found with errors.As in the errors of this package.
type Fault struct {
	// Messages are the service's, one per complaint, such as
	// "params: measure_time: is too far in the past".
	Messages []string
	// RateLimit is what the answer's headers said.
	RateLimit RateLimit
	// FromBalancer: the answer is that of a load balancer, and says nothing about the measurements.
	FromBalancer bool
}

// maxFaultRunes bounds how much of an answer an error text repeats.
const maxFaultRunes = 300

// Error is the beginning of the messages.
func (f *Fault) Error() string {
	text := strings.Join(f.Messages, ", ")
	if utf8.RuneCountInString(text) > maxFaultRunes {
		text = string([]rune(text)[:maxFaultRunes]) + "..."
	}
	return text
}

// typeConflict is how the service refuses a metric that it knows as another type.
var typeConflict = regexp.MustCompile(`'([^']+)' is an? \w+, but was submitted as different type`)

// TypeConflicts returns the names of metrics that the service knows as another
// type than they were sent as. No request with them can succeed.
func (f *Fault) TypeConflicts() []string {
	var names []string
	for _, m := range f.Messages {
		for _, match := range typeConflict.FindAllStringSubmatch(m, -1) {
			names = append(names, match[1])
		}
	}
	return names
}

// rateLimited reports whether a 403 means the account's limit. The service writes
// "You have hit the API limit for measurements ...".
func (f *Fault) rateLimited() bool {
	for _, m := range f.Messages {
		m = strings.ToLower(m)
		if strings.Contains(m, "hit the api limit") || strings.Contains(m, "rate limit") {
			return true
		}
	}
	return false
}

// parseFault reads an error body in any of the forms that the service and what
// stands in front of it use:
//
//	{"errors": {KEY: TEXT | [TEXT...] | {ATTR: TEXT | [TEXT...] | {SUB: [TEXT...]}}}}
//	{"errors": [TEXT...]}   {"error": TEXT}   {"message": TEXT}   any other text
func parseFault(body []byte) *Fault {
	f := &Fault{RateLimit: RateLimit{-1, -1, -1}}
	body = bytes.TrimSpace(body)
	members, err := orderedMembers(body)
	if err != nil {
		f.add(readable(body))
		return f
	}
	for _, key := range []string{"error", "message"} {
		if text, ok := textOf(find(members, key)); ok {
			f.add(text)
			return f
		}
	}
	if errors := find(members, "errors"); errors != nil {
		f.flatten("", 0, errors)
		return f
	}
	f.add(readable(body))
	return f
}

func (f *Fault) add(message string) {
	if message != "" {
		f.Messages = append(f.Messages, message)
	}
}

// maxFaultDepth is more than any form has; what is nested deeper stays as it is written.
const maxFaultDepth = 4

// flatten adds the messages below value, each with the path of keys that leads to
// it, in the order received. From the attributes of params on, the vendor's clients
// join the items of a list.
func (f *Fault) flatten(path string, depth int, value json.RawMessage) {
	members, err := orderedMembers(value)
	if err == nil && depth < maxFaultDepth {
		for _, m := range members {
			f.flatten(path+m.key+": ", depth+1, m.value)
		}
		return
	}
	var items []json.RawMessage
	if json.Unmarshal(value, &items) != nil {
		f.add(path + plainText(value))
		return
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = plainText(item)
	}
	if depth > 1 {
		texts = []string{strings.Join(texts, ", ")}
	}
	for _, text := range texts {
		f.add(path + text)
	}
}

// plainText is a JSON string's text, and any other value as it is written.
func plainText(value json.RawMessage) string {
	if text, ok := textOf(value); ok {
		return text
	}
	return readable(value)
}

func textOf(value json.RawMessage) (string, bool) {
	var text *string
	if json.Unmarshal(value, &text) != nil || text == nil {
		return "", false
	}
	return readable([]byte(*text)), true
}

// readable drops what does not belong in a line of text.
func readable(text []byte) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(text), ""))), " ")
}

type member struct {
	key   string
	value json.RawMessage
}

func find(members []member, key string) json.RawMessage {
	for _, m := range members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// orderedMembers reads a JSON object without losing the order of its members.
func orderedMembers(text []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errNoObject
	}
	var members []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		members = append(members, member{key.(string), value})
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, err
	}
	return members, nil
}
