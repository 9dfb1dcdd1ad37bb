package apply

import (
	"errors"
	"fmt"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/input"
)

// File is what a file says: alerts, and spaces with their charts.
type File struct {
	Alerts []Alert
	Spaces []Space
}

// Alert is an alert of a file.
type Alert struct {
	Name    string
	Members object
}

// Space is a space of a file.
type Space struct {
	Name string
	// TagBased is set when the file says so; it counts for a new space only.
	TagBased *bool
	Charts   []Chart
}

// Chart is a chart of a file.
type Chart struct {
	Name    string
	Members object
}

// Parse reads a file, which is YAML or JSON:
//
//	alerts:
//	  - name: NAME
//	    MEMBER: as the API has it; services may be titles
//	spaces:
//	  - name: NAME
//	    charts:
//	      - name: NAME
//	        MEMBER: as the API has it
func Parse(text []byte) (*File, error) {
	text, err := input.ToJSON(text)
	if err != nil {
		return nil, err
	}
	var top object
	if err := decode(text, &top); err != nil || top == nil {
		return nil, errors.New("is no map of alerts and spaces")
	}
	p := &parser{}
	f := &File{}
	for key, value := range top {
		switch key {
		case "alerts":
			p.each(key, value, func(where, name string, members object) {
				f.Alerts = append(f.Alerts, Alert{name, members})
			})
		case "spaces":
			p.each(key, value, func(where, name string, members object) { f.Spaces = append(f.Spaces, p.space(where, name, members)) })
		default:
			p.fail("%q is neither alerts nor spaces", key)
		}
	}
	return f, p.err
}

// parser keeps the first mistake.
type parser struct{ err error }

func (p *parser) fail(format string, a ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, a...)
	}
}

// each calls f for the items of a list, each of which needs a name of its own.
func (p *parser) each(where string, value any, f func(where, name string, members object)) {
	list, ok := value.([]any)
	if !ok && value != nil {
		p.fail("%s: is no list", where)
	}
	seen := map[string]bool{}
	for i, item := range list {
		at := fmt.Sprintf("%s[%d]", where, i)
		members, ok := item.(object)
		name, _ := members["name"].(string)
		switch folded := strings.ToLower(name); {
		case !ok || name == "":
			p.fail("%s: has no name", at)
		case seen[folded]:
			p.fail("%s: the name %q is there twice; case does not count", at, name)
		default:
			seen[folded] = true
			f(at, name, members)
		}
	}
}

func (p *parser) space(where, name string, members object) Space {
	s := Space{Name: name}
	for key, value := range members {
		switch key {
		case "name":
		case "tags":
			tagBased, ok := value.(bool)
			if !ok {
				p.fail("%s.tags: is neither true nor false", where)
			}
			s.TagBased = &tagBased
		case "charts":
			p.each(where+".charts", value, func(_, name string, members object) { s.Charts = append(s.Charts, Chart{name, members}) })
		default:
			p.fail("%s: a space has no %q, but name, tags and charts", where, key)
		}
	}
	return s
}
