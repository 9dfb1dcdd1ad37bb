package docs

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fence   = regexp.MustCompile("(?s)```.*?```")
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	notSlug = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// Every link of a README or page into the tree leads somewhere, its heading included.
func TestLinksLeadSomewhere(t *testing.T) {
	pages := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "build" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".md") {
			return nil
		}
		pages++
		for _, match := range link.FindAllStringSubmatch(prose(t, path), -1) {
			checkLink(t, path, match[1])
		}
		return nil
	}))
	assert.Greater(t, pages, 10)
}

// prose is a page without its code.
func prose(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return fence.ReplaceAllString(string(text), "")
}

func checkLink(t *testing.T, page, target string) {
	t.Helper()
	address, err := url.Parse(target)
	if !assert.NoError(t, err, "%s links to %s", page, target) || address.Scheme != "" {
		return
	}
	file := page
	if address.Path != "" {
		file = filepath.Join(filepath.Dir(page), address.Path)
	}
	info, err := os.Stat(file)
	if !assert.NoError(t, err, "%s links to %s", page, target) || address.Fragment == "" || info.IsDir() {
		return
	}
	for _, match := range heading.FindAllStringSubmatch(prose(t, file), -1) {
		if slug(match[1]) == address.Fragment {
			return
		}
	}
	t.Errorf("%s links to %s, where no heading is called so", page, target)
}

// slug is the anchor that a heading gets.
func slug(heading string) string {
	return strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}
