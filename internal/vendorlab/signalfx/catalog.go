package signalfx

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Catalog is what the API was told about dimensions, metrics and tags, and the
// other objects it keeps. All methods may be called concurrently.
type Catalog struct {
	mu         sync.Mutex
	dimensions *shelf[dimensionID, Dimension]
}

// maxObjects bounds each kind of object that a catalog holds.
const maxObjects = 10_000

// NewCatalog returns an empty catalog.
func NewCatalog() *Catalog {
	c := &Catalog{}
	c.Reset()
	return c
}

// Reset forgets everything.
func (c *Catalog) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dimensions = newShelf[dimensionID, Dimension](maxObjects)
}

type dimensionID struct{ key, value string }

// Annotations is what can be said about a dimension, a metric or a tag, in the
// vendor's names.
type Annotations struct {
	Description      string            `json:"description"`
	CustomProperties map[string]string `json:"customProperties"`
	Tags             []string          `json:"tags"`
	Creator          string            `json:"creator"`
	Created          int64             `json:"created"` // Unix milliseconds
	LastUpdatedBy    string            `json:"lastUpdatedBy"`
	LastUpdated      int64             `json:"lastUpdated"`
}

// Dimension is a dimension's metadata.
type Dimension struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Annotations
}

// Who made an object: the vendor's id for itself, and one for everybody with a token.
const (
	bySystem = "AAAAAAAAAAA"
	byToken  = "AAAAAAAAAAE"
)

// Dimension returns what the API was told about a dimension.
func (c *Catalog) Dimension(key, value string) (Dimension, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.dimensions.get(dimensionID{key, value})
	found.Annotations = found.clone()
	return found, ok
}

// Dimensions returns all dimensions the API was told about, the one changed last first.
func (c *Catalog) Dimensions() []Dimension {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.dimensions.newest()
	for i := range all {
		all[i].Annotations = all[i].clone()
	}
	return all
}

// changeDimension applies change to a dimension, which is made if it is not there
// yet, and returns it. When change refuses, or keep is false, nothing changes.
func (c *Catalog) changeDimension(key, value string, now time.Time, keep bool, change func(*Annotations) error) (Dimension, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.dimensions.get(dimensionID{key, value})
	if !ok {
		d = Dimension{Key: key, Value: value, Annotations: newAnnotations(byToken, now)}
	}
	changed, err := d.changed(now, change)
	if err != nil {
		return Dimension{}, err
	}
	d.Annotations = changed
	if keep {
		c.dimensions.put(dimensionID{key, value}, d)
	}
	d.Annotations = d.clone()
	return d, nil
}

func newAnnotations(creator string, now time.Time) Annotations {
	return Annotations{
		CustomProperties: map[string]string{}, Tags: []string{},
		Creator: creator, Created: now.UnixMilli(),
		LastUpdatedBy: creator, LastUpdated: now.UnixMilli(),
	}
}

// changed returns a changed copy.
func (a Annotations) changed(now time.Time, change func(*Annotations) error) (Annotations, error) {
	a = a.clone()
	if err := change(&a); err != nil {
		return Annotations{}, err
	}
	a.LastUpdatedBy, a.LastUpdated = byToken, now.UnixMilli()
	return a, nil
}

func (a Annotations) clone() Annotations {
	a.CustomProperties, a.Tags = maps.Clone(a.CustomProperties), slices.Clone(a.Tags)
	return a
}
