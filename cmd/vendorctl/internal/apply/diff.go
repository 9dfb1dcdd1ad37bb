package apply

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// diff describes how one object becomes another, a line for each member that differs.
func diff(before, after object) []string {
	var lines []string
	diffValue(&lines, "", before, after)
	return lines
}

func diffValue(lines *[]string, path string, before, after any) {
	if equal(before, after) {
		return
	}
	was, wasObject := before.(object)
	is, isObject := after.(object)
	if wasObject && isObject {
		for _, name := range sortedNames(was, is) {
			diffValue(lines, join(path, name), was[name], is[name])
		}
		return
	}
	oldList, wasList := before.([]any)
	newList, isList := after.([]any)
	if wasList && isList && !scalars(oldList) && !scalars(newList) {
		diffList(lines, path, oldList, newList)
		return
	}
	switch {
	case empty(before):
		*lines = append(*lines, fmt.Sprintf("+ %s: %s", path, inline(after)))
	case empty(after):
		*lines = append(*lines, fmt.Sprintf("- %s: %s", path, inline(before)))
	default:
		*lines = append(*lines, fmt.Sprintf("~ %s: %s -> %s", path, inline(before), inline(after)))
	}
}

// diffList compares items with the same id, and those without one by their position.
func diffList(lines *[]string, path string, before, after []any) {
	begin := len(*lines)
	left := slices.Clone(before)
	for i, item := range after {
		j := slices.IndexFunc(left, func(other any) bool { return idOf(item) != nil && equal(idOf(item), idOf(other)) })
		if idOf(item) == nil && idOf(at(before, i)) == nil && i < len(before) {
			j = i
		}
		var was any
		if j >= 0 {
			was, left[j] = left[j], nil
		}
		diffValue(lines, fmt.Sprintf("%s[%d]", path, i), was, item)
	}
	for i, item := range left {
		diffValue(lines, fmt.Sprintf("%s[%d]", path, i), item, nil)
	}
	if len(*lines) == begin {
		*lines = append(*lines, fmt.Sprintf("~ %s: in another order", path))
	}
}

func idOf(item any) any {
	members, _ := item.(object)
	return members["id"]
}

func sortedNames(a, b object) []string {
	names := slices.Collect(maps.Keys(a))
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// scalars reports whether a list holds nothing that has members.
func scalars(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool { _, ok := v.(object); return ok })
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func inline(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
