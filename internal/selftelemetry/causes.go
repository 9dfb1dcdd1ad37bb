package selftelemetry

import "sync"

// maxCauses bounds what is remembered.
const maxCauses = 200

// causes remembers what was warned about.
type causes struct {
	mu   sync.Mutex
	seen map[string]struct{}
}

// first reports whether it is asked about a cause for the first time; once there are
// too many, none is.
func (c *causes) first(cause string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.seen[cause]; known || len(c.seen) >= maxCauses {
		return false
	}
	if c.seen == nil {
		c.seen = make(map[string]struct{})
	}
	c.seen[cause] = struct{}{}
	return true
}
