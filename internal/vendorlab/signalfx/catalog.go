package signalfx

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/shelf"
)

// Catalog is what the API was told about dimensions, metrics and tags, and the
// other objects it keeps. All methods may be called concurrently.
type Catalog struct {
	mu         sync.Mutex
	dimensions *shelf.Shelf[dimensionID, Dimension]
	metrics    *shelf.Shelf[string, Metric]
	tags       *shelf.Shelf[string, Tag]
	objects    map[string]*shelf.Shelf[string, jsonObject] // by kind
	lastID     uint64
}

// maxObjects bounds each kind of object that a catalog holds.
const maxObjects = 10_000

// NewCatalog returns an empty catalog.
func NewCatalog() *Catalog {
	c := &Catalog{
		dimensions: shelf.New[dimensionID, Dimension](maxObjects),
		metrics:    shelf.New[string, Metric](maxObjects),
		tags:       shelf.New[string, Tag](maxObjects),
		objects:    map[string]*shelf.Shelf[string, jsonObject]{},
	}
	for kind := range objectKinds {
		c.objects[kind] = shelf.New[string, jsonObject](maxObjects)
	}
	return c
}

// Reset forgets everything.
func (c *Catalog) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dimensions.Clear()
	c.metrics.Clear()
	c.tags.Clear()
	for _, objects := range c.objects {
		objects.Clear()
	}
}

// Annotations is what can be said about a dimension, a metric or a tag, in the
// vendor's names.
type Annotations struct {
	Description      string            `json:"description"`
	CustomProperties map[string]string `json:"customProperties"`
	Tags             []string          `json:"tags,omitzero"` // nil for a tag, which has none
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

type dimensionID struct{ key, value string }

// Metric is a metric's metadata.
type Metric struct {
	Name string `json:"name"`
	Type string `json:"type"` // GAUGE, COUNTER, CUMULATIVE_COUNTER or HISTOGRAM
	Annotations
}

// Tag is a tag's metadata.
type Tag struct {
	Name string `json:"name"`
	Annotations
}

// Who made an object: the vendor's id for itself, and one for everybody with a token.
const (
	bySystem = "AAAAAAAAAAA"
	byToken  = UserID
)

func newAnnotations(creator string, created int64) Annotations {
	return Annotations{
		CustomProperties: map[string]string{}, Tags: []string{},
		Creator: creator, Created: created,
		LastUpdatedBy: creator, LastUpdated: created,
	}
}

func (a *Annotations) annotations() *Annotations { return a }

func (a *Annotations) unshare() {
	a.CustomProperties, a.Tags = maps.Clone(a.CustomProperties), slices.Clone(a.Tags)
}

// annotated is one of the objects above.
type annotated[V any] interface {
	*V
	annotations() *Annotations
}

// edit changes an object, which begins as fresh if it is not there yet, and returns
// it. When apply refuses, or keep is false, nothing changes.
func edit[K comparable, V any, P annotated[V]](c *Catalog, on *shelf.Shelf[K, V], key K, fresh V, now time.Time, keep bool, apply func(P) error) (V, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	object, ok := on.Get(key)
	if !ok {
		object = fresh
	}
	a := P(&object).annotations()
	a.unshare()
	if err := apply(&object); err != nil {
		return object, err
	}
	a.LastUpdatedBy, a.LastUpdated = byToken, now.UnixMilli()
	if keep {
		on.Put(key, object)
		a.unshare()
	}
	return object, nil
}

func get[K comparable, V any, P annotated[V]](c *Catalog, from *shelf.Shelf[K, V], key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	object, ok := from.Get(key)
	P(&object).annotations().unshare()
	return object, ok
}

func all[K comparable, V any, P annotated[V]](c *Catalog, from *shelf.Shelf[K, V]) []V {
	c.mu.Lock()
	defer c.mu.Unlock()
	objects := from.Values()
	slices.Reverse(objects)
	for i := range objects {
		P(&objects[i]).annotations().unshare()
	}
	return objects
}

// Dimension returns what the API was told about a dimension.
func (c *Catalog) Dimension(key, value string) (Dimension, bool) {
	return get(c, c.dimensions, dimensionID{key, value})
}

// Dimensions returns all dimensions the API was told about, the one changed last first.
func (c *Catalog) Dimensions() []Dimension { return all(c, c.dimensions) }

// Metric returns what the API was told about a metric.
func (c *Catalog) Metric(name string) (Metric, bool) { return get(c, c.metrics, name) }

// Metrics returns all metrics the API was told about, the one changed last first.
func (c *Catalog) Metrics() []Metric { return all(c, c.metrics) }

// Tags returns all tags the API was told about by name and those in use, by name.
func (c *Catalog) Tags() []Tag {
	byName := map[string]Tag{}
	use := func(a *Annotations) {
		for _, name := range a.Tags {
			byName[name] = newTag(name, bySystem, a.LastUpdated)
		}
	}
	for _, d := range c.Dimensions() {
		use(&d.Annotations)
	}
	for _, m := range c.Metrics() {
		use(&m.Annotations)
	}
	for _, tag := range all(c, c.tags) {
		byName[tag.Name] = tag
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
}

func newTag(name, creator string, created int64) Tag {
	tag := Tag{Name: name, Annotations: newAnnotations(creator, created)}
	tag.Tags = nil
	return tag
}

// removeTag forgets a tag and takes it off all objects.
func (c *Catalog) removeTag(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	removed := c.tags.Remove(name)
	fromDimensions, fromMetrics := takeOff(c.dimensions, name), takeOff(c.metrics, name)
	return removed || fromDimensions || fromMetrics
}

func takeOff[K comparable, V any, P annotated[V]](on *shelf.Shelf[K, V], tag string) (removed bool) {
	for _, key := range on.Keys() {
		object, _ := on.Get(key)
		a := P(&object).annotations()
		if slices.Contains(a.Tags, tag) {
			a.unshare()
			a.Tags = slices.DeleteFunc(a.Tags, func(t string) bool { return t == tag })
			on.Put(key, object)
			removed = true
		}
	}
	return removed
}
