package signalflowreceiver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver/internal/translate"
)

// ProgramConfig is one SignalFlow program.
type ProgramConfig struct {
	// Name identifies the program in telemetry and storage. Required, unique.
	Name string `mapstructure:"name"`
	// Program is SignalFlow text with at least one publish(). Required.
	Program string `mapstructure:"program"`
	// Filter is rendered as SignalFlow in place of {{filter}} in Program.
	Filter map[string]any `mapstructure:"filter"`
	// Resolution is the finest step of the output; 0 leaves it to the service.
	Resolution time.Duration `mapstructure:"resolution"`
	// MaxDelay is how long to wait for late input; 0 leaves it to the service.
	MaxDelay time.Duration `mapstructure:"max_delay"`
	// Start and Stop are the range of logical times. They count when the program runs
	// for the first time; afterwards it goes on where it was.
	Start Moment `mapstructure:"start"`
	Stop  Moment `mapstructure:"stop"`
	// Immediate shifts the range back so that nothing must be waited for.
	Immediate bool `mapstructure:"immediate"`
	// Timezone is an IANA name, for calendar windows.
	Timezone string `mapstructure:"timezone"`
	// MaxBackfill is how much past data is fetched after an outage.
	MaxBackfill time.Duration `mapstructure:"max_backfill"`

	// MetricName is a template of the metrics' names.
	MetricName string `mapstructure:"metric_name"`
	// MetricType is gauge, delta_sum or cumulative_sum.
	MetricType string `mapstructure:"metric_type"`
	// Monotonic says that the sums never fall.
	Monotonic bool `mapstructure:"monotonic"`
	// IncludeProperties become attributes though they do not identify a series; "*" for all.
	IncludeProperties []string `mapstructure:"include_properties"`
	// NullPoints is what becomes of points without a value: drop or no_recorded_value.
	NullPoints string `mapstructure:"null_points"`
	// StalenessOnExpiry marks the end of a series with a point without a value.
	StalenessOnExpiry bool `mapstructure:"staleness_on_expiry"`

	_ struct{}
}

const (
	nullDrop            = "drop"
	nullNoRecordedValue = "no_recorded_value"
)

var metricTypes = map[string]translate.MetricType{
	"gauge": translate.Gauge, "delta_sum": translate.DeltaSum, "cumulative_sum": translate.CumulativeSum,
}

var (
	_ confmap.Unmarshaler = (*ProgramConfig)(nil)
	_ confmap.Validator   = (*ProgramConfig)(nil)
)

// Unmarshal sets the defaults of a program. YAML reads a time without quotes as one.
func (p *ProgramConfig) Unmarshal(conf *confmap.Conf) error {
	texts := make(map[string]any)
	for _, key := range []string{"start", "stop"} {
		if t, ok := conf.Get(key).(time.Time); ok {
			texts[key] = t.Format(time.RFC3339)
		}
	}
	if err := conf.Merge(confmap.NewFromStringMap(texts)); err != nil {
		return err
	}
	*p = ProgramConfig{MaxBackfill: time.Hour, MetricType: "gauge", NullPoints: nullDrop}
	return conf.Unmarshal(p)
}

// Validate refuses what cannot work, naming the key and what to write.
func (p *ProgramConfig) Validate() error {
	return errors.Join(p.validateText(), p.validateTimes(), p.validateMapping())
}

func (p *ProgramConfig) validateText() error {
	var errs []error
	if p.Name == "" {
		errs = append(errs, errors.New("`name` is missing: it identifies the program in telemetry and storage"))
	}
	text, err := p.text()
	switch {
	case err != nil:
		errs = append(errs, err)
	case !strings.Contains(text, "publish("):
		errs = append(errs, errors.New("`program` has no publish(): without one it has no output"))
	case utf8.RuneCountInString(text) > signalflow.MaxProgramLength:
		errs = append(errs, fmt.Errorf("`program` is longer than the %d characters that the service takes", signalflow.MaxProgramLength))
	}
	return errors.Join(errs...)
}

// shortestMaxDelay is what the vendor's add-on raises smaller values to.
const shortestMaxDelay = 2 * time.Second

func (p *ProgramConfig) validateTimes() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if p.Resolution < 0 || p.Resolution%time.Millisecond != 0 {
		add("`resolution` is %s: it must be whole milliseconds, or 0", p.Resolution)
	}
	if p.MaxDelay != 0 && (p.MaxDelay < shortestMaxDelay || p.MaxDelay > signalflow.MaxMaxDelay) {
		add("`max_delay` is %s: it must be 0 or between %s and %s", p.MaxDelay, shortestMaxDelay, signalflow.MaxMaxDelay)
	}
	if p.MaxBackfill < 0 {
		add("`max_backfill` is negative: set how much past data is fetched after an outage, or 0 for none")
	}
	if err := errors.Join(p.Start.check("start"), p.Stop.check("stop")); err != nil {
		return errors.Join(append(errs, err)...)
	}
	now := time.Now()
	switch {
	case p.Stop != "" && p.Start == "":
		add("`stop` is set without `start`: a job with an end needs both")
	case p.Stop != "" && !p.Start.At(now).Before(p.Stop.At(now)):
		add("`start` does not lie before `stop`")
	case p.Stop == "" && p.Start.At(now).After(now):
		add("`start` lies in the future")
	case p.Immediate && p.Stop == "":
		add("`immediate` is for jobs with a `stop`")
	}
	return errors.Join(errs...)
}

func (p *ProgramConfig) validateMapping() error {
	var errs []error
	if _, ok := metricTypes[p.MetricType]; !ok {
		errs = append(errs, fmt.Errorf("`metric_type` is %q: it must be gauge, delta_sum or cumulative_sum", p.MetricType))
	}
	if p.Monotonic && p.MetricType == "gauge" {
		errs = append(errs, errors.New("`monotonic` is for sums: set `metric_type`"))
	}
	if p.NullPoints != nullDrop && p.NullPoints != nullNoRecordedValue {
		errs = append(errs, fmt.Errorf("`null_points` is %q: it must be drop or no_recorded_value", p.NullPoints))
	}
	if unknown := translate.UnknownPlaceholder(p.MetricName); unknown != "" {
		errs = append(errs, fmt.Errorf("`metric_name` has the placeholder %s: there are {label}, {originating_metric} and {program}", unknown))
	}
	return errors.Join(errs...)
}

// rules are the settings of the translation.
func (p *ProgramConfig) rules() *translate.Rules {
	return &translate.Rules{
		Program: p.Name, NameTemplate: p.MetricName, Type: metricTypes[p.MetricType], Monotonic: p.Monotonic,
		Properties: p.IncludeProperties, AllProperties: slices.Contains(p.IncludeProperties, "*"),
		NullAsNoRecordedValue: p.NullPoints == nullNoRecordedValue,
	}
}

// Moment is a time: "now", a distance from now such as "-15m", or RFC 3339. Empty means none.
type Moment string

// At returns the moment as seen at now; now itself if it is empty.
func (m Moment) At(now time.Time) time.Time {
	if m == "" || m == "now" {
		return now
	}
	if distance, err := time.ParseDuration(string(m)); err == nil {
		return now.Add(distance)
	}
	t, _ := time.Parse(time.RFC3339, string(m)) // checked by check
	return t
}

func (m Moment) check(key string) error {
	if m == "" || m == "now" {
		return nil
	}
	if _, err := time.ParseDuration(string(m)); err == nil {
		return nil
	}
	if _, err := time.Parse(time.RFC3339, string(m)); err == nil {
		return nil
	}
	return fmt.Errorf("`%s` is %q: write a distance from now such as -15m, or a time such as 2026-01-31T08:00:00Z", key, string(m))
}
