package librato

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"github.com/otelcol-custom/otelcol-custom/internal/openjson"
)

// Chart is a chart of a space.
type Chart struct {
	// ID is set by the service.
	ID   ID     `json:"id,omitempty"`
	Name string `json:"name"`
	// Type is line (the service's default), stacked or bignumber.
	Type    string   `json:"type,omitempty"`
	Streams []Stream `json:"streams"`
	// Min and Max bound the axis.
	Min          *float64 `json:"min,omitempty"`
	Max          *float64 `json:"max,omitempty"`
	Label        string   `json:"label,omitempty"`
	RelatedSpace ID       `json:"related_space,omitempty"`
	UseLogYAxis  *bool    `json:"use_log_yaxis,omitempty"`
	// UseLastValue and Thresholds are those of a bignumber.
	UseLastValue *bool       `json:"use_last_value,omitempty"`
	Thresholds   []Threshold `json:"thresholds,omitzero"`

	// More holds the members that this package does not know; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

// Threshold colors a bignumber.
type Threshold struct {
	// Operator is ">", "<" or "=".
	Operator string  `json:"operator"`
	Value    float64 `json:"value"`
	// Type is red or yellow.
	Type string `json:"type"`
}

// Stream is what a chart draws: a metric, or a composite.
type Stream struct {
	// ID is set by the service.
	ID     ID     `json:"id,omitempty"`
	Metric string `json:"metric,omitempty"`
	Type   string `json:"type,omitempty"`
	// Source is a pattern in the source dialect, % being the one chosen in the space;
	// Tags choose in the tag dialect.
	Source string      `json:"source,omitempty"`
	Tags   TagPatterns `json:"tags,omitzero"`
	// Composite excludes Metric, Source, Tags and GroupFunction.
	Composite string `json:"composite,omitempty"`
	// GroupFunction is average, sum, min, max or breakout.
	GroupFunction string `json:"group_function,omitempty"`
	// SummaryFunction is max, min, average, sum, count or derivative.
	SummaryFunction    string `json:"summary_function,omitempty"`
	DownsampleFunction string `json:"downsample_function,omitempty"`
	// TransformFunction is linear in x.
	TransformFunction string   `json:"transform_function,omitempty"`
	Name              string   `json:"name,omitempty"`
	Color             string   `json:"color,omitempty"`
	UnitsShort        string   `json:"units_short,omitempty"`
	UnitsLong         string   `json:"units_long,omitempty"`
	Min               *float64 `json:"min,omitempty"`
	Max               *float64 `json:"max,omitempty"`
	// Period is in seconds.
	Period       int64 `json:"period,omitempty"`
	SplitAxis    *bool `json:"split_axis,omitempty"`
	GapDetection *bool `json:"gap_detection,omitempty"`
	Position     *int  `json:"position,omitempty"`

	// More holds the members that this package does not know; they are sent back.
	More map[string]json.RawMessage `json:"-"`
}

// The types of a Chart.
const (
	ChartLine      = "line"
	ChartStacked   = "stacked"
	ChartBigNumber = "bignumber"
)

// BigNumber returns a chart of the last value of one stream, which is averaged
// unless it says how its series become one number.
func BigNumber(name string, s Stream) Chart {
	if s.Composite == "" && s.GroupFunction == "" {
		s.GroupFunction = "average"
	}
	if s.SummaryFunction == "" {
		s.SummaryFunction = "average"
	}
	last := true
	return Chart{Name: name, Type: ChartBigNumber, Streams: []Stream{s}, UseLastValue: &last}
}

const chartsRoute = "charts"

// Charts lists the charts of a space. The route has no pages.
func (c *Client) Charts(ctx context.Context, space ID) iter.Seq2[Chart, error] {
	return func(yield func(Chart, error) bool) {
		charts, err := get[[]Chart](ctx, c, spacesRoute, string(space), chartsRoute)
		if err != nil {
			yield(Chart{}, err)
			return
		}
		for _, chart := range *charts {
			if !yield(chart, nil) {
				return
			}
		}
	}
}

// Chart returns one chart.
func (c *Client) Chart(ctx context.Context, space, id ID) (*Chart, error) {
	return get[Chart](ctx, c, spacesRoute, string(space), chartsRoute, string(id))
}

// FindChart returns the chart of exactly that name, in any case; ErrNotFound if there is none.
func (c *Client) FindChart(ctx context.Context, space ID, name string) (*Chart, error) {
	return findNamed(c.Charts(ctx, space), "chart", name, func(ch *Chart) string { return ch.Name })
}

// CreateChart creates a chart in a space and returns it as the service stored it.
func (c *Client) CreateChart(ctx context.Context, space ID, chart Chart) (*Chart, error) {
	chart.ID = ""
	return write[Chart](ctx, c, http.MethodPost, chart, spacesRoute, string(space), chartsRoute)
}

// UpdateChart overwrites a chart, all its streams included, and returns it as the
// service stored it. Read it first, and change what was read: nothing of that is
// lost, whereas the vendor's Python clients drop the tags of streams.
func (c *Client) UpdateChart(ctx context.Context, space ID, chart Chart) (*Chart, error) {
	id := chart.ID
	chart.ID = "" // the path has it
	return write[Chart](ctx, c, http.MethodPut, chart, spacesRoute, string(space), chartsRoute, string(id))
}

// DeleteChart deletes a chart.
func (c *Client) DeleteChart(ctx context.Context, space, id ID) error {
	return c.remove(ctx, spacesRoute, string(space), chartsRoute, string(id))
}

// MarshalJSON writes the chart as the API takes it.
func (c Chart) MarshalJSON() ([]byte, error) {
	type known Chart
	if c.Streams == nil {
		c.Streams = []Stream{}
	}
	return openjson.Marshal(known(c), c.More)
}

// UnmarshalJSON reads a chart.
func (c *Chart) UnmarshalJSON(text []byte) (err error) {
	type known Chart
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*c = Chart(k)
	return err
}

// MarshalJSON writes the stream as the API takes it.
func (s Stream) MarshalJSON() ([]byte, error) {
	type known Stream
	return openjson.Marshal(known(s), s.More)
}

// UnmarshalJSON reads a stream.
func (s *Stream) UnmarshalJSON(text []byte) (err error) {
	type known Stream
	var k known
	k.More, err = openjson.Unmarshal(text, &k)
	*s = Stream(k)
	return err
}
