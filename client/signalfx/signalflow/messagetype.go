package signalflow

// MessageType is the kind of a server message, numbered as in binary headers.
type MessageType uint8

// Message types (vendor's Python, Node and Java clients).
const (
	TypeUnknown            MessageType = 0
	TypeControl            MessageType = 1
	TypeInfo               MessageType = 2
	TypeEvent              MessageType = 3
	TypeMetadata           MessageType = 4
	TypeData               MessageType = 5
	TypeError              MessageType = 6
	TypeAuthenticated      MessageType = 7
	TypeComputationStarted MessageType = 8
	TypeEstimation         MessageType = 9
	TypeExpired            MessageType = 10
	TypeLogData            MessageType = 11
	TypeLiveTailStarted    MessageType = 12

	// NumMessageTypes is one more than the largest type.
	NumMessageTypes = 13
)

// typeNames are the values of "type" in JSON messages, and event names of the HTTP transport.
var typeNames = [NumMessageTypes]string{
	TypeUnknown:            "unknown",
	TypeControl:            "control-message",
	TypeInfo:               "message",
	TypeEvent:              "event",
	TypeMetadata:           "metadata",
	TypeData:               "data",
	TypeError:              "error",
	TypeAuthenticated:      "authenticated",
	TypeComputationStarted: "computation-started",
	TypeEstimation:         "estimation",
	TypeExpired:            "expired-tsid",
	TypeLogData:            "log-data",
	TypeLiveTailStarted:    "livetail-started",
}

// String returns the type as JSON messages spell it.
func (t MessageType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return typeNames[TypeUnknown]
}

// typeNamed returns the type that JSON messages spell as name.
func typeNamed(name string) MessageType {
	for t, known := range typeNames[1:] {
		if known == name {
			return MessageType(t + 1)
		}
	}
	if name == "websocket-error" { // a constant of the vendor's Go client
		return TypeError
	}
	return TypeUnknown
}
