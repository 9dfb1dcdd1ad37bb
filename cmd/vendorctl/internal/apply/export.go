package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
)

// Export writes what an account holds as a file that Plan takes: without ids and
// times, which mean something in one account only.
func Export(ctx context.Context, client *librato.Client, alerts, spaces bool) ([]byte, error) {
	top := &yaml.Node{Kind: yaml.MappingNode}
	if alerts {
		list, err := exportAlerts(ctx, client)
		if err != nil {
			return nil, err
		}
		addMember(top, "alerts", toNode(list))
	}
	if spaces {
		list, err := exportSpaces(ctx, client)
		if err != nil {
			return nil, err
		}
		addMember(top, "spaces", toNode(list))
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(top); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

func exportAlerts(ctx context.Context, client *librato.Client) ([]any, error) {
	services, err := LoadServices(ctx, client)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for alert, err := range client.Alerts(ctx, librato.ListOptions{}) {
		if err != nil {
			return nil, err
		}
		members, err := toObject(alert)
		if err != nil {
			return nil, err
		}
		names := []any{}
		for _, s := range alert.Services {
			names = append(names, services.Name(s.ID))
		}
		members["services"] = names
		list = append(list, portable(members))
	}
	byName(list)
	return list, nil
}

func exportSpaces(ctx context.Context, client *librato.Client) ([]any, error) {
	list := []any{}
	for space, err := range client.Spaces(ctx, librato.ListOptions{}) {
		if err != nil {
			return nil, err
		}
		charts := []any{}
		for chart, err := range client.Charts(ctx, space.ID) {
			if err != nil {
				return nil, err
			}
			members, err := toObject(chart)
			if err != nil {
				return nil, err
			}
			charts = append(charts, portable(members))
		}
		members := object{"name": space.Name, "charts": charts}
		if space.TagBased != nil {
			members["tags"] = *space.TagBased
		}
		list = append(list, members)
	}
	byName(list)
	return list, nil
}

func byName(list []any) {
	slices.SortFunc(list, func(a, b any) int {
		return strings.Compare(a.(object)["name"].(string), b.(object)["name"].(string))
	})
}

// ofAccount are members that an account sets.
var ofAccount = []string{"id", "created_at", "updated_at"}

// portable leaves out what means something in one account only, and what says nothing.
func portable(members object) object {
	out := object{}
	for name, value := range members {
		if slices.Contains(ofAccount, name) || empty(value) {
			continue
		}
		out[name] = value
		if list, ok := value.([]any); ok {
			out[name] = portableList(list)
		}
	}
	return out
}

func portableList(list []any) []any {
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = item
		if members, ok := item.(object); ok {
			out[i] = portable(members)
		}
	}
	return out
}

// toNode writes names and types first, then the other members in order.
func toNode(value any) *yaml.Node {
	switch value := value.(type) {
	case object:
		node := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range slices.SortedFunc(keysOf(value), firstName) {
			addMember(node, name, toNode(value[name]))
		}
		return node
	case []any:
		node := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range value {
			node.Content = append(node.Content, toNode(item))
		}
		return node
	case json.Number:
		tag := "!!float"
		if _, err := value.Int64(); err == nil {
			tag = "!!int"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value.String()}
	}
	var node yaml.Node
	_ = node.Encode(value) // text, true, false and null can be
	return &node
}

func keysOf(o object) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range o {
			if !yield(name) {
				return
			}
		}
	}
}

func firstName(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index([]string{"name", "type", "metric_name", "metric"}, name); i >= 0 {
			return i
		}
		return 10
	}
	if r := rank(a) - rank(b); r != 0 {
		return r
	}
	return strings.Compare(a, b)
}

func addMember(node *yaml.Node, name string, value *yaml.Node) {
	var key yaml.Node
	key.SetString(name)
	node.Content = append(node.Content, &key, value)
}
