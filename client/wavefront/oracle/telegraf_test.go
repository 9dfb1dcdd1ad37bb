package oracle

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/influxdata/telegraf"
	parser "github.com/influxdata/telegraf/plugins/parsers/wavefront"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/client/wavefront/linetest"
)

// Telegraf differs from the vendor's lexer in these points, which the tests allow for:
// it leaves the backslash before a quote in the text, it knows no source but a tag of
// that name, and it takes timestamps of 10, 13, 16 and 19 digits only.

func newTelegraf(t testing.TB) *parser.Parser {
	p := &parser.Parser{}
	require.NoError(t, p.Init())
	return p
}

// reading is what a metric line says.
type reading struct {
	Name  string
	Value float64
	Time  int64
	Tags  map[string]string // the source among them
}

func telegrafReads(t testing.TB, p *parser.Parser, line string) reading {
	t.Helper()
	metrics, err := p.Parse([]byte(line))
	require.NoError(t, err, line)
	require.Len(t, metrics, 1, line)
	return readingOf(metrics[0])
}

func readingOf(m telegraf.Metric) reading {
	r := reading{Name: m.Name(), Time: m.Time().Unix(), Tags: m.Tags()}
	r.Value, _ = m.Fields()["value"].(float64)
	for key, value := range r.Tags {
		r.Tags[key] = strings.ReplaceAll(value, `\"`, `"`)
	}
	return r
}

// vendorReads is what the vendor's proxy makes of a line, by the lexer of linetest.
func vendorReads(t testing.TB, line string) reading {
	t.Helper()
	p, err := linetest.ParseMetric(strings.TrimSuffix(line, "\n"))
	require.NoError(t, err, line)
	r := reading{p.Name, p.Value, p.Timestamp, map[string]string{"source": p.Source}}
	for _, tag := range p.Tags {
		r.Tags[tag.Key] = tag.Value
	}
	return r
}

// TestTelegrafReadsGoldenFiles reads every metric line that the exporter's tests hold.
func TestTelegrafReadsGoldenFiles(t *testing.T) {
	files, err := filepath.Glob("../../../exporter/wavefrontexporter/internal/translate/testdata/golden/TestMetrics/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	p := newTelegraf(t)
	lines := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if !isMetric(line) {
				continue
			}
			lines++
			want := vendorReads(t, line)
			got := telegrafReads(t, p, line)
			if want.Time == 0 { // both take the time of arrival
				want.Time = got.Time
			}
			assert.Equal(t, want, got, line)
		}
	}
	assert.Greater(t, lines, 100)
}

// isMetric tells a metric line from a title, a count or a distribution, and from one whose
// long texts the file shortens. Telegraf takes no time before 2001, which one case has.
func isMetric(line string) bool {
	return line[0] == '"' && !strings.Contains(line, "...(") && !strings.Contains(line, " 1 source")
}

// TestTelegrafReadsStandardBatch reads every line of the standard batch as the exporter
// sends it, and compares it with the OTLP points.
func TestTelegrafReadsStandardBatch(t *testing.T) {
	md, bodies := sendStandardBatch(t)
	want := meantByStandardBatch(md)
	p := newTelegraf(t)
	got := make(map[string]reading, len(want))
	for _, body := range bodies {
		metrics, err := p.Parse(body)
		require.NoError(t, err)
		for _, m := range metrics {
			r := readingOf(m)
			got[r.key()] = r
		}
	}
	require.Len(t, got, len(want))
	for key, meant := range want {
		if read, ok := got[key]; !assert.True(t, ok, key) || !assert.Equal(t, meant, read) {
			return
		}
	}
}

// key tells a series from others.
func (r *reading) key() string { return r.Name + fmt.Sprint(r.Tags) }

// hostile is what names, keys and values are made of.
var hostile = []string{
	"a", "Z", "9", ".", "-", "_", ",", "/", " ", "  ", "\t", "\n", "\r\n", `"`, `'`, `\`, `\\`, `\"`, `\n`, "=", "#", "!M", "@Event",
	"∆", "Δ", "~", "é", "日本", "🚀", "\u00a0", "\u2028", "\ufeff", "\x00", "\x04", "\x1b[0m", "\x7f", "\x85", "\xff", "\xe2\x88", "source=", "{", "}", "*", "%s", "1e5",
}

func hostileText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(8) {
		b.WriteString(hostile[r.IntN(len(hostile))])
	}
	return b.String()
}

// TestTelegrafReadsHostileText reads lines of names, sources, keys and values that are
// made of whatever has a meaning somewhere.
func TestTelegrafReadsHostileText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := newTelegraf(t)
	written := 0
	for range 50_000 {
		m := &wavefront.Metric{Name: hostileText(r), Value: hostileNumber(r), Timestamp: 1_000_000_000 + r.Int64N(2_000_000_000), Source: hostileText(r)}
		for range r.IntN(4) {
			m.Tags = append(m.Tags, wavefront.Tag{Key: hostileText(r), Value: hostileText(r)})
		}
		e := wavefront.Encoder{Limits: wavefront.DocumentedLimits(), BareKeys: r.IntN(2) == 0}
		e.Limits.CutText = r.IntN(2) == 0
		line, _, err := e.AppendMetric(nil, m)
		if err != nil {
			continue
		}
		written++
		got := telegrafReads(t, p, string(line))
		require.Equal(t, vendorReads(t, string(line)), withVendorsTagKey(got), "%q", line)
		require.Equal(t, m.Value, got.Value)
		require.Equal(t, m.Timestamp, got.Time)
	}
	assert.Greater(t, written, 10_000)
}

// withVendorsTagKey renames the key tag, as a proxy does.
func withVendorsTagKey(r reading) reading {
	if value, ok := r.Tags["tag"]; ok {
		delete(r.Tags, "tag")
		r.Tags["_tag"] = value
	}
	return r
}

func hostileNumber(r *rand.Rand) float64 {
	if r.IntN(2) == 0 {
		return float64(r.Int64() - math.MaxInt64/2)
	}
	for {
		if v := math.Float64frombits(r.Uint64()); !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
	}
}

// FuzzTelegrafReadsLine looks for lines that Telegraf and the vendor's lexer read differently.
func FuzzTelegrafReadsLine(f *testing.F) {
	for _, s := range hostile {
		f.Add("name"+s, s, "key"+s, s, 1.5, int64(1493773500))
		f.Add(s, "source", s, s+"value", -1e300, int64(1999999999))
	}
	p := newTelegraf(f)
	f.Fuzz(func(t *testing.T, name, source, key, value string, number float64, timestamp int64) {
		if timestamp < 1e9 || timestamp >= 1e10 {
			return
		}
		var e wavefront.Encoder
		line, _, err := e.AppendMetric(nil, &wavefront.Metric{Name: name, Value: number, Timestamp: timestamp, Source: source, Tags: []wavefront.Tag{{Key: key, Value: value}}})
		if err != nil {
			return
		}
		require.Equal(t, vendorReads(t, string(line)), withVendorsTagKey(telegrafReads(t, p, string(line))))
	})
}
