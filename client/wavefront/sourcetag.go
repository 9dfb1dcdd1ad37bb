package wavefront

import "fmt"

// Tags and the description of a source are lines for a proxy only:
//
//	@SourceTag action=add|save|delete source="src" "tag" {"tag"} LF
//	@SourceDescription action=save|delete source="src" ["text"] LF
//
// Save replaces all tags of the source. Tags have the characters of metric names.

// Action is what becomes of a source's tags or description.
type Action string

const (
	Add    Action = "add"    // tags only
	Save   Action = "save"   // replaces what there is
	Delete Action = "delete" // the tags that are named, or the description
)

// AppendSourceTags appends a line that changes the tags of a source; it takes at least one.
func (e *Encoder) AppendSourceTags(dst []byte, action Action, source string, tags ...string) ([]byte, Change, error) {
	if action != Add && action != Save && action != Delete || len(tags) == 0 {
		return dst, 0, fmt.Errorf("source tag action %q with %d tags: %w", action, len(tags), BadAction)
	}
	begin := len(dst)
	dst, all, err := e.appendSourceAction(dst, "@SourceTag", action, source)
	for _, tag := range tags {
		if err == nil && (IsBlankName(tag)) {
			err = BlankValue
		}
		if err != nil {
			break
		}
		var rewritten bool
		if dst, rewritten = appendLegal(append(dst, ` "`...), tag); rewritten {
			all |= TextRewritten
		}
		dst = append(dst, '"')
	}
	if err != nil {
		return dst[:begin], 0, fmt.Errorf("source tag: %w", err)
	}
	return append(dst, '\n'), all, nil
}

// AppendSourceDescription appends a line that sets the description of a source
// with Save, or takes it away with Delete and no text.
func (e *Encoder) AppendSourceDescription(dst []byte, action Action, source, text string) ([]byte, Change, error) {
	if action != Save && action != Delete || (action == Delete) != IsBlank(text) {
		return dst, 0, fmt.Errorf("source description action %q: %w", action, BadAction)
	}
	begin := len(dst)
	dst, change, err := e.appendSourceAction(dst, "@SourceDescription", action, source)
	if err == nil && action == Save {
		var more Change
		dst, more, err = e.appendNamedText(dst, ` "`, text, 0, BlankValue, ValueTooLong)
		change |= more
	}
	if err != nil {
		return dst[:begin], 0, fmt.Errorf("source description: %w", err)
	}
	return append(dst, '\n'), change, nil
}

func (e *Encoder) appendSourceAction(dst []byte, what string, action Action, source string) ([]byte, Change, error) {
	dst = append(append(append(dst, what...), " action="...), action...)
	return e.sourceOr(dst, source)
}
