package librato

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// step is one call that the recording made on a Python client.
type step struct {
	Call   string // OBJECT.METHOD
	New    string // CLASS
	Args   []any
	Kwargs map[string]any
	As     string // name of the result
	Repeat int    // times; {i} and {"$i": true} are the index

	Set   string // OBJECT.ATTRIBUTE
	Value any

	With  string // OBJECT, a context manager around Do
	Do    []step
	Raise string
}

// object is something that steps call. It does with our client what the Python
// object of the same name does.
type object interface {
	call(ctx context.Context, method string, a arguments) (any, error)
}

// settable is an object whose attributes steps set.
type settable interface {
	set(attribute string, value any)
}

// closer is an object that steps use as a context manager.
type closer interface {
	close(ctx context.Context) error
}

var errRaised = errors.New("raised by a step")

// interpreter runs the steps of one case.
type interpreter struct {
	t       *testing.T
	objects map[string]any
	// classes make the objects of "new" steps.
	classes map[string]func(arguments) (any, error)
}

func newInterpreter(t *testing.T, server *httptest.Server, line vectorLine) *interpreter {
	in := &interpreter{t: t, objects: map[string]any{}}
	api := newAPIObject(t, server, line)
	in.objects["api"] = api
	in.classes = map[string]func(arguments) (any, error){"Aggregator": api.newAggregator, "Space": newSpace}
	return in
}

// run returns what the last step returned.
func (in *interpreter) run(steps []step) (result any, err error) {
	for _, s := range steps {
		for i := range max(1, s.Repeat) {
			if result, err = in.step(s, i); err != nil {
				return nil, err
			}
		}
		if s.As != "" {
			in.objects[s.As] = result
		}
	}
	return result, nil
}

func (in *interpreter) step(s step, i int) (any, error) {
	switch {
	case s.Raise != "":
		return nil, errRaised
	case s.Set != "":
		name, attribute, _ := strings.Cut(s.Set, ".")
		in.objects[name].(settable).set(attribute, s.Value)
		return nil, nil
	case s.With != "":
		_, err := in.run(s.Do)
		return nil, errors.Join(err, in.objects[s.With].(closer).close(in.t.Context()))
	case s.New != "":
		return in.classes[s.New](in.resolve(s, i))
	}
	name, method, _ := strings.Cut(s.Call, ".")
	o, ok := in.objects[name].(object)
	if !ok {
		return nil, fmt.Errorf("no object %q to call", name)
	}
	return o.call(in.t.Context(), method, in.resolve(s, i))
}

// arguments are those of one call, with references resolved.
type arguments struct {
	list  []any
	named map[string]any
}

func (in *interpreter) resolve(s step, i int) arguments {
	a := arguments{named: map[string]any{}}
	for _, v := range s.Args {
		a.list = append(a.list, in.value(v, i))
	}
	for k, v := range s.Kwargs {
		a.named[k] = in.value(v, i)
	}
	return a
}

func (in *interpreter) value(v any, i int) any {
	switch v := v.(type) {
	case string:
		if name, ok := strings.CutPrefix(v, "$"); ok {
			return in.objects[name]
		}
		return strings.ReplaceAll(v, "{i}", strconv.Itoa(i))
	case map[string]any:
		if _, ok := v["$i"]; ok {
			return json.Number(strconv.Itoa(i))
		}
		if f, ok := v["$float"]; ok && f == "nan" {
			return math.NaN()
		}
	}
	return v
}

func (a arguments) text(i int) string { return a.list[i].(string) }

func (a arguments) number(i int) Number { return numberOf(a.list[i]) }

// numberOf keeps integers exact, as Python does.
func numberOf(v any) Number {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return Int(i)
		}
		f, _ := v.Float64()
		return Float(f)
	case float64:
		return Float(v)
	}
	return Number{}
}

func integerOf(v any) int64 {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return i
}

func tagsOf(v any) Tags {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	tags := Tags{}
	for name, value := range m {
		tags[name] = value.(string)
	}
	return tags
}
