package librato

import (
	"slices"
	"strings"
)

// The Python clients write every member that they know, null or empty where it is
// not set, and send back what only the service sets. What follows is the rule that
// their recorded bodies and ours are compared by, in the files of the management API.

var managementFiles = []string{"metrics", "alerts", "spaces_charts"}

func isManagement(id string) bool {
	file, _, _ := strings.Cut(id, ":")
	return slices.Contains(managementFiles, file)
}

// said is what a body says: without null and empty members, and, of an alert, without
// the members that the service sets.
func said(id string, body any) any {
	members, ok := strip(body).(map[string]any)
	if !ok {
		return strip(body)
	}
	if strings.HasPrefix(id, "alerts:") {
		for _, name := range []string{"id", "created_at", "updated_at"} {
			delete(members, name)
		}
		if strings.HasSuffix(id, "/pl") {
			delete(members, "rearm_per_signal") // which that client loses
		}
	}
	return members
}

// renamed is how the Python objects call members.
var renamed = map[string]string{"_id": "id", "_duration": "duration", "condition_type": "type", "measure_time": "time"}

// invented are members that the Python objects make up.
var invented = []string{"space_id", "source", "chart_ids"}

// holds reports whether all that a recorded result says is in ours too: their objects
// lose members that ours keep.
func holds(recorded, ours any) bool {
	switch recorded := recorded.(type) {
	case map[string]any:
		members, ok := ours.(map[string]any)
		if !ok {
			return false
		}
		for name, value := range recorded {
			if to, ok := renamed[name]; ok {
				name = to
			}
			if !slices.Contains(invented, name) && !holds(value, members[name]) {
				return false
			}
		}
		return true
	case []any:
		items, ok := ours.([]any)
		if !ok || len(items) != len(recorded) {
			return false
		}
		for i := range recorded {
			if !holds(recorded[i], items[i]) {
				return false
			}
		}
		return true
	}
	return recorded == ours
}
