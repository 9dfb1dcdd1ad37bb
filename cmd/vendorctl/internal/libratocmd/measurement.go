package libratocmd

import (
	"context"
	"errors"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/command"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/exit"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/when"
)

// value is one value of a series, in a row of its own.
type value struct {
	Time   int64          `json:"time"` // Unix seconds
	Value  *float64       `json:"value"`
	Source string         `json:"source,omitempty"`
	Tags   map[string]any `json:"tags,omitempty"`
}

func valueOf(p librato.Point) value {
	v := value{Time: p.Time.Unix()}
	if !math.IsNaN(p.Value) {
		v.Value = &p.Value
	}
	return v
}

// windowFlags choose a dialect and a time.
type windowFlags struct{ dialect, start, end, duration, resolution string }

func (f *windowFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.start, "start", "", "begin: -1h, a date or a Unix time")
	cmd.Flags().StringVar(&f.end, "end", "", "end (default: now)")
	cmd.Flags().StringVar(&f.duration, "duration", "", "length of time, in place of one of start and end")
	cmd.Flags().StringVar(&f.resolution, "resolution", "", "step of the data, such as 1m (default: 1s)")
	cmd.Flags().StringVar(&f.dialect, "dialect", "", "tags or sources (default: sources for librato, else tags)")
	_ = cmd.RegisterFlagCompletionFunc("dialect", cobra.FixedCompletions([]string{"tags", "sources"}, cobra.ShellCompDirectiveNoFileComp))
}

// open returns the client with what the flags chose.
func (f *windowFlags) open(s *session.Session) (*librato.Client, librato.Dialect, librato.Window, error) {
	client, err := s.Librato()
	if err != nil {
		return nil, 0, librato.Window{}, err
	}
	d, err := dialectOf(f.dialect, client)
	if err != nil {
		return nil, 0, librato.Window{}, err
	}
	w, err := f.window(s)
	return client, d, w, err
}

func (f *windowFlags) window(s *session.Session) (w librato.Window, err error) {
	if w.Start, err = command.Time(s, "start", f.start); err != nil {
		return w, err
	}
	if w.End, err = command.Time(s, "end", f.end); err != nil {
		return w, err
	}
	for text, to := range map[*string]*time.Duration{&f.duration: &w.Duration, &f.resolution: &w.Resolution} {
		if *text != "" {
			if *to, err = when.Distance(*text); err != nil {
				return w, exit.With(exit.Usage, err)
			}
		}
	}
	return w, nil
}

// dialectOf is that of a flag; by default the API's own.
func dialectOf(flag string, c *librato.Client) (librato.Dialect, error) {
	switch {
	case flag == "tags" || flag == "" && c.API() == librato.AppOptics:
		return librato.TagDialect, nil
	case flag == "sources" || flag == "":
		return librato.SourceDialect, nil
	}
	return 0, exit.With(exit.Usage, errors.New("--dialect is either tags or sources"))
}

func newMeasurement(s *session.Session) *cobra.Command {
	return command.Group("measurement", "Data of metrics", newMeasurementGet(s))
}

func newMeasurementGet(s *session.Session) *cobra.Command {
	var w windowFlags
	var tags []string
	var byTag librato.TagQuery
	var bySource librato.SourceQuery
	cmd := command.Leaf("get METRIC", "Show the data of a metric", func(cmd *cobra.Command, args []string) error {
		client, d, window, err := w.open(s)
		if err != nil {
			return err
		}
		if d == librato.TagDialect {
			byTag.Window = window
			if byTag.Tags, err = patterns(tags); err != nil {
				return err
			}
			return usage(session.List(s, cmd, []string{"time", "value", "tags"}, tagged(client.TaggedMeasurements(cmd.Context(), args[0], byTag))))
		}
		bySource.Start, bySource.End, bySource.Resolution = window.Start, window.End, window.Resolution
		if window.Duration > 0 && bySource.Start.IsZero() {
			end := bySource.End
			if end.IsZero() {
				end = s.Now()
			}
			bySource.Start = end.Add(-window.Duration)
		}
		return usage(session.List(s, cmd, []string{"time", "value", "source"}, sourced(client.SourcedMeasurements(cmd.Context(), args[0], bySource))))
	})
	cmd.Example = `  vendorctl librato measurement get orders --duration 1h --resolution 1m --tag 'service=shop*' --group-by service --group-by-function sum
  vendorctl librato --api librato measurement get cpu --source 'web-*' --count 10`
	w.add(cmd)
	cmd.Flags().StringArrayVar(&tags, "tag", nil, "NAME=PATTERN, * for any text, ! in front for not; may be repeated")
	cmd.Flags().StringVar(&byTag.TagsSearch, "tags-search", "", "expression in place of --tag, such as 'region=us-* and db=*prod*'")
	cmd.Flags().StringVar(&byTag.GroupBy, "group-by", "", "tags whose values stay apart, with commas, or * for one series")
	cmd.Flags().StringVar(&byTag.GroupByFunction, "group-by-function", "", "sum, min, max or mean")
	cmd.Flags().StringVar(&byTag.SummaryFunction, "summary-function", "", "sum, min, max, count, mean, derivative, stddev or all")
	cmd.Flags().StringArrayVar(&bySource.Sources, "source", nil, "pattern of sources; may be repeated")
	cmd.Flags().IntVar(&bySource.Count, "count", 0, "the last so many values, or the first ones after the start (sources)")
	cmd.Flags().BoolVar(&bySource.SummarizeTime, "summarize-time", false, "one value for all of the time (sources)")
	cmd.Flags().BoolVar(&bySource.SummarizeSources, "summarize-sources", false, "one series of all sources (sources)")
	return cmd
}

// usage marks mistakes that the client finds before it asks.
func usage(err error) error {
	for _, mistake := range []error{librato.ErrNoInterval, librato.ErrNoStart, librato.ErrThreeTimes} {
		if errors.Is(err, mistake) {
			return exit.With(exit.Usage, err)
		}
	}
	return err
}

func patterns(texts []string) (map[string][]string, error) {
	all := map[string][]string{}
	for _, text := range texts {
		name, pattern, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, exit.With(exit.Usage, errors.New("--tag is of the form NAME=PATTERN"))
		}
		all[name] = append(all[name], pattern)
	}
	return all, nil
}

// tagged makes rows of pages.
func tagged(pages iter.Seq2[*librato.TaggedData, error]) iter.Seq2[value, error] {
	return func(yield func(value, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(value{}, err)
				return
			}
			for _, series := range page.Series {
				for _, p := range series.Points {
					v := valueOf(p)
					v.Tags = anyMap(series.Tags)
					if !yield(v, nil) {
						return
					}
				}
			}
		}
	}
}

func anyMap(tags librato.Tags) map[string]any {
	out := map[string]any{}
	for name, value := range tags {
		out[name] = value
	}
	return out
}

func sourced(pages iter.Seq2[*librato.SourcedData, error]) iter.Seq2[value, error] {
	return func(yield func(value, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(value{}, err)
				return
			}
			for _, source := range slices.Sorted(maps.Keys(page.Points)) {
				for _, p := range page.Points[source] {
					v := valueOf(p)
					v.Source = source
					if !yield(v, nil) {
						return
					}
				}
			}
		}
	}
}

func newComposite(s *session.Session) *cobra.Command {
	var w windowFlags
	get := command.Leaf("get EXPRESSION", "Compute a composite", func(cmd *cobra.Command, args []string) error {
		client, d, window, err := w.open(s)
		if err != nil {
			return err
		}
		data, err := client.Composite(cmd.Context(), d, args[0], window)
		if err != nil {
			return usage(err)
		}
		return session.List(s, cmd, []string{"time", "value", "source", "tags"}, composed(data))
	})
	get.Example = `  vendorctl librato composite get 'sum(s("orders", {"service": "*"}))' --start -1h --resolution 1m`
	w.add(get)
	var description string
	put := doer(s, "put NAME EXPRESSION", "Create a composite metric, or change it", "done", func(ctx context.Context, c *librato.Client, args []string) error {
		return c.PutComposite(ctx, args[0], args[1], librato.Metric{Description: description})
	})
	put.Flags().StringVar(&description, "description", "", "what it is")
	return command.Group("composite", "Composites: metrics that are computed", get, put)
}

func composed(data *librato.CompositeData) iter.Seq2[value, error] {
	return func(yield func(value, error) bool) {
		for _, series := range data.Series {
			source, _ := series.Source["name"].(string)
			for _, p := range series.Points {
				v := valueOf(p)
				v.Source, v.Tags = source, series.Tags
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}
