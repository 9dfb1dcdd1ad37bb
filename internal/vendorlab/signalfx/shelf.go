package signalfx

import "container/list"

// shelf keeps objects by key, in bounded number: the one that was changed longest
// ago leaves first.
type shelf[K comparable, V any] struct {
	limit   int
	byKey   map[K]*list.Element
	oldest  *list.List // of shelved[K, V], the oldest at the front
	evicted uint64
}

type shelved[K comparable, V any] struct {
	key   K
	value V
}

func newShelf[K comparable, V any](limit int) *shelf[K, V] {
	return &shelf[K, V]{limit: limit, byKey: map[K]*list.Element{}, oldest: list.New()}
}

func (s *shelf[K, V]) get(key K) (value V, ok bool) {
	element, ok := s.byKey[key]
	if !ok {
		return value, false
	}
	return element.Value.(shelved[K, V]).value, true
}

func (s *shelf[K, V]) put(key K, value V) {
	if element, ok := s.byKey[key]; ok {
		element.Value = shelved[K, V]{key, value}
		s.oldest.MoveToBack(element)
		return
	}
	for len(s.byKey) >= s.limit {
		s.remove(s.oldest.Front().Value.(shelved[K, V]).key)
		s.evicted++
	}
	s.byKey[key] = s.oldest.PushBack(shelved[K, V]{key, value})
}

func (s *shelf[K, V]) remove(key K) bool {
	element, ok := s.byKey[key]
	if ok {
		s.oldest.Remove(element)
		delete(s.byKey, key)
	}
	return ok
}

func (s *shelf[K, V]) clear() { *s = *newShelf[K, V](s.limit) }

// update replaces every object and leaves their order.
func (s *shelf[K, V]) update(replace func(V) V) {
	for element := s.oldest.Front(); element != nil; element = element.Next() {
		held := element.Value.(shelved[K, V])
		element.Value = shelved[K, V]{held.key, replace(held.value)}
	}
}

// newest returns all objects, the one that was changed last first.
func (s *shelf[K, V]) newest() []V {
	values := make([]V, 0, len(s.byKey))
	for element := s.oldest.Back(); element != nil; element = element.Prev() {
		values = append(values, element.Value.(shelved[K, V]).value)
	}
	return values
}
