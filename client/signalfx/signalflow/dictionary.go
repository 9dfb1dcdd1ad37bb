package signalflow

import (
	"encoding/binary"
	"sync"
)

// The series of a program share their keys and most values. A dictionary keeps
// those once, so that a series costs a few bytes per property. What is unlikely to
// repeat, the value of a key that has had maxDictionaryValues others, is kept with
// its series; both bounds hold a dictionary's own size down.
const (
	maxDictionaryKeys   = 4096
	maxDictionaryValues = 256
)

// dictionary is safe for concurrent use: series are read in any goroutine while
// the computation receives more of them.
type dictionary struct {
	mu   sync.RWMutex
	ids  map[string]uint64
	keys []*dictionaryKey
}

type dictionaryKey struct {
	name   string
	ids    map[string]uint64
	values []string
}

// Packed properties, one after another:
//
//	property = key tag value
//	key      = uvarint of its number in the dictionary + 1 | 0 text
//	tag      = ValueKind, plus inDictionary
//	value    = uvarint of its number in the dictionary, if inDictionary
//	         | text            (ValueString, ValueJSON)
//	         | 8 bytes         (all others)
//	text     = uvarint of its length, bytes
const inDictionary = 1 << 3

// pack appends the properties of a valid JSON object.
func (d *dictionary) pack(dst, object []byte) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, raw := range members(object) {
		key := d.key(name)
		if key == nil {
			dst = appendText(append(dst, 0), name)
		} else {
			dst = binary.AppendUvarint(dst, d.ids[key.name]+1)
		}
		switch raw[0] {
		case '"':
			dst = key.appendValue(dst, ValueString, plainText(raw))
		case '{', '[':
			dst = key.appendValue(dst, ValueJSON, raw)
		default:
			kind, bits := parseScalar(raw)
			dst = binary.BigEndian.AppendUint64(append(dst, byte(kind)), bits)
		}
	}
	return dst
}

// key returns the entry of a name, nil if the dictionary is full.
func (d *dictionary) key(name []byte) *dictionaryKey {
	if id, ok := d.ids[string(name)]; ok {
		return d.keys[id]
	}
	if len(d.keys) == maxDictionaryKeys {
		return nil
	}
	if d.ids == nil {
		d.ids = make(map[string]uint64)
	}
	key := &dictionaryKey{name: string(name), ids: make(map[string]uint64)}
	d.ids[key.name] = uint64(len(d.keys))
	d.keys = append(d.keys, key)
	return key
}

// appendValue appends tag and value; k is nil for a key outside the dictionary.
func (k *dictionaryKey) appendValue(dst []byte, kind ValueKind, text []byte) []byte {
	if k != nil {
		id, ok := k.ids[string(text)]
		if !ok && len(k.values) < maxDictionaryValues {
			value := string(text)
			id, ok = uint64(len(k.values)), true
			k.values = append(k.values, value)
			k.ids[value] = id
		}
		if ok {
			return binary.AppendUvarint(append(dst, byte(kind)|inDictionary), id)
		}
	}
	return appendText(append(dst, byte(kind)), text)
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// unpack returns the first of packed properties, and the rest.
func (d *dictionary) unpack(packed string) (key string, value Value, rest string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, packed := takeUvarint(packed)
	var entry *dictionaryKey
	if id == 0 {
		key, packed = takeText(packed)
	} else {
		entry = d.keys[id-1]
		key = entry.name
	}
	tag := packed[0]
	packed = packed[1:]
	value.kind = ValueKind(tag &^ inDictionary)
	switch {
	case tag&inDictionary != 0:
		id, packed = takeUvarint(packed)
		value.text = entry.values[id]
	case value.kind == ValueString || value.kind == ValueJSON:
		value.text, packed = takeText(packed)
	default:
		for _, b := range []byte(packed[:8]) {
			value.bits = value.bits<<8 | uint64(b)
		}
		packed = packed[8:]
	}
	return key, value, packed
}

func takeText(packed string) (text, rest string) {
	n, packed := takeUvarint(packed)
	return packed[:n], packed[n:]
}

func takeUvarint(packed string) (n uint64, rest string) {
	for i := 0; ; i++ {
		n |= uint64(packed[i]&0x7f) << (7 * i)
		if packed[i] < 0x80 {
			return n, packed[i+1:]
		}
	}
}
