package docs

import (
	"bytes"
	"cmp"
	"encoding"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/otelcol-custom/otelcol-custom/exporter/libratoexporter"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter"
	"github.com/otelcol-custom/otelcol-custom/exporter/wavefrontexporter"
	"github.com/otelcol-custom/otelcol-custom/extension/queuecheckextension"
	"github.com/otelcol-custom/otelcol-custom/receiver/signalflowreceiver"
)

// module is the path of the types whose comments are ours.
const module = "github.com/otelcol-custom/otelcol-custom/"

// components are those that the reference describes. The endpoint is a key of the collector's
// HTTP client, whose meaning is the component's own.
var components = []struct {
	title, folder string
	config        component.Config
	endpoint      string
}{
	{"Exporter `signalfx`", "exporter/signalfxexporter", signalfxexporter.NewFactory().CreateDefaultConfig(), "refused here: set `realm`, or `ingest_url` and `api_url`"},
	{"Exporter `wavefront`", "exporter/wavefrontexporter", wavefrontexporter.NewFactory().CreateDefaultConfig(), "URL of the service or a proxy: https, http or tcp. Required, unless `endpoints` has all that the pipelines need"},
	{"Exporter `librato`", "exporter/libratoexporter", libratoexporter.NewFactory().CreateDefaultConfig(), "URL of what speaks the API, https or http. Required"},
	{"Receiver `signalflow`", "receiver/signalflowreceiver", signalflowreceiver.NewFactory().CreateDefaultConfig(), ""},
	{"Extension `queue_check`", "extension/queuecheckextension", queuecheckextension.NewFactory().CreateDefaultConfig(), ""},
}

const head = `# Configuration reference

Every key of our components with its type and default, written from the code by ` + "`make docs`" + `. What the keys do in context, with samples, is in
the components' READMEs; those of the collector's own sections (HTTP client, TLS, queue, retry) are explained at length where the links lead.
Unknown keys are errors. ` + "`a::b`" + ` is key b in section a; ` + "`[]`" + ` is an element of a list.

A duration is a number with a unit, such as 200ms, 10s or 5m. A text of digits only, such as a token, is written in quotes.
A secret is printed as ` + "`[REDACTED]`" + ` everywhere. A section that is off is switched on by writing its name.
`

// Reference is the page with every key of every component. The folder is the repository's root.
func Reference(root string) ([]byte, error) {
	var page bytes.Buffer
	page.WriteString(head)
	for _, c := range components {
		comments, err := fieldComments(filepath.Join(root, c.folder))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&page, "\n## %s\n\nIn context: [README](../%s/README.md).\n\n| key | type | default | meaning |\n|---|---|---|---|\n", c.title, c.folder)
		w := writer{page: &page, comments: comments, endpoint: c.endpoint}
		w.fields(reflect.ValueOf(c.config).Elem(), "", "")
	}
	return page.Bytes(), nil
}

// fieldComments are the comments of a package's structs, by "Type", and of their fields, by "Type.Field". A field without one has that of
// a field above which names it.
func fieldComments(folder string) (map[string]string, error) {
	comments := map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "config*.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("read comments: %w", err)
		}
		for _, declaration := range parsed.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if named, ok := spec.(*ast.TypeSpec); ok {
					comments[named.Name.Name] = sentence(general.Doc)
					ofFields(named, comments)
				}
			}
		}
	}
	return comments, nil
}

func ofFields(named *ast.TypeSpec, comments map[string]string) {
	structure, ok := named.Type.(*ast.StructType)
	if !ok {
		return
	}
	above := ""
	for _, field := range structure.Fields.List {
		text := sentence(field.Doc)
		if text != "" {
			above = text
		}
		for _, name := range field.Names {
			if text == "" && strings.Contains(above, name.Name) {
				text = above
			}
			comments[named.Name.Name+"."+name.Name] = text
		}
	}
}

func sentence(doc *ast.CommentGroup) string {
	return strings.TrimSuffix(strings.Join(strings.Fields(doc.Text()), " "), ".")
}

type writer struct {
	page     *bytes.Buffer
	comments map[string]string
	endpoint string
}

// fields writes the rows of a struct: our own keys first, then those of the collector's sections that are squashed into it.
// A field without a comment has what its section means.
func (w *writer) fields(v reflect.Value, path, section string) {
	w.pass(v, path, section, true)
	w.pass(v, path, section, false)
}

func (w *writer) pass(v reflect.Value, path, section string, own bool) {
	t := v.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		tag, ok := field.Tag.Lookup("mapstructure")
		if !ok || tag == "-" || !field.IsExported() {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		if option == "squash" {
			w.pass(v.Field(i), path, section, own)
			continue
		}
		if own != strings.HasPrefix(t.PkgPath(), module) {
			continue
		}
		key := name
		if path != "" {
			key = path + "::" + name
		}
		w.row(v.Field(i), key, cmp.Or(w.meaning(t, field, key), section))
	}
}

// row writes a key, and those below it.
func (w *writer) row(v reflect.Value, key, meaning string) {
	value, state := inner(v)
	t := value.Type()
	element := t
	if t.Kind() == reflect.Slice {
		element = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[component.ID]():
		fmt.Fprintf(w.page, "| `%s` | component | none | %s |\n", key, meaning)
	case isSection(t):
		if state == "" {
			state = "see below"
		}
		fmt.Fprintf(w.page, "| `%s` | section | %s | %s |\n", key, state, meaning)
		if strings.HasPrefix(t.PkgPath(), module) || explained(t) == queue || explained(t) == retry {
			if key != "correlation" { // what has no effect needs no explanation
				w.fields(value, key, meaning)
			}
		}
	case strings.HasSuffix(t.String(), "configopaque.MapList"):
		fmt.Fprintf(w.page, "| `%s` | map of secrets | none | %s |\n", key, meaning)
	case isSection(element):
		fmt.Fprintf(w.page, "| `%s` | list of sections | none | %s |\n", key, meaning)
		if strings.HasPrefix(element.PkgPath(), module) {
			w.fields(reflect.New(element).Elem(), key+"[]", meaning)
		}
	default:
		fmt.Fprintf(w.page, "| `%s` | %s | %s | %s |\n", key, typeName(t), defaultOf(value), meaning)
	}
}

// inner is the value of an optional section, or what it would be; and for one that is off that it is.
func inner(v reflect.Value) (reflect.Value, string) {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return reflect.New(v.Type().Elem()).Elem(), "none"
		}
		v = v.Elem()
	}
	if !strings.HasPrefix(v.Type().Name(), "Optional[") {
		return v, ""
	}
	copied := reflect.New(v.Type())
	copied.Elem().Set(v)
	state := "on"
	if !v.MethodByName("HasValue").IsValid() || !copied.MethodByName("HasValue").Call(nil)[0].Bool() {
		state = "off"
	}
	return copied.MethodByName("GetOrInsertDefault").Call(nil)[0].Elem(), state
}

// isSection tells structs with keys from values that are structs inside, such as ids.
func isSection(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if _, ok := t.Field(i).Tag.Lookup("mapstructure"); ok {
			return true
		}
	}
	return false
}

func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "duration"
	case t == reflect.TypeFor[configopaque.String]():
		return "secret"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "text"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float64, reflect.Float32:
		return "number"
	case reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "map"
	}
	return "text"
}

func defaultOf(v reflect.Value) string {
	if v.IsZero() && v.Kind() != reflect.Bool && v.Type() != reflect.TypeFor[time.Duration]() && !isNumber(v.Kind()) {
		return "none"
	}
	if (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 {
		return "none"
	}
	pointer := reflect.New(v.Type())
	pointer.Elem().Set(v)
	if text, ok := pointer.Interface().(encoding.TextMarshaler); ok {
		if name, err := text.MarshalText(); err == nil {
			return fmt.Sprintf("`%s`", name)
		}
	}
	return fmt.Sprintf("`%v`", v.Interface())
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64
}

// Where the collector explains its sections.
const (
	queue  = "go.opentelemetry.io/collector/exporter/exporterhelper"
	retry  = "go.opentelemetry.io/collector/config/configretry"
	client = "go.opentelemetry.io/collector/config/confighttp"
)

// explained is the package that explains a type of the collector.
func explained(t reflect.Type) string {
	if strings.Contains(t.PkgPath(), "/exporterhelper/") {
		return queue
	}
	return t.PkgPath()
}

// ofCollector is what a key of one of the collector's sections means, and where more is said.
func ofCollector(pkg, key string) string {
	link := fmt.Sprintf("[%s](https://pkg.go.dev/%s)", filepath.Base(pkg), pkg)
	for { // sections have names of their own in each component
		if text := collectorKeys[pkg][key]; text != "" {
			return text + " (" + link + ")"
		}
		if key == "" {
			return link
		}
		_, key, _ = strings.Cut(key, "::")
	}
}

// meaning is the field's comment in the words of the configuration, or where the collector explains it.
func (w *writer) meaning(owner reflect.Type, field reflect.StructField, key string) string {
	if key == "endpoint" {
		return w.endpoint
	}
	if !strings.HasPrefix(owner.PkgPath(), module) {
		return ofCollector(explained(owner), key)
	}
	text := w.comments[owner.Name()+"."+field.Name]
	if text == "" {
		inside, _ := inner(reflect.New(field.Type).Elem())
		_, text, _ = strings.Cut(w.comments[inside.Type().Name()], " ") // of the section's type, less the type's name
		if pkg := explained(inside.Type()); isSection(inside.Type()) && strings.HasPrefix(pkg, "go.opentelemetry.io/") {
			return ofCollector(pkg, "")
		}
	}
	text = strings.TrimPrefix(text, field.Name+" is ")
	text = strings.TrimPrefix(text, field.Name+" are ")
	for i := range owner.NumField() { // keys in place of Go's names
		sibling := owner.Field(i)
		key, _, _ := strings.Cut(sibling.Tag.Get("mapstructure"), ",")
		if key != "" {
			text = regexp.MustCompile(`\b`+sibling.Name+`\b`).ReplaceAllString(text, "`"+key+"`")
		}
	}
	return strings.ReplaceAll(text, "|", "\\|")
}
