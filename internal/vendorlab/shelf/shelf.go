// Package shelf keeps objects in bounded number.
package shelf

import "container/list"

// Shelf keeps objects by key: the one that was changed longest ago leaves first. It
// is not safe for concurrent use.
type Shelf[K comparable, V any] struct {
	limit  int
	byKey  map[K]*list.Element
	oldest *list.List // of item[K, V], the oldest at the front
}

type item[K comparable, V any] struct {
	key   K
	value V
}

// New returns a shelf for up to limit objects.
func New[K comparable, V any](limit int) *Shelf[K, V] {
	return &Shelf[K, V]{limit: max(limit, 1), byKey: map[K]*list.Element{}, oldest: list.New()}
}

// Get returns the object with that key.
func (s *Shelf[K, V]) Get(key K) (value V, ok bool) {
	element, ok := s.byKey[key]
	if !ok {
		return value, false
	}
	return element.Value.(item[K, V]).value, true
}

// Put keeps the object as the newest.
func (s *Shelf[K, V]) Put(key K, value V) {
	if element, ok := s.byKey[key]; ok {
		element.Value = item[K, V]{key, value}
		s.oldest.MoveToBack(element)
		return
	}
	for len(s.byKey) >= s.limit {
		s.Remove(s.oldest.Front().Value.(item[K, V]).key)
	}
	s.byKey[key] = s.oldest.PushBack(item[K, V]{key, value})
}

// Remove forgets the object and reports whether it was there.
func (s *Shelf[K, V]) Remove(key K) bool {
	element, ok := s.byKey[key]
	if ok {
		s.oldest.Remove(element)
		delete(s.byKey, key)
	}
	return ok
}

// Clear forgets all objects.
func (s *Shelf[K, V]) Clear() { *s = *New[K, V](s.limit) }

// Values returns all objects, the one that was changed longest ago first.
func (s *Shelf[K, V]) Values() []V {
	values := make([]V, 0, len(s.byKey))
	for element := s.oldest.Front(); element != nil; element = element.Next() {
		values = append(values, element.Value.(item[K, V]).value)
	}
	return values
}

// Keys returns the keys in the order of Values.
func (s *Shelf[K, V]) Keys() []K {
	keys := make([]K, 0, len(s.byKey))
	for element := s.oldest.Front(); element != nil; element = element.Next() {
		keys = append(keys, element.Value.(item[K, V]).key)
	}
	return keys
}
