package testkit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

// Column returns the first column of every table below a heading of a README, down
// to the next heading, without back-quotes and header rows.
func Column(t *testing.T, readme, heading string) []string {
	t.Helper()
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	var cells []string
	inside, header := false, false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
			inside = strings.TrimLeft(line, "# ") == heading
		case !inside:
		case !strings.HasPrefix(line, "|"):
			header = false
		case !header:
			header = true // the row of titles
		case strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "|---"):
		default:
			cell, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
			for _, part := range strings.Split(cell, ",") {
				cells = append(cells, strings.Trim(strings.TrimSpace(part), "`"))
			}
		}
	}
	require.NotEmpty(t, cells, "no table below %q in %s", heading, readme)
	return cells
}

// Texts are what values print as.
func Texts[T fmt.Stringer](values []T) []string {
	var texts []string
	for _, v := range values {
		texts = append(texts, v.String())
	}
	return texts
}

// CheckColumn compares a table's first column with what it must list, in any order.
func CheckColumn(t *testing.T, readme, heading string, want []string) {
	t.Helper()
	assert.ElementsMatch(t, want, Column(t, readme, heading), "table below %q in %s", heading, readme)
}

// CheckKeys makes sure that the README's configuration tables name every key of a
// configuration, and no other. Keys of sections that the collector documents (the
// names given) are not asked for.
func CheckKeys(t *testing.T, readme, heading string, config any, documentedElsewhere ...string) {
	t.Helper()
	var want []string
	for _, key := range strictconf.Keys(config) {
		elsewhere := func(section string) bool { return strings.HasPrefix(key, section+"::") }
		if !slices.ContainsFunc(documentedElsewhere, elsewhere) {
			want = append(want, key)
		}
	}
	CheckColumn(t, readme, heading, want)
}

// declared is what metadata.yaml says, as far as it is checked.
type declared struct {
	Type   string
	Status struct {
		Class     string
		Stability map[string][]string
	}
	Telemetry struct {
		Metrics map[string]struct {
			Description string
			Unit        string
			Stability   string
		}
	}
}

// CheckMetadata compares metadata.yaml in dir with the Go side: the type, the
// stability of every signal, and the instruments that newBuilder creates. The README
// must list the instruments below the heading "Self-telemetry".
func CheckMetadata(t *testing.T, dir string, typ component.Type, stability map[string]component.StabilityLevel, newBuilder func(component.TelemetrySettings) error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "metadata.yaml"))
	require.NoError(t, err)
	var d declared
	require.NoError(t, yaml.Unmarshal(text, &d))
	assert.Equal(t, typ.String(), d.Type)
	got := map[string]component.StabilityLevel{}
	for level, signals := range d.Status.Stability {
		var l component.StabilityLevel
		require.NoError(t, l.UnmarshalText([]byte(level)))
		for _, signal := range signals {
			got[signal] = l
		}
	}
	assert.Equal(t, stability, got)

	recorder := &recorder{instruments: map[string][2]string{}}
	settings := componenttest.NewNopTelemetrySettings()
	settings.MeterProvider = recorder
	require.NoError(t, newBuilder(settings))
	want := map[string][2]string{}
	var names []string
	for name, m := range d.Telemetry.Metrics {
		name = "otelcol_" + name
		names = append(names, name)
		want[name] = [2]string{m.Unit, m.Description + " [" + strings.ToUpper(m.Stability[:1]) + m.Stability[1:] + "]"}
	}
	assert.Equal(t, want, recorder.instruments, "instruments of metadata.yaml and of the code")
	CheckColumn(t, filepath.Join(dir, "README.md"), "Self-telemetry", names)
}

// recorder is a meter provider that remembers the instruments it is asked for.
type recorder struct {
	noop.MeterProvider
	instruments map[string][2]string // unit and description by name
}

func (r *recorder) Meter(string, ...metric.MeterOption) metric.Meter { return &meter{recorder: r} }

type meter struct {
	noop.Meter
	recorder *recorder
}

func (m *meter) Int64Counter(name string, options ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	c := metric.NewInt64CounterConfig(options...)
	m.recorder.instruments[name] = [2]string{c.Unit(), c.Description()}
	return noop.Int64Counter{}, nil
}

func (m *meter) Int64Gauge(name string, options ...metric.Int64GaugeOption) (metric.Int64Gauge, error) {
	c := metric.NewInt64GaugeConfig(options...)
	m.recorder.instruments[name] = [2]string{c.Unit(), c.Description()}
	return noop.Int64Gauge{}, nil
}

func (m *meter) Int64ObservableGauge(name string, options ...metric.Int64ObservableGaugeOption) (metric.Int64ObservableGauge, error) {
	c := metric.NewInt64ObservableGaugeConfig(options...)
	m.recorder.instruments[name] = [2]string{c.Unit(), c.Description()}
	return noop.Int64ObservableGauge{}, nil
}

func (m *meter) Int64ObservableCounter(name string, options ...metric.Int64ObservableCounterOption) (metric.Int64ObservableCounter, error) {
	c := metric.NewInt64ObservableCounterConfig(options...)
	m.recorder.instruments[name] = [2]string{c.Unit(), c.Description()}
	return noop.Int64ObservableCounter{}, nil
}

func (m *meter) Int64UpDownCounter(name string, options ...metric.Int64UpDownCounterOption) (metric.Int64UpDownCounter, error) {
	c := metric.NewInt64UpDownCounterConfig(options...)
	m.recorder.instruments[name] = [2]string{c.Unit(), c.Description()}
	return noop.Int64UpDownCounter{}, nil
}

func (m *meter) Float64Histogram(name string, options ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	c := metric.NewFloat64HistogramConfig(options...)
	m.recorder.instruments[name] = [2]string{c.Unit(), c.Description()}
	return noop.Float64Histogram{}, nil
}

// CheckSamples makes sure that every YAML sample of a README stands, word for word, in
// one of the files that tests load.
func CheckSamples(t *testing.T, readme string, files ...string) {
	t.Helper()
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	var loaded []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		loaded = append(loaded, string(content))
	}
	for i, block := range strings.Split(string(text), "```yaml\n") {
		if i == 0 {
			continue
		}
		sample, _, _ := strings.Cut(block, "```")
		found := slices.ContainsFunc(loaded, func(content string) bool { return strings.Contains(content, sample) })
		assert.True(t, found, "sample of %s is in none of %v:\n%s", readme, files, sample)
	}
}
