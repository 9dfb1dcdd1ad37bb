package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// arrival is what one room received.
type arrival struct {
	room    *room
	series  []series
	traffic traffic
}

// look asks the stand-in what has arrived in each room.
func (l *lab) look(ctx context.Context) ([]arrival, error) {
	arrivals := make([]arrival, 0, len(rooms))
	for i := range rooms {
		room := &rooms[i]
		arrived, err := l.series(ctx, room.vendor)
		if err != nil {
			return nil, err
		}
		traffic, err := l.traffic(ctx, room.vendor)
		if err != nil {
			return nil, err
		}
		arrivals = append(arrivals, arrival{room: room, series: arrived, traffic: traffic})
	}
	return arrivals, nil
}

// verdict returns nil when every room received enough different host metrics, and all else that it must have; otherwise it
// says what arrived instead.
func verdict(arrivals []arrival) error {
	for i := range arrivals {
		a := &arrivals[i]
		arrived := a.room.hostMetrics(a.series)
		if len(arrived) >= a.room.minMetrics {
			if missing := a.missing(); len(missing) > 0 {
				return fmt.Errorf("%s received no %s; %s", a.room.title, strings.Join(missing, ", no "), a.summary())
			}
			continue
		}
		what := "nothing arrived"
		if len(a.series) > 0 {
			names := map[string]bool{}
			for _, s := range a.series {
				names[s.Metric] = true
			}
			what = "what arrived: " + shorten(strings.Join(slices.Sorted(maps.Keys(names)), ", "), 500)
		}
		return fmt.Errorf("%s received %d different host metrics (%s*), fewer than %d; %s; %s",
			a.room.title, len(arrived), strings.Join(a.room.prefixes, "*, "), a.room.minMetrics, what, a.summary())
	}
	return nil
}

func (a *arrival) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s: %s\n", a.room.title, a.summary())
	printTable(out, a.series)
}

func (a *arrival) summary() string {
	text := fmt.Sprintf("%d datapoints of %d series, %d events and %d spans in %d requests, %d rejected",
		a.traffic.Points, len(a.series), a.traffic.Events, a.traffic.Spans, a.traffic.Requests, a.traffic.Rejected)
	var reasons []string
	for _, reason := range slices.Sorted(maps.Keys(a.traffic.Reasons)) {
		reasons = append(reasons, fmt.Sprintf("%s: %d", reason, a.traffic.Reasons[reason]))
	}
	if len(reasons) > 0 {
		text += " (" + strings.Join(reasons, ", ") + ")"
	}
	return text
}

func (s *Settings) printAddresses(out io.Writer) {
	fmt.Fprintf(out, `
look here
  what arrives, as a page    http://%[1]s/
  what arrives, as JSON      http://%[1]s/api/series, /api/events, /api/traces, /api/dimensions
  health of the collector    http://%[2]s/
  its own metrics            http://%[3]s/metrics
send your own
  OTLP over gRPC             %[4]s
  OTLP over HTTP             http://%[5]s
files
  configuration              %[6]s
  logs                       %[7]s, %[8]s
`,
		address(s.Ports.Lab), address(s.Ports.Health), address(s.Ports.Telemetry), address(s.Ports.OTLPGRPC), address(s.Ports.OTLPHTTP),
		s.Config, s.collectorLog(), s.labLog())
}
