package compute

import (
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/signalflow/lang"
)

// function is a function or method of the language.
type function struct {
	parameters []parameter
	// rest is the kind of any further arguments; nil: there are none.
	rest kind
	// build makes the value of a call whose arguments were checked.
	build func(c *compiler, a *arguments) (any, *lang.Error)
}

type parameter struct {
	name     string
	kind     kind
	required bool
}

// kind reports whether a value may be an argument, and is named in messages.
type kind interface {
	accepts(value any) bool
	String() string
}

type kindOf[T any] string

func (k kindOf[T]) accepts(value any) bool { _, ok := value.(T); return ok }
func (k kindOf[T]) String() string         { return string(k) }

const (
	aNumber    = kindOf[Value]("a number")
	aText      = kindOf[string]("text")
	aBool      = kindOf[bool]("True or False")
	aFilter    = kindOf[filter]("a filter")
	aCondition = kindOf[condition]("a condition such as A > 5")
	aWhen      = kindOf[when]("when()")
)

// someTexts is text or a list of text.
type someTexts struct{}

func (someTexts) String() string { return "text or a list of text" }

func (someTexts) accepts(value any) bool {
	items, ok := value.([]any)
	return aText.accepts(value) || ok && !slices.ContainsFunc(items, func(item any) bool { return !aText.accepts(item) })
}

// arguments are those of one call by the names of their parameters.
type arguments struct {
	call     *lang.Call
	receiver any
	named    map[string]any // absent: not given, or None
	rest     []any
}

func get[T any](a *arguments, name string) (value T) {
	value, _ = a.named[name].(T)
	return value
}

func (a *arguments) wrong(format string, args ...any) *lang.Error {
	return lang.Errorf(a.call.Position, lang.UsageError, format, args...)
}

// functions stand alone, methods behind a stream and a dot. They are variables that
// init fills because their builders call the compiler, which looks them up.
var functions, methods map[string]function

func init() {
	functions = map[string]function{
		"const":  {[]parameter{{"value", aNumber, true}}, nil, buildConst},
		"data":   {[]parameter{{"metric", aText, true}, {"filter", aFilter, false}, {"rollup", aText, false}}, nil, buildData},
		"detect": {[]parameter{{"on", aWhen, true}}, nil, buildDetect},
		"events": {[]parameter{{"eventType", aText, false}, {"filter", aFilter, false}}, nil, buildEvents},
		"filter": {[]parameter{{"property", aText, true}, {"value", aText, true}}, aText, buildFilter},
		"when":   {[]parameter{{"predicate", aCondition, true}}, nil, buildWhen},
	}
	methods = map[string]function{
		"publish": {[]parameter{{"label", aText, false}, {"enable", aBool, false}}, nil, buildPublish},
	}
	for name := range reducers {
		methods[name] = function{[]parameter{{"by", someTexts{}, false}}, nil, buildAggregate}
	}
}

func (c *compiler) call(e *lang.Call) (any, *lang.Error) {
	if c.calls++; c.calls > maxCalls {
		return nil, lang.Errorf(e.Position, lang.LimitError, "the program calls more than %d functions and methods", maxCalls)
	}
	a := &arguments{call: e, named: map[string]any{}}
	of, what := functions, "function"
	if e.Receiver != nil {
		var err *lang.Error
		if a.receiver, err = c.value(e.Receiver); err != nil {
			return nil, err
		}
		of, what = methods, "method"
	}
	called, ok := of[e.Name]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(of)), ", ")
		return nil, unknownName(e.Position, e.Name, "the lab knows no %s '%s'; it knows %s", what, e.Name, known)
	}
	if err := c.bind(called, a); err != nil {
		return nil, err
	}
	return called.build(c, a)
}

// bind gives the arguments of a call to the parameters.
func (c *compiler) bind(called function, a *arguments) *lang.Error {
	given := map[string]bool{}
	for i, argument := range a.call.Arguments {
		value, err := c.value(argument.Value)
		if err != nil {
			return err
		}
		to, err := called.parameterFor(a.call, i, argument)
		if err != nil {
			return err
		}
		switch {
		case given[to.name] && to.name != "":
			return lang.Errorf(argument.Position, lang.UsageError, "%s() got '%s' twice", a.call.Name, to.name)
		case value == nil && !to.required && to.name != "":
		case !to.kind.accepts(value):
			return lang.Errorf(argument.Position, lang.UsageError, "%s() takes %s for '%s', not %s", a.call.Name, to.kind, to.name, nameOf(value))
		case to.name == "":
			a.rest = append(a.rest, value)
		default:
			a.named[to.name] = value
		}
		given[to.name] = true
	}
	for _, p := range called.parameters {
		if p.required && !given[p.name] {
			return a.wrong("%s() needs '%s'", a.call.Name, p.name)
		}
	}
	return nil
}

// parameterFor finds the parameter of argument number i; that of the rest has no name.
func (f function) parameterFor(call *lang.Call, i int, argument lang.Argument) (parameter, *lang.Error) {
	if argument.Name != "" {
		at := slices.IndexFunc(f.parameters, func(p parameter) bool { return p.name == argument.Name })
		if at < 0 {
			err := lang.Errorf(argument.Position, lang.UsageError, "%s() takes no '%s' in the lab", call.Name, argument.Name)
			err.Name = argument.Name
			return parameter{}, err
		}
		return f.parameters[at], nil
	}
	switch {
	case i > 0 && call.Arguments[i-1].Name != "":
		return parameter{}, lang.Errorf(argument.Position, lang.UsageError, "arguments without a name must come first")
	case i < len(f.parameters):
		return f.parameters[i], nil
	case f.rest != nil:
		return parameter{kind: f.rest}, nil
	}
	return parameter{}, lang.Errorf(argument.Position, lang.UsageError, "%s() takes no more than %d arguments", call.Name, len(f.parameters))
}

func buildConst(_ *compiler, a *arguments) (any, *lang.Error) {
	return &constant{get[Value](a, "value")}, nil
}

func (c *compiler) countQuery(a *arguments) *lang.Error {
	if c.queries++; c.queries > maxQueries {
		return lang.Errorf(a.call.Position, lang.LimitError, "the program has more than %d queries", maxQueries)
	}
	return nil
}

func buildData(c *compiler, a *arguments) (any, *lang.Error) {
	from := &source{
		position: a.call.Position,
		metric:   get[string](a, "metric"), filter: get[filter](a, "filter"), rollup: get[string](a, "rollup"),
	}
	if from.rollup != "" && rollups[from.rollup] == nil {
		return nil, a.wrong("data(): the lab knows no rollup '%s'; it knows %s", from.rollup, strings.Join(slices.Sorted(maps.Keys(rollups)), ", "))
	}
	c.plan.sources = append(c.plan.sources, from)
	return from, c.countQuery(a)
}

func buildEvents(c *compiler, a *arguments) (any, *lang.Error) {
	from := &events{eventType: get[string](a, "eventType"), filter: get[filter](a, "filter")}
	if from.eventType == "" {
		from.eventType = "*"
	}
	return from, c.countQuery(a)
}

func buildFilter(_ *compiler, a *arguments) (any, *lang.Error) {
	if n := len(a.call.Arguments); n > maxFilterArguments {
		return nil, lang.Errorf(a.call.Position, lang.LimitError, "filter() has %d arguments, the limit is %d", n, maxFilterArguments)
	}
	f := propertyFilter{get[string](a, "property"), []string{get[string](a, "value")}}
	for _, pattern := range a.rest {
		f.patterns = append(f.patterns, pattern.(string))
	}
	wildcards, prefixes := 0, 0
	for _, pattern := range f.patterns {
		switch at := strings.Index(pattern, "*"); {
		case at < 0:
		case at == len(pattern)-1:
			prefixes++
		default:
			wildcards++
		}
	}
	if wildcards > maxWildcards || prefixes > maxPrefixes {
		return nil, lang.Errorf(a.call.Position, lang.LimitError,
			"filter() has %d patterns that end in * and %d with * elsewhere, the limits are %d and %d", prefixes, wildcards, maxPrefixes, maxWildcards)
	}
	return f, nil
}

func buildWhen(_ *compiler, a *arguments) (any, *lang.Error) {
	return when(get[condition](a, "predicate")), nil
}

func buildDetect(_ *compiler, a *arguments) (any, *lang.Error) {
	on := get[when](a, "on")
	return &detector{condition: on.stream, watched: on.watched}, nil
}

func buildAggregate(_ *compiler, a *arguments) (any, *lang.Error) {
	from := streamOf(a.receiver)
	if _, isNumber := a.receiver.(Value); from == nil || isNumber {
		return nil, a.wrong("%s() is a method of streams, not of %s", a.call.Name, nameOf(a.receiver))
	}
	var by []string
	switch properties := a.named["by"].(type) {
	case string:
		by = []string{properties}
	case []any:
		for _, property := range properties {
			by = append(by, property.(string))
		}
	}
	slices.Sort(by)
	return &aggregate{a.call.Position, from, a.call.Name, slices.Compact(by)}, nil
}

// buildPublish returns the receiver, so that a published stream can be used further.
func buildPublish(c *compiler, a *arguments) (any, *lang.Error) {
	p := &Publication{Position: a.call.Position, Block: len(c.plan.publications), Label: get[string](a, "label")}
	switch from := a.receiver.(type) {
	case *events:
		p.events = from
	case *detector:
		p.detect = from
	default:
		_, isNumber := from.(Value)
		if p.stream = streamOf(from); p.stream == nil || isNumber {
			return nil, a.wrong("publish() is a method of streams, events() and detect(), not of %s", nameOf(from))
		}
	}
	if enabled, given := a.named["enable"].(bool); !given || enabled {
		c.plan.publications = append(c.plan.publications, p)
	}
	return a.receiver, nil
}
