// Package strictconf finds keys of a component's configuration that nothing reads, and
// durations without a unit.
//
// The collector refuses unknown keys by itself, except in a configuration that
// squashes a section with its own Unmarshal, such as confighttp.ClientConfig: there
// it ignores them, and a typing error goes unnoticed. A duration that is a bare number it
// takes as nanoseconds, which nobody means: `timeout: 10` would fail every request.
package strictconf

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// Check returns an error for every key in conf that config, a pointer to a struct,
// has no field for, with the nearest key that it has, and for every duration that is a number.
func Check(conf *confmap.Conf, config any) error {
	return errors.Join(mistakes(conf.ToStringMap(), reflect.TypeOf(config), "")...)
}

func mistakes(raw map[string]any, t reflect.Type, path string) []error {
	known, optional := fieldsOf(t)
	if known == nil {
		return nil // not a struct: a map or a type that reads itself
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		field, ok := known[key]
		if !ok && optional && key == "enabled" {
			continue
		}
		if !ok {
			errs = append(errs, unknownKey(path, key, known))
			continue
		}
		switch value := raw[key].(type) {
		case map[string]any:
			errs = append(errs, mistakes(value, field, path+key+"::")...)
		case []any:
			errs = append(errs, mistakesInList(value, field, path+key)...)
		case int, int64, uint64, float64:
			if field == reflect.TypeFor[time.Duration]() && !reflect.ValueOf(value).IsZero() {
				errs = append(errs, fmt.Errorf("`%s%s` has no unit: write %vs, %vms or another duration", path, key, value, value))
			}
		}
	}
	return errs
}

// mistakesInList looks into the elements of a list of sections.
func mistakesInList(list []any, t reflect.Type, path string) []error {
	if t.Kind() != reflect.Slice {
		return nil
	}
	var errs []error
	for i, element := range list {
		if section, ok := element.(map[string]any); ok {
			errs = append(errs, mistakes(section, t.Elem(), fmt.Sprintf("%s[%d]::", path, i))...)
		}
	}
	return errs
}

func unknownKey(path, key string, known map[string]reflect.Type) error {
	if near := nearest(key, known); near != "" {
		return fmt.Errorf("unknown key `%s%s`: did you mean `%s%s`?", path, key, path, near)
	}
	return fmt.Errorf("unknown key `%s%s`", path, key)
}

// fieldsOf returns the keys that a struct type has, those of squashed structs among
// them; nil for any other type. Optional reports whether the type is a configoptional.Optional.
func fieldsOf(t reflect.Type) (fields map[string]reflect.Type, optional bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if inner, ok := optionalOf(t); ok {
		fields, _ = fieldsOf(inner)
		return fields, true
	}
	if t.Kind() != reflect.Struct {
		return nil, false
	}
	fields = make(map[string]reflect.Type)
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("mapstructure"), ",")
		if strings.Contains(options, "squash") {
			inner, _ := fieldsOf(f.Type)
			maps.Copy(fields, inner)
		} else if name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields, false
}

// optionalOf returns what a configoptional.Optional holds, told by its method Get.
func optionalOf(t reflect.Type) (reflect.Type, bool) {
	if !strings.HasSuffix(t.PkgPath(), "/configoptional") {
		return nil, false
	}
	get, ok := reflect.PointerTo(t).MethodByName("Get")
	if !ok {
		return nil, false
	}
	return get.Type.Out(0), true
}

// Keys returns every key of a configuration, those of sections as section::key, in order.
func Keys(config any) []string {
	var keys []string
	collect(reflect.TypeOf(config), "", &keys)
	slices.Sort(keys)
	return keys
}

func collect(t reflect.Type, path string, keys *[]string) {
	fields, _ := fieldsOf(t)
	for key, field := range fields {
		*keys = append(*keys, path+key)
		collect(field, path+key+"::", keys)
	}
}

// nearest returns the known key that differs least, when it is near enough to be meant.
func nearest(key string, known map[string]reflect.Type) string {
	best, distance := "", len(key)/3+1
	for _, candidate := range slices.Sorted(maps.Keys(known)) {
		if d := editDistance(key, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// editDistance is the number of letters to insert, delete or replace.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
