package wildcard

import (
	"regexp"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "a", true},
		{"a", "ab", false},
		{"*", "", true},
		{"*", "a*b", true},
		{"a*", "abc", true},
		{"a*", "ba", false},
		{"*c", "abc", true},
		{"*c", "abcd", false},
		{"a*c", "ac", true},
		{"a*a", "a", false},
		{"*b*", "abc", true},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "acb", false},
		{"a**c", "abc", true},
		{"a.c", "abc", false},
	} {
		if got := Match(test.pattern, test.text); got != test.want {
			t.Errorf("Match(%q, %q) = %t", test.pattern, test.text, got)
		}
	}
}

// The standard library's regular expressions say what is right.
func FuzzMatch(f *testing.F) {
	f.Add("a*b*c", "a-b-c")
	f.Add("*", "")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `(?s:.*)`)
		expression, err := regexp.Compile("^" + quoted + "$")
		if err != nil {
			t.Skip() // not UTF-8
		}
		if strings.ToValidUTF8(text, "") != text {
			t.Skip()
		}
		if got, want := Match(pattern, text), expression.MatchString(text); got != want {
			t.Errorf("Match(%q, %q) = %t", pattern, text, got)
		}
	})
}
