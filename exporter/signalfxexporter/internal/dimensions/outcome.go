package dimensions

import "github.com/otelcol-custom/otelcol-custom/internal/enum"

// Outcome is what became of an update. Every update has exactly one outcome besides
// Accepted and Retried.
type Outcome uint8

const (
	Accepted      Outcome = iota // it waits to be sent; its outcome follows
	Sent                         // the service took it
	Unchanged                    // the service has it already, so nothing was sent
	Merged                       // it became part of an update that waits
	Retried                      // an attempt failed and will be repeated; not an end
	DroppedFull                  // no room for another dimension
	Rejected                     // the service will never take it
	GivenUp                      // every attempt failed
	Abandoned                    // not sent when the exporter shut down, or came after it
	Invalid                      // no key or value, or one over the service's limits
	Empty                        // nothing was left of it after the configured exclusions
	Kept                         // a deletion, which is configured to keep what the dimension has
	UnknownEntity                // an entity event of a type without an id key
	Malformed                    // an entity event without a type, event type or id
	outcomeCount
)

var outcomeNames = [outcomeCount]string{
	"accepted", "sent", "unchanged", "merged", "retried", "dropped_full", "rejected", "given_up", "abandoned",
	"invalid", "empty", "kept", "unknown_entity", "malformed",
}

// String returns the spelling that telemetry and the README use.
func (o Outcome) String() string { return outcomeNames[o] }

// Outcomes returns every outcome.
func Outcomes() []Outcome { return enum.Below(outcomeCount) }

// Change says what was altered in, or left out of, an update. One update may have several.
type Change uint8

const (
	PropertyExcluded     Change = iota // by the configured filters
	PropertyRenamed                    // a name with characters or a beginning that the vendor does not take
	PropertyRepeated                   // left out, since another one has the same name after renaming
	PropertyNameTooLong                // over 128 characters, or empty; left out
	PropertyValueTooLong               // over 256 characters; left out
	PropertyOverflow                   // beyond the 50th of a dimension; left out
	TagIllFormed                       // over 256 characters, or not beginning with a letter; left out
	TagOverflow                        // beyond the 50th of a dimension; left out
	TagDropped                         // the configuration leaves tags out
	TagRefused                         // the service took the update without its tags only
	InvalidUTF8                        // bytes that are not UTF-8 were replaced
	DescriptionCut                     // the description of a metric was cut after 1024 characters
	changeCount
)

var changeNames = [changeCount]string{
	"property_excluded", "property_renamed", "property_repeated", "property_name_too_long", "property_value_too_long",
	"property_overflow", "tag_ill_formed", "tag_overflow", "tag_dropped", "tag_refused", "invalid_utf8", "description_cut",
}

// String returns the spelling that telemetry and the README use.
func (c Change) String() string { return changeNames[c] }

// Changes returns every change.
func Changes() []Change { return enum.Below(changeCount) }

// changes counts the changes to one update.
type changes [changeCount]int
