package store

// Event is an event as it arrived.
type Event struct {
	ID         uint64         `json:"id"`
	Vendor     string         `json:"vendor"`
	Received   int64          `json:"received"` // Unix milliseconds
	Timestamp  int64          `json:"timestamp"`
	End        int64          `json:"end,omitempty"` // Unix milliseconds; 0: none was given
	Type       string         `json:"type"`
	Category   string         `json:"category,omitempty"`
	Dimensions Dimensions     `json:"dimensions"`
	Properties map[string]any `json:"properties"`
	// Given names the property that the vendor itself gave, such as an id: another one
	// does not make another event of what was sent twice.
	Given string `json:"-"`
}

// Span is one span of a trace.
type Span struct {
	Vendor     string         `json:"vendor"`
	Received   int64          `json:"received"` // Unix milliseconds
	TraceID    string         `json:"trace_id"`
	SpanID     string         `json:"span_id"`
	ParentID   string         `json:"parent_span_id,omitempty"`
	Service    string         `json:"service"`
	Name       string         `json:"name"`
	Kind       string         `json:"kind"`
	Status     string         `json:"status"`
	Start      int64          `json:"start_ns"`
	Duration   int64          `json:"duration_ns"`
	Attributes map[string]any `json:"attributes"`
	Resource   map[string]any `json:"resource"`
	Events     int            `json:"events"`
	// Logs are what was logged within the span: what came with it, and the span logs that arrived apart from it and
	// are still held.
	Logs []SpanLog `json:"logs,omitempty"`
}

// SpanLog is what was logged at one moment of a span.
type SpanLog struct {
	Vendor    string         `json:"vendor"`
	Received  int64          `json:"received"` // Unix milliseconds
	TraceID   string         `json:"trace_id"`
	SpanID    string         `json:"span_id"`
	Timestamp int64          `json:"timestamp_us"` // Unix microseconds
	Fields    map[string]any `json:"fields"`
}

// Trace is what is held of one trace, spans in order of start.
type Trace struct {
	TraceID  string   `json:"trace_id"`
	Vendor   string   `json:"vendor"`
	Root     string   `json:"root"` // name of the span without a parent, or of the earliest
	Services []string `json:"services"`
	Start    int64    `json:"start_ns"`
	Duration int64    `json:"duration_ns"`
	Spans    []Span   `json:"spans"`
}

// Rejection is an item the vendor would drop, mostly without telling.
type Rejection struct {
	ID       uint64 `json:"id"`
	Vendor   string `json:"vendor"`
	Received int64  `json:"received"` // Unix milliseconds
	Path     string `json:"path"`
	Kind     string `json:"kind"`   // what was refused: datapoint, event, span, request
	Reason   string `json:"reason"` // one of the vendor room's reasons
	Detail   string `json:"detail"` // the limit and what broke it
	Item     any    `json:"item,omitempty"`
}

// Request is one HTTP request to a vendor service.
type Request struct {
	ID        uint64            `json:"id"`
	Vendor    string            `json:"vendor"`
	Received  int64             `json:"received"` // Unix milliseconds
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     string            `json:"query,omitempty"` // secrets masked
	Remote    string            `json:"remote"`
	Headers   map[string]string `json:"headers"`    // secrets masked
	WireBytes int64             `json:"wire_bytes"` // body bytes read, as sent
	BodyBytes int64             `json:"body_bytes"` // after decompression
	Status    int               `json:"status"`     // 0: no answer, the connection was cut
	Duration  int64             `json:"duration_us"`
	Accepted  map[string]int    `json:"accepted"` // items by kind
	Rejected  map[string]int    `json:"rejected"`
	Fault     string            `json:"fault,omitempty"` // the fault that acted
	Error     string            `json:"error,omitempty"` // why it was answered with an error
	Content   Content           `json:"content"`
}

// Content is what of a request's and its answer's bodies is kept.
type Content struct {
	// Body is the beginning of the body as sent, Answer that of the answer's. A request has
	// neither if they hold secrets, or once its share of Limits.BodyBytes is needed for newer ones.
	Body   []byte `json:"-"`
	Answer []byte `json:"-"`
	Held   int    `json:"held"`             // bytes in Body
	Hidden bool   `json:"hidden,omitempty"` // they hold secrets
	Left   bool   `json:"left,omitempty"`   // they had to make room
}

func (c *Content) size() int { return len(c.Body) + len(c.Answer) }
