package flow

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

// at is data of some series at a second.
func at(second int64, series ...signalflow.TSID) *signalflow.Data {
	d := &signalflow.Data{LogicalTimestampMs: second * 1000}
	for _, id := range series {
		d.Points = append(d.Points, signalflow.Point{TSID: id, Kind: signalflow.KindLong})
	}
	return d
}

// recorder notes which point of which time was shown.
type recorder struct{ shown []string }

func (r *recorder) Points(points []Point) error {
	for _, p := range points {
		r.shown = append(r.shown, fmt.Sprint(p.Timestamp/1000, " ", p.Dimensions[0].Value))
	}
	return nil
}
func (*recorder) Event(Event) error       { return nil }
func (*recorder) Gone(*signalflow.Series) {}
func (*recorder) Note(string)             {}

func TestNothingIsShownTwiceAndNothingIsLost(t *testing.T) {
	id := func(n signalflow.TSID) string { return n.String() }
	for name, c := range map[string]struct {
		messages []*signalflow.Data // nil is a lost connection
		want     []string
	}{
		"blocks of one time": {[]*signalflow.Data{at(1, 1), at(1, 2)}, []string{"1 " + id(1), "1 " + id(2)}},
		"points that come late": {[]*signalflow.Data{at(2, 1), at(1, 2), at(2, 2)},
			[]string{"2 " + id(1), "1 " + id(2), "2 " + id(2)}},
		"a connection lost within a time": {[]*signalflow.Data{at(1, 1, 2), at(2, 1), nil, at(2, 1, 2), at(3, 1)},
			[]string{"1 " + id(1), "1 " + id(2), "2 " + id(1), "2 " + id(2), "3 " + id(1)}},
		"the service begins earlier than asked": {[]*signalflow.Data{at(2, 1), nil, at(1, 1), at(2, 1), at(3, 1)},
			[]string{"2 " + id(1), "3 " + id(1)}},
		"a connection lost twice at one time": {[]*signalflow.Data{at(2, 1), nil, at(2, 1), nil, at(2, 1, 2)},
			[]string{"2 " + id(1), "2 " + id(2)}},
		"lost before anything came": {[]*signalflow.Data{nil, at(1, 1)}, []string{"1 " + id(1)}},
	} {
		t.Run(name, func(t *testing.T) {
			view := &recorder{}
			r := &run{view: view}
			for _, m := range c.messages {
				if m == nil {
					r.resume(errors.New("lost"))
					continue
				}
				require.NoError(t, r.show(m))
			}
			assert.Equal(t, c.want, view.shown)
		})
	}
}

func TestLimit(t *testing.T) {
	view := &recorder{}
	r := &run{view: view, limit: 3}
	require.NoError(t, r.show(at(1, 1, 2)))
	require.ErrorIs(t, r.show(at(2, 1, 2)), errEnough)
	assert.Len(t, view.shown, 3)
}

func TestAConnectionThatBringsDataIsNotFruitless(t *testing.T) {
	r := &run{view: &recorder{}, fruitless: maxFruitless - 1}
	require.NoError(t, r.show(&signalflow.Info{Code: signalflow.InfoRunningResolution}))
	assert.Equal(t, maxFruitless-1, r.fruitless)
	require.NoError(t, r.show(at(1, 1)))
	assert.Zero(t, r.fruitless)
}

func TestNotes(t *testing.T) {
	for _, c := range []struct {
		info signalflow.Info
		want string
	}{
		{signalflow.Info{Code: signalflow.InfoRunningResolution, Contents: signalflow.InfoContents{ResolutionMs: 10_000}}, "resolution 10s"},
		{signalflow.Info{Code: signalflow.InfoLimitedResultSet, Contents: signalflow.InfoContents{MatchedSize: 9, LimitSize: 5}}, "incomplete: only 5 of 9 time series"},
		{signalflow.Info{Code: signalflow.InfoMissingProperty, Contents: signalflow.InfoContents{PropertyNames: []string{"az"}}}, "some time series do not have [az], which the program groups by"},
		{signalflow.Info{Code: "SOMETHING_NEW"}, ""},
	} {
		assert.Equal(t, c.want, noteOf(&c.info))
	}
}

func TestSparkline(t *testing.T) {
	for want, values := range map[string][]float64{
		"": {1}, "▁▁▁": {5, 5, 5}, "▁▄█": {0, 0.5, 1}, "█▁": {1e308, -1e308},
	} {
		assert.Equal(t, want, sparkline(values))
	}
}

func TestTableFitsItsScreen(t *testing.T) {
	table := &Table{title: "a\x1b[31mprogram", rows: map[string]*row{}, size: func() (int, int) { return 20, 8 }}
	for i := range 30 {
		require.NoError(t, table.Points([]Point{{Timestamp: 1000, Stream: "s", Dimensions: []Dimension{{"host", fmt.Sprintf("web-%02d", i)}}, Value: []byte("1"), number: 1}}))
	}
	table.Note("resolution 1s")
	lines := table.lines(7)
	require.Len(t, lines, 7)
	assert.Equal(t, "a\ufffd[31mprogram", lines[0])
	assert.Equal(t, []string{"STREAM  HOST    VALUE", "s       web-00  1", "... and 29 more", "resolution 1s"}, lines[3:])
	assert.Equal(t, "STREAM  HOST    VAL…", cut(lines[3], 20))
	for most := range 10 {
		assert.LessOrEqual(t, len(table.lines(most)), max(1, most))
	}
}

func TestViewsOfPipes(t *testing.T) {
	p := Point{Timestamp: 1000, Stream: "s", Metric: "m", Dimensions: []Dimension{{"z", "1"}, {"a", `"`}}, Value: []byte("null"), null: true}
	e := Event{Timestamp: 2000, Properties: map[string]any{"is": "ok"}}
	var out, notes bytes.Buffer
	lines := NewJSONLines(&out, &notes)
	require.NoError(t, lines.Points([]Point{p}))
	require.NoError(t, lines.Event(e))
	assert.Equal(t, `{"timestamp":1000,"stream":"s","metric":"m","value":null,"dimensions":{"z":"1","a":"\""}}`+"\n"+
		`{"timestamp":2000,"event":{"is":"ok"}}`+"\n", out.String())
	out.Reset()
	rows := NewCSV(&out, &notes)
	require.NoError(t, rows.Points([]Point{p}))
	require.NoError(t, rows.Event(e))
	assert.Equal(t, "timestamp,stream,metric,dimensions,value\n1000,s,m,\"z=1,a=\"\"\",\n", out.String())
	assert.Equal(t, `{"timestamp":2000,"event":{"is":"ok"}}`+"\n", notes.String())
	require.Error(t, NewJSONLines(broken{}, &notes).Points([]Point{p}), "a closed pipe ends the stream")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestDrawingInPlace(t *testing.T) {
	var out bytes.Buffer
	table := NewTable(&out, "p", func() (int, int) { return 80, 24 })
	require.NoError(t, table.Points([]Point{{Timestamp: time.Now().UnixMilli(), Stream: "s", Value: []byte("1")}}))
	require.NoError(t, table.Close())
	text := out.String()
	assert.True(t, strings.HasPrefix(text, "\x1b[?25l"))
	assert.True(t, strings.HasSuffix(text, "\x1b[?25h"))
	assert.Contains(t, text, "s       1")
}
