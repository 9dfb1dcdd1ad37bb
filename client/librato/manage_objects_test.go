package librato

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// What the management API's Python objects do, done with our client.

// manage runs the methods of the api object that have to do with management.
func (o *apiObject) manage(ctx context.Context, method string, a arguments) (any, error) {
	switch method {
	case "list_all_metrics":
		return drain(o.Metrics(ctx, listOptionsOf(a.named)))
	case "get_tagged", "get_measurements":
		return firstPage(o.TaggedMeasurements(ctx, a.text(0), tagQueryOf(a.named)))
	case "get_composite", "get_composite_tagged":
		d := SourceDialect
		if len(o.Tags()) > 0 || method == "get_composite_tagged" {
			d = TagDialect
		}
		return o.Composite(ctx, d, a.text(0), windowOf(a.named))
	case "create_composite":
		return nil, o.PutComposite(ctx, a.text(0), a.text(1), recoded[Metric](a.named))
	case "create_metric":
		change := recoded[Metric](a.named)
		change.Type, change.Name = "gauge", a.text(0)
		return nil, o.PutMetric(ctx, a.text(0), change)
	case "update":
		return nil, o.PutMetric(ctx, a.text(0), recoded[Metric](a.named))
	case "delete":
		if names, ok := a.list[0].([]any); ok {
			_, err := o.DeleteMetrics(ctx, Names{List: o.sanitizedTexts(names)})
			return nil, err
		}
		return nil, o.DeleteMetric(ctx, a.text(0))
	}
	return o.manageAlerts(ctx, method, a)
}

func (o *apiObject) manageAlerts(ctx context.Context, method string, a arguments) (any, error) {
	switch method {
	case "create_alert":
		alert := alertOf(a.named)
		alert.Name = a.text(0)
		stored, err := o.CreateAlert(ctx, alert)
		return &alertObject{o.Client, stored}, err
	case "update_alert":
		changed := *a.list[0].(*alertObject).Alert
		if active, ok := a.named["active"].(bool); ok {
			changed.Active = &active
		}
		return nil, o.UpdateAlert(ctx, changed)
	case "get_alert":
		alert, err := o.FindAlert(ctx, a.text(0))
		return alert, noneIfMissing(err)
	case "delete_alert":
		alert, err := o.FindAlert(ctx, a.text(0))
		if err != nil {
			return nil, noneIfMissing(err)
		}
		return nil, o.DeleteAlert(ctx, alert.ID)
	case "list_alerts":
		return drain(o.Alerts(ctx, ListOptions{}))
	case "list_services":
		return drain(o.Services(ctx, ListOptions{}))
	}
	return o.manageSpaces(ctx, method, a)
}

func (o *apiObject) manageSpaces(ctx context.Context, method string, a arguments) (any, error) {
	switch method {
	case "list_spaces":
		return drain(o.Spaces(ctx, ListOptions{}))
	case "get_space":
		space, err := o.Space(ctx, a.id(0))
		return &spaceObject{o.Client, space}, err
	case "find_space":
		return o.FindSpace(ctx, a.text(0))
	case "create_space":
		return o.CreateSpace(ctx, Space{Name: a.text(0), TagBased: recoded[*bool](a.named["tags"])})
	case "delete_space":
		return nil, o.DeleteSpace(ctx, a.id(0))
	case "list_charts_in_space":
		return drain(o.Charts(ctx, a.list[0].(*spaceObject).ID))
	case "get_chart":
		chart, err := o.Chart(ctx, a.id(1), a.id(0))
		return &chartObject{o.Client, a.id(1), chart}, err
	case "create_chart":
		chart := recoded[Chart](a.named)
		chart.Name = a.text(0)
		if chart.Type == "" {
			chart.Type = ChartLine
		}
		return o.CreateChart(ctx, a.list[1].(*spaceObject).ID, chart)
	}
	return nil, fmt.Errorf("api has no method %q", method)
}

type alertObject struct {
	client *Client
	*Alert
}

func (o *alertObject) call(ctx context.Context, method string, a arguments) (any, error) {
	switch method {
	case "add_condition_for":
		o.Conditions = append(o.Conditions, Condition{MetricName: a.text(0), Source: a.textOr(1, "*")})
		return &conditionObject{o.Alert, len(o.Conditions) - 1}, nil
	case "add_service":
		o.Services = append(o.Services, Service{ID: a.id(0)})
		return nil, nil
	case "save":
		return nil, o.client.UpdateAlert(ctx, *o.Alert)
	}
	return nil, fmt.Errorf("alert has no method %q", method)
}

type conditionObject struct {
	alert *Alert
	index int
}

func (o *conditionObject) call(_ context.Context, method string, a arguments) (any, error) {
	c := &o.alert.Conditions[o.index]
	source := c.Source
	switch method {
	case "above":
		*c = Above(c.MetricName, a.number(0).Float64())
	case "below":
		*c = Below(c.MetricName, a.number(0).Float64())
	case "stops_reporting_for":
		*c = Absent(c.MetricName, integerOf(a.list[0]))
	case "duration":
		c.Duration = integerOf(a.list[0])
		return nil, nil
	default:
		return nil, fmt.Errorf("condition has no method %q", method)
	}
	c.Source = source
	c.SummaryFunction = a.textOr(1, c.SummaryFunction)
	return nil, nil
}

type spaceObject struct {
	client *Client
	*Space
}

func newSpace(a arguments) (any, error) {
	tags := false
	return &spaceObject{a.list[0].(*apiObject).Client, &Space{Name: a.text(1), TagBased: &tags}}, nil
}

func (o *spaceObject) call(ctx context.Context, method string, a arguments) (any, error) {
	add := func(chart Chart) (any, error) { return o.client.CreateChart(ctx, o.ID, chart) }
	single := func() Stream {
		return Stream{Metric: a.text(1), Source: a.textOr(2, "*"), GroupFunction: a.textOr(3, ""), SummaryFunction: a.textOr(4, "")}
	}
	switch method {
	case "save":
		return o.client.CreateSpace(ctx, *o.Space)
	case "rename":
		return nil, o.client.RenameSpace(ctx, o.ID, a.text(0))
	case "add_line_chart":
		return add(Chart{Name: a.text(0), Type: ChartLine, Streams: streamsOf(a.list[1])})
	case "add_single_line_chart":
		return add(Chart{Name: a.text(0), Type: ChartLine, Streams: []Stream{single()}})
	case "add_stacked_chart":
		return add(Chart{Name: a.text(0), Type: ChartStacked, Streams: streamsOf(a.list[1])})
	case "add_single_stacked_chart":
		return add(Chart{Name: a.text(0), Type: ChartStacked, Streams: []Stream{single()}})
	case "add_bignumber_chart":
		return add(BigNumber(a.text(0), single()))
	}
	return nil, fmt.Errorf("space has no method %q", method)
}

type chartObject struct {
	client *Client
	space  ID
	*Chart
}

func (o *chartObject) set(attribute string, value any) {
	if attribute == "name" {
		o.Name = value.(string)
	}
}

func (o *chartObject) call(ctx context.Context, method string, _ arguments) (any, error) {
	switch method {
	case "save":
		return o.client.UpdateChart(ctx, o.space, *o.Chart)
	case "delete":
		return nil, o.client.DeleteChart(ctx, o.space, o.ID)
	}
	return nil, fmt.Errorf("chart has no method %q", method)
}

func streamsOf(v any) []Stream {
	streams := recoded[[]Stream](v)
	for i := range streams {
		if streams[i].Source == "" {
			streams[i].Source = "*" // the clients' default
		}
	}
	return streams
}

// alertOf has the clients' defaults.
func alertOf(named map[string]any) Alert {
	a := recoded[Alert](named)
	if a.Version == 0 {
		a.Version = 2
	}
	yes, no := true, false
	if a.Active == nil {
		a.Active = &yes
	}
	if a.TagBased == nil {
		a.TagBased = &no
	}
	for i := range a.Conditions {
		if a.Conditions[i].Source == "" {
			a.Conditions[i].Source = "*"
		}
	}
	return a
}

func noneIfMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func firstPage[T any](pages func(func(T, error) bool)) (any, error) {
	for page, err := range pages {
		return page, err
	}
	return nil, nil
}

func (o *apiObject) sanitizedTexts(list []any) (texts []string) {
	for _, v := range list {
		texts = append(texts, SanitizeName(v.(string)))
	}
	return texts
}

func listOptionsOf(named map[string]any) ListOptions {
	return ListOptions{
		Name: textOr(named["name"], ""), OrderBy: textOr(named["orderby"], ""), Descending: named["sort"] == "desc",
		Offset: int(integerOf(named["offset"])), PageLength: int(integerOf(named["length"])),
	}
}

func windowOf(named map[string]any) Window {
	seconds := func(name string) time.Duration { return time.Duration(integerOf(named[name])) * time.Second }
	return Window{
		Start: fromUnix(integerOf(named["start_time"])), End: fromUnix(integerOf(named["end_time"])),
		Duration: seconds("duration"), Resolution: seconds("resolution"),
	}
}

func sourceQueryOf(named map[string]any) SourceQuery {
	w := windowOf(named)
	q := SourceQuery{Start: w.Start, End: w.End, Resolution: w.Resolution, Count: int(integerOf(named["count"]))}
	if sources, ok := named["sources"].([]any); ok {
		for _, source := range sources {
			q.Sources = append(q.Sources, source.(string))
		}
	}
	return q
}

func tagQueryOf(named map[string]any) TagQuery {
	q := TagQuery{
		Window: windowOf(named), TagsSearch: textOr(named["tags_search"], ""), GroupBy: textOr(named["group_by"], ""),
		GroupByFunction: textOr(named["group_by_function"], ""), SummaryFunction: textOr(named["summary_function"], ""),
	}
	for name, pattern := range tagsOf(named["tags"]) {
		if q.Tags == nil {
			q.Tags = map[string][]string{}
		}
		q.Tags[name] = []string{pattern}
	}
	return q
}

func (a arguments) id(i int) ID { return recoded[ID](a.list[i]) }

func (a arguments) textOr(i int, otherwise string) string {
	if i < len(a.list) {
		return textOr(a.list[i], otherwise)
	}
	return otherwise
}
