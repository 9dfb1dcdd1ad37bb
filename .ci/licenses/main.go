// Command licenses lists the licence of every module that is compiled into a program, and fails when
// one is not among those that are allowed. It reads the licence files in the module cache.
//
//	go run . -program ../../cmd/otelcol-custom [-write|-check] ../../docs/licenses.md
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

// allowed are permissive licences, and one that asks to publish changes of its own files only. Nothing
// of what has that one is changed here.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GNU-All-permissive-Copying-License", "ISC", "MIT", "MPL-2.0", "Unlicense", "Zlib"}

const header = `# Licences

What is compiled into ` + "`otelcol-custom`" + `, by licence. ` + "`make licenses`" + ` writes this page, and ` + "`make check-licenses`" + ` fails when a module
is missing here or has a licence that is not on the list of those allowed: permissive ones, and the Mozilla Public License, which asks
to publish changes of its own files only; nothing under it is changed here.
`

func main() {
	program := flag.String("program", "", "folder of the program")
	write := flag.Bool("write", false, "write the page instead of comparing it")
	flag.Parse()
	if err := run(*program, flag.Arg(0), *write); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(program, page string, write bool) error {
	modules, err := modulesOf(program)
	if err != nil {
		return err
	}
	byLicense, err := classify(modules)
	if err != nil {
		return err
	}
	want := render(byLicense)
	if write {
		return os.WriteFile(page, want, 0o644)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s is out of date: run make licenses and commit it", filepath.Base(page))
	}
	return nil
}

type module struct{ Path, Dir string }

// modulesOf lists the modules of all packages that the program is made of, without our own.
func modulesOf(program string) ([]module, error) {
	list := exec.Command("go", "list", "-deps", "-json=Module", ".")
	list.Dir = program
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages of %s: %w", program, err)
	}
	dirs := map[string]module{}
	for packages := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ Module *module }
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !strings.HasPrefix(p.Module.Path, "github.com/otelcol-custom/otelcol-custom") {
			dirs[p.Module.Path] = *p.Module
		}
	}
	modules := make([]module, 0, len(dirs))
	for _, m := range dirs {
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return modules, nil
}

// licenseFile leaves out what is about documentation, such as LICENSE.docs.
var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-.](txt|md|mit|apache|bsd).*)?$`)

func classify(modules []module) (map[string][]string, error) {
	c, err := assets.DefaultClassifier()
	if err != nil {
		return nil, err
	}
	byLicense := map[string][]string{}
	var problems []error
	for _, m := range modules {
		names, err := licensesIn(c, m.Dir)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", m.Path, err))
			continue
		}
		key := strings.Join(names, " and ")
		byLicense[key] = append(byLicense[key], m.Path)
	}
	return byLicense, errors.Join(problems...)
}

// licensesIn names what the licence files of a folder say; all of it must be allowed.
func licensesIn(c *classifier.Classifier, dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() || !licenseFile.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		for _, match := range c.Match(c.Normalize(text)).Matches {
			// A header is the notice that refers to a licence: some files hold nothing else.
			if (match.MatchType == "License" || match.MatchType == "Header") && !slices.Contains(names, match.Name) {
				names = append(names, match.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil, errors.New("no licence was recognized")
	}
	for _, name := range names {
		if !slices.Contains(allowed, name) {
			return nil, fmt.Errorf("its licence %s is not allowed", name)
		}
	}
	slices.Sort(names)
	return names, nil
}

func render(byLicense map[string][]string) []byte {
	var page bytes.Buffer
	page.WriteString(header)
	var names []string
	for name := range byLicense {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&page, "\n## %s\n\n", name)
		for _, path := range byLicense[name] {
			fmt.Fprintf(&page, "- %s\n", path)
		}
	}
	return page.Bytes()
}
