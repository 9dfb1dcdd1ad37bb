package root

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/session"
)

const methodsPage = "../../../../docs/clients.md"

// packages are those that the page calls by these names.
var packages = map[string]string{
	"signalfx":   "../../../../client/signalfx",
	"signalflow": "../../../../client/signalfx/signalflow",
	"wavefront":  "../../../../client/wavefront",
	"librato":    "../../../../client/librato",
}

// method is a row of the page.
type method struct {
	library, python, goCell, commandCell, note string
}

var quoted = regexp.MustCompile("`([^`]+)`")

// readMethods returns the rows of the page's tables.
func readMethods(t *testing.T) (rows []method) {
	text, err := os.ReadFile(methodsPage)
	require.NoError(t, err)
	library := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			library = heading
		}
		cells := strings.Split(line, "|")
		if len(cells) != 6 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		name := quoted.FindStringSubmatch(cells[1])
		rows = append(rows, method{library, name[1], cells[2], cells[3], strings.TrimSpace(cells[4])})
	}
	require.NotEmpty(t, rows)
	return rows
}

// TestThePageOfMethodsIsComplete compares it with the list of what the libraries offer.
func TestThePageOfMethodsIsComplete(t *testing.T) {
	text, err := os.ReadFile("testdata/python_methods.txt")
	require.NoError(t, err)
	var want, got []string
	library := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			library = strings.Trim(line, "[]")
		default:
			want = append(want, library+": "+line)
		}
	}
	for _, m := range readMethods(t) {
		got = append(got, m.library+": "+m.python)
	}
	assert.ElementsMatch(t, want, got)
}

func TestEveryRowLeadsSomewhere(t *testing.T) {
	for _, m := range readMethods(t) {
		if strings.TrimSpace(m.goCell+m.commandCell) == "" {
			assert.NotEmpty(t, m.note, "%s: neither a method nor a command, nor a word about it", m.python)
		}
	}
}

func TestEveryGoNameOfThePageExists(t *testing.T) {
	known := map[string]bool{}
	for name, folder := range packages {
		for symbol := range exported(t, folder) {
			known[name+"."+symbol] = true
		}
	}
	for _, m := range readMethods(t) {
		for _, name := range quoted.FindAllStringSubmatch(m.goCell, -1) {
			assert.True(t, known[name[1]], "%s: there is no %s", m.python, name[1])
		}
	}
}

// exported returns the exported names of a package, members and methods as TYPE.NAME.
func exported(t *testing.T, folder string) map[string]bool {
	found := map[string]bool{}
	files, err := filepath.Glob(path.Join(folder, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declared := range parsed.Decls {
			switch d := declared.(type) {
			case *ast.FuncDecl:
				found[receiver(d)+d.Name.Name] = d.Name.IsExported()
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					note(found, spec)
				}
			}
		}
	}
	return found
}

func note(found map[string]bool, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			found[name.Name] = name.IsExported()
		}
	case *ast.TypeSpec:
		found[s.Name.Name] = s.Name.IsExported()
		if members, ok := s.Type.(*ast.StructType); ok {
			for _, field := range members.Fields.List {
				for _, name := range field.Names {
					found[s.Name.Name+"."+name.Name] = name.IsExported()
				}
			}
		}
	}
}

// receiver is the type of a method with a dot, and nothing for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name + "."
	}
	return "?."
}

func TestEveryCommandOfThePageExists(t *testing.T) {
	root := New(&session.Session{})
	for _, m := range readMethods(t) {
		for _, line := range quoted.FindAllStringSubmatch(m.commandCell, -1) {
			checkCommand(t, root, line[1])
		}
	}
}

// checkCommand wants a command with its flags.
func checkCommand(t *testing.T, root *cobra.Command, line string) {
	var names, flags []string
	for _, word := range strings.Fields(line) {
		if flag, ok := strings.CutPrefix(word, "--"); ok {
			flags = append(flags, flag)
		} else {
			names = append(names, word)
		}
	}
	cmd, rest, err := root.Find(names)
	if !assert.NoError(t, err, line) || !assert.Empty(t, rest, "there is no command %q", line) {
		return
	}
	for _, flag := range flags {
		assert.True(t, cmd.Flags().Lookup(flag) != nil || cmd.PersistentFlags().Lookup(flag) != nil || cmd.InheritedFlags().Lookup(flag) != nil,
			"%s has no flag --%s", strings.Join(names, " "), flag)
	}
}

func TestEveryLinkOfThePageLeadsToAFolder(t *testing.T) {
	text, err := os.ReadFile(methodsPage)
	require.NoError(t, err)
	for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(string(text), -1) {
		info, err := os.Stat(path.Join(path.Dir(methodsPage), link[1]))
		if assert.NotErrorIs(t, err, fs.ErrNotExist, link[1]) {
			assert.True(t, info.IsDir(), link[1])
		}
	}
}

// TestEveryCommandSaysWhatItDoes: names, texts and arguments are there for the help.
func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		assert.NotEmpty(t, cmd.Short, cmd.CommandPath())
		for _, child := range cmd.Commands() {
			check(child)
		}
	}
	check(New(&session.Session{}))
}
