package signalfx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Category is an event's category, numbered as on the wire.
type Category int64

// Categories of events. UserDefined is the one for custom events.
const (
	Alert            Category = 100000
	Audit            Category = 200000
	Job              Category = 300000
	Collectd         Category = 400000
	ServiceDiscovery Category = 500000
	Exception        Category = 700000
	UserDefined      Category = 1000000
	Agent            Category = 2000000
)

var categoryNames = map[Category]string{
	Alert: "ALERT", Audit: "AUDIT", Job: "JOB", Collectd: "COLLECTD", ServiceDiscovery: "SERVICE_DISCOVERY",
	Exception: "EXCEPTION", UserDefined: "USER_DEFINED", Agent: "AGENT",
}

// String returns the vendor's name, or "" for a number that is no category.
func (c Category) String() string { return categoryNames[c] }

// CategoryByName returns the category of a vendor's name.
func CategoryByName(name string) (Category, bool) {
	for c, n := range categoryNames {
		if n == name {
			return c, true
		}
	}
	return 0, false
}

// AppendEvent appends one event of an EventUploadMessage; a body is any number of
// them, one after the other. Dimensions come from AppendDimension, properties from
// AppendStringProperty and its like. The timestamp is in Unix milliseconds.
//
//	EventUploadMessage.events = 1 (Event)
//	Event.eventType = 1 (string), .category = 4 (enum), .timestamp = 5 (int64)
func AppendEvent(dst []byte, eventType string, dimensions, properties []byte, category Category, timestamp int64) []byte {
	size := 1 + sizeVarint(uint64(len(eventType))) + len(eventType) + len(dimensions) + len(properties) +
		1 + sizeVarint(uint64(category)) + 1 + sizeVarint(uint64(timestamp))
	dst = protowire.AppendVarint(append(dst, 0x0a), uint64(size))
	dst = protowire.AppendString(append(dst, 0x0a), eventType)
	start := len(dst)
	dst = append(dst, dimensions...)
	retag(dst[start:])
	dst = append(dst, properties...)
	dst = protowire.AppendVarint(append(dst, 0x20), uint64(category))
	return protowire.AppendVarint(append(dst, 0x28), uint64(timestamp))
}

// retag turns dimensions of a datapoint into those of an event: the messages are the
// same, the field's number is 2 instead of 6.
func retag(dimensions []byte) {
	for len(dimensions) > 0 {
		dimensions[0] = 0x12
		size, n := protowire.ConsumeVarint(dimensions[1:])
		dimensions = dimensions[1+n+int(size):]
	}
}

// AppendStringProperty appends one property of an event. Key and value must be valid UTF-8.
//
//	Event.properties = 3 (Property), Property.key = 1 (string), .value = 2 (PropertyValue)
//	PropertyValue.strValue = 1 (string), .doubleValue = 2 (double), .intValue = 3 (int64), .boolValue = 4 (bool)
func AppendStringProperty(dst []byte, key, value string) []byte {
	size := 1 + sizeVarint(uint64(len(value))) + len(value)
	dst = appendPropertyHead(dst, key, size)
	return protowire.AppendString(append(dst, 0x0a), value)
}

// AppendDoubleProperty appends one property of an event.
func AppendDoubleProperty(dst []byte, key string, value float64) []byte {
	dst = appendPropertyHead(dst, key, 9)
	return protowire.AppendFixed64(append(dst, 0x11), math.Float64bits(value))
}

// AppendIntProperty appends one property of an event.
func AppendIntProperty(dst []byte, key string, value int64) []byte {
	dst = appendPropertyHead(dst, key, 1+sizeVarint(uint64(value)))
	return protowire.AppendVarint(append(dst, 0x18), uint64(value))
}

// AppendBoolProperty appends one property of an event.
func AppendBoolProperty(dst []byte, key string, value bool) []byte {
	dst = appendPropertyHead(dst, key, 2)
	return protowire.AppendVarint(append(dst, 0x20), protowire.EncodeBool(value))
}

// appendPropertyHead appends everything before a PropertyValue of valueSize bytes.
func appendPropertyHead(dst []byte, key string, valueSize int) []byte {
	size := 1 + sizeVarint(uint64(len(key))) + len(key) + 1 + sizeVarint(uint64(valueSize)) + valueSize
	dst = protowire.AppendVarint(append(dst, 0x1a), uint64(size))
	dst = protowire.AppendString(append(dst, 0x0a), key)
	return protowire.AppendVarint(append(dst, 0x12), uint64(valueSize))
}
