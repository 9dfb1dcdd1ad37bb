package librato

import (
	"maps"
	"net/http"
	"regexp"
	"strconv"
)

func checkSpace(_ *server, members object) *broken {
	_, tagged := members.bool("tags")
	return first(requireText(members, "name"), tagged)
}

func showSpace(s *server, r record) object {
	charts := []object{}
	for _, chart := range s.Account.records(kindChart) {
		if chart.parent == r.id {
			charts = append(charts, object{"id": chart.id})
		}
	}
	shown := showMembers(s, r)
	shown["charts"] = charts
	return shown
}

func (s *server) listSpaces(c *call) (*reply, *apiError) {
	return s.list(c, kindSpace, record.name, byText("name"))
}

// listCharts answers the bare list: it has no pages.
func (s *server) listCharts(c *call) (*reply, *apiError) {
	space, err := strconv.ParseInt(c.PathValue("space"), 10, 64)
	if _, ok := s.Account.record(kindSpace, space); err != nil || !ok {
		return nil, notFound()
	}
	charts := []object{}
	for _, chart := range s.Account.records(kindChart) {
		if chart.parent == space {
			charts = append(charts, showMembers(s, chart))
		}
	}
	return &reply{status: http.StatusOK, body: charts}, nil
}

func checkChart(s *server, members object) *broken {
	fill(members, object{"type": "line", "streams": []any{}})
	_, logarithmic := members.bool("use_log_yaxis")
	_, last := members.bool("use_last_value")
	return first(requireText(members, "name"), checkOneOf(members, "type", "line", "stacked", "bignumber"),
		logarithmic, last, checkThresholds(members), s.checkStreams(members))
}

func checkThresholds(members object) *broken {
	list, ok := listed(members["thresholds"])
	if !ok {
		return breaks(PropertyInvalid, "thresholds", "is not an array")
	}
	for _, threshold := range list {
		_, value := threshold.number("value")
		if b := first(checkOneOf(threshold, "operator", ">", "<", "="), checkOneOf(threshold, "type", "red", "yellow"), value); b != nil {
			return breaks(b.reason, "thresholds", "%s %s", b.member, b.text)
		}
	}
	return nil
}

// checkStreams also gives every stream an id.
func (s *server) checkStreams(members object) *broken {
	list, ok := listed(members["streams"])
	if !ok {
		return breaks(PropertyInvalid, "streams", "is not an array")
	}
	kept := []any{}
	for _, one := range list {
		if b := checkChartStream(one); b != nil {
			return breaks(b.reason, "streams", "%s %s", b.member, b.text)
		}
		one = maps.Clone(one)
		if !one.has("id") {
			one["id"] = s.Account.newID()
		}
		kept = append(kept, map[string]any(one)) // as it came, for the next check
	}
	members["streams"] = kept
	return nil
}

// transformRule is the documented pattern, with the * of the documentation's prose.
var transformRule = regexp.MustCompile(`^[0-9xp()*+,\-./ ]*$`)

func checkChartStream(stream object) *broken {
	metric, metricBroken := stream.text("metric")
	composite, compositeBroken := stream.text("composite")
	transform, transformBroken := stream.text("transform_function")
	if b := first(metricBroken, compositeBroken, transformBroken); b != nil {
		return b
	}
	switch {
	case metric == "" && composite == "":
		return breaks(PropertyInvalid, "metric", "or composite is required")
	case composite != "" && (metric != "" || stream.has("source") || stream.has("tags") || stream.has("group_function")):
		return breaks(PropertyInvalid, "composite", "excludes metric, source, tags and group_function")
	case !transformRule.MatchString(transform):
		return breaks(PropertyInvalid, "transform_function", "is invalid")
	}
	if composite != "" {
		if _, err := parseComposite(composite); err != nil {
			return breaks(PropertyInvalid, "composite", "cannot be parsed: %v", err)
		}
	}
	if color, b := stream.text("color"); b != nil || color != "" && !colorRule.MatchString(color) {
		return breaks(PropertyInvalid, "color", "is not of the form #RRGGBB")
	}
	return first(
		checkOneOf(stream, "group_function", "average", "sum", "min", "max", "breakout"),
		checkOneOf(stream, "summary_function", "max", "min", "average", "sum", "count", "derivative"))
}
