package librato

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSanitizeNameAsRecorded(t *testing.T) {
	f, err := os.Open(filepath.Join(vectorsFolder, "sanitize.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	count := 0
	for scanner := bufio.NewScanner(f); scanner.Scan(); count++ {
		var v struct{ Name, Sanitized string }
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &v))
		assert.Equal(t, v.Sanitized, SanitizeName(v.Name), "%q", v.Name)
		appended, changed := AppendSanitizedName([]byte("x"), v.Name)
		assert.Equal(t, "x"+v.Sanitized, string(appended), "%q", v.Name)
		assert.Equal(t, v.Sanitized != v.Name, changed, "%q", v.Name)
	}
	assert.Equal(t, 53, count)
}

func TestSanitizeTags(t *testing.T) {
	name := func(s string) string { out, _ := AppendSanitizedTagName(nil, s); return string(out) }
	value := func(s string) string { out, _ := AppendSanitizedTagValue(nil, s, false); return string(out) }
	source := func(s string) string { out, _ := AppendSanitizedSource(nil, s); return string(out) }
	low := func(s string) string { out, _ := AppendSanitizedTagValue(nil, s, true); return string(out) }
	for _, c := range []struct {
		name string
		rule func(string) string
		in   string
		want string
	}{
		{"a tag name that is legal", name, "k8s.pod-name:x_1", "k8s.pod-name:x_1"},
		{"a tag name is stored in lower case", name, "Host.Name", "host.name"},
		{"a run of bad characters in a tag name", name, "a b/(c)", "a-b-c-"},
		{"a tag name of 65 characters", name, strings.Repeat("n", 65), strings.Repeat("n", 64)},
		{"a source keeps its case", source, "Web 1.example.com", "Web-1.example.com"},
		{"a source of 256 characters", source, strings.Repeat("s", 256), strings.Repeat("s", 255)},
		{"an empty tag name stays empty", name, "", ""},
		{"a tag value may hold a space, a slash, a backslash and a question mark", value, `C:\Dir /x?`, `C:\Dir /x?`},
		{"a tag value keeps its case", value, "EU-West", "EU-West"},
		{"a tag value in lower case on request", low, "EU-West", "eu-west"},
		{"a run of bad characters in a tag value", value, "a=b&&c", "a-b-c"},
		{"characters outside ASCII count as one run", value, "zürich 日本", "z-rich -"},
		{"a tag value of 256 characters", value, strings.Repeat("v", 256), strings.Repeat("v", 255)},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, c.rule(c.in)) })
	}
}

func TestLegal(t *testing.T) {
	assert.True(t, IsName("a.B:c-d_1"))
	assert.False(t, IsName(""))
	assert.False(t, IsName("a b"))
	assert.True(t, IsSource("web-1"))
	assert.False(t, IsSource("All"), "reserved in any case")
	assert.True(t, IsTagName("Host"), "the service lower-cases itself")
	assert.False(t, IsTagName(strings.Repeat("n", 65)))
	assert.True(t, IsTagValue("a b"))
	assert.False(t, IsTagValue("a=b"))
	assert.False(t, IsTagValue(""))
}

// The rules once more, the slow way.
var (
	badInName  = regexp.MustCompile(`[^A-Za-z0-9.:\-_]+`)
	badInValue = regexp.MustCompile(`[^-.:_?\\/A-Za-z0-9 ]+`)
)

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"", "cpu", "a b", "é", "a\xffb", strings.Repeat("ab!", 100), "A!-B"} {
		f.Add(s)
	}
	cut := func(s string, n int) string { return s[:min(n, len(s))] }
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			s = strings.ToValidUTF8(s, "\xff") // one bad byte a run: the expression sees characters
		}
		assert.Equal(t, cut(badInName.ReplaceAllString(s, "-"), 255), SanitizeName(s))
		tag, _ := AppendSanitizedTagName(nil, s)
		assert.Equal(t, strings.ToLower(cut(badInName.ReplaceAllString(s, "-"), 64)), string(tag))
		value, changed := AppendSanitizedTagValue(nil, s, false)
		assert.Equal(t, cut(badInValue.ReplaceAllString(s, "-"), 255), string(value))
		assert.Equal(t, s != string(value), changed)
		assert.Equal(t, s != "", IsTagValue(string(value)))
	})
}
