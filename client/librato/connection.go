package librato

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

// ErrNoTags is AppOptics' rule that a measurement has at least one tag.
var ErrNoTags = errors.New("the measurement has no tags, and AppOptics wants at least one; set tags on it, its queue or its connection")

// Connection submits measurements one at a time, as the vendor's Python clients
// do: with tags that measurements inherit, and names made legal on request. It is
// safe for concurrent use.
type Connection struct {
	*Client
	sanitize func(string) string

	mu   sync.Mutex // guards tags
	tags Tags
}

// NewConnection returns a connection. Sanitize makes metric names legal, see
// SanitizeName; nil leaves them as they are. It is not applied to tags, sources,
// annotations or the names of aggregators.
func NewConnection(client *Client, tags Tags, sanitize func(string) string) *Connection {
	if sanitize == nil {
		sanitize = func(name string) string { return name }
	}
	return &Connection{Client: client, sanitize: sanitize, tags: maps.Clone(tags)}
}

// Tags returns a copy of the connection's tags.
func (c *Connection) Tags() Tags {
	c.mu.Lock()
	defer c.mu.Unlock()
	return MergeTags(c.tags)
}

// SetTags replaces the connection's tags.
func (c *Connection) SetTags(tags Tags) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tags = maps.Clone(tags)
}

// AddTags adds to the connection's tags; a name that exists gets the new value.
func (c *Connection) AddTags(tags Tags) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tags = MergeTags(c.tags, tags)
}

// Measurement is one measurement. The zero value of every member but Name leaves
// it out of the request.
type Measurement struct {
	Name string
	// Value is sent unless Complex is set.
	Value   Number
	Complex *Complex
	// Counter sends a running total; the tag dialect has gauges only.
	Counter bool
	// Source of the source dialect. The tag dialect passes it on, though no service reads it there.
	Source string
	// Tags of the measurement. Nil leaves the choice of dialect to the tags of the
	// connection; an empty map does not.
	Tags Tags
	// InheritTags adds the tags of the connection, and of the queue, below Tags.
	InheritTags bool
	// Time has a resolution of one second; the zero time is that of arrival.
	Time time.Time
	// Properties are for a metric that this measurement creates.
	Properties *Properties
}

// Submit sends one measurement: in the tag dialect when it or the connection has
// tags, else, for Librato, in the source dialect.
//
//	Tags  InheritTags  sent
//	nil   any          those of the connection
//	set   false        exactly Tags
//	set   true         those of the connection, overlaid by Tags
func (c *Connection) Submit(ctx context.Context, m Measurement) (Receipt, error) {
	tags := c.Tags()
	if m.Tags != nil && !m.InheritTags {
		tags = m.Tags
	} else {
		tags = MergeTags(tags, m.Tags)
	}
	d, err := c.dialectFor(m.Tags != nil || len(tags) > 0)
	if err != nil {
		return Receipt{}, err
	}
	one := chunk{dialect: d}
	if err := one.add(&m, c.sanitize(m.Name), tags); err != nil {
		return Receipt{}, err
	}
	return c.Send(ctx, d, one.body())
}

// dialectFor is the dialect of a measurement with or without tags.
func (c *Connection) dialectFor(tagged bool) (Dialect, error) {
	switch {
	case tagged:
		return TagDialect, nil
	case c.api == AppOptics:
		return TagDialect, ErrNoTags
	default:
		return SourceDialect, nil
	}
}
