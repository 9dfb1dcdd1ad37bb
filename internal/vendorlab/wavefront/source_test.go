package wavefront

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSourceTagLines(t *testing.T) {
	r := newRoom(t, Config{})
	for _, test := range []struct {
		name, line string
		want       Source
	}{
		{"add", `@SourceTag action=add source=db1 prod "eu"`, Source{ID: "db1", Tags: []string{"eu", "prod"}}},
		{"add again", `@SourceTag action="add" source="db1" eu`, Source{ID: "db1", Tags: []string{"eu", "prod"}}},
		{"describe", `@SourceDescription action=save source=db1 "the database"`, Source{ID: "db1", Tags: []string{"eu", "prod"}, Description: "the database"}},
		{"delete a tag", `@SourceTag action=delete source=db1 eu`, Source{ID: "db1", Tags: []string{"prod"}, Description: "the database"}},
		{"delete the description", `@SourceDescription action=delete source=db1`, Source{ID: "db1", Tags: []string{"prod"}}},
		{"save replaces", `@SourceTag action=save source=db1 a b`, Source{ID: "db1", Tags: []string{"a", "b"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r.t = t
			r.viaProxy("", test.line)
			source, ok := r.config.Sources.Get("db1")
			assert.True(t, ok)
			assert.Equal(t, test.want, source)
		})
	}
	assert.Empty(t, r.reasons())
}

func TestSourceTagLinesThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       Reason
	}{
		{"unknown action", `@SourceTag action=put source=s a`, LineUnparsable},
		{"no source", `@SourceTag action=add k=v a`, LineUnparsable},
		{"no tag", `@SourceTag action=add source=s`, LineUnparsable},
		{"two descriptions", `@SourceDescription action=save source=s a b`, LineUnparsable},
		{"no description", `@SourceDescription action=save source=s`, LineUnparsable},
		{"another word", `@SourceTagger action=add source=s a`, LineUnparsable},
		{"blank in a tag", `@SourceTag action=add source=s "a b"`, TagKeyChars},
		{"long tag", `@SourceTag action=add source=s ` + long(255), TagLength},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, Config{})
			r.viaProxy("", test.line)
			assert.Equal(t, []Reason{test.want}, r.reasons())
			assert.Empty(t, r.config.Sources.All())
		})
	}
}

func TestSourceREST(t *testing.T) {
	r := newRoom(t, Config{})
	for _, step := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "/api/v2/source/db1", "", 404, ""},
		{"DELETE", "/api/v2/source/db1/tag/eu", "", 404, ""},
		{"PUT", "/api/v2/source/db1/tag/eu", "", 200, ""},
		{"PUT", "/api/v2/source/db1/tag/a%20b", "", 400, "source tag"},
		{"POST", "/api/v2/source/db1/tag", `["x","y"]`, 200, ""},
		{"POST", "/api/v2/source/db1/tag", `"x"`, 400, "JSON array"},
		{"GET", "/api/v2/source/db1/tag", "", 200, `"items":["x","y"]`},
		{"POST", "/api/v2/source/db1/description", `the database`, 200, ""},
		{"DELETE", "/api/v2/source/db1/tag/x", "", 200, ""},
		{"GET", "/api/v2/source/db1", "", 200, `"description":"the database","id":"db1","sourceName":"db1","tags":{"y":true}`},
		{"DELETE", "/api/v2/source/db1/description", "", 200, ""},
		{"POST", "/api/v2/source/db1/tag/x", "", 404, ""},
		{"PUT", "/api/v2/source/db1/tag/a/b/c/d", "", 404, ""},
		{"PUT", "/api/v2/source//tag/a", "", 404, ""},
		{"PATCH", "/api/v2/source/db1", "", 405, ""},
		{"PUT", "/api/v2/source/a%2Fb/tag/x", "", 200, ""},
		{"GET", "/api/v2/source/a%2Fb", "", 200, `"id":"a/b"`},
	} {
		t.Run(fmt.Sprint(step.method, " ", step.path), func(t *testing.T) {
			answer := send(r.direct, step.method, step.path, []byte(step.body))
			assert.Equal(t, step.status, answer.Code, answer.Body)
			assert.Contains(t, answer.Body.String(), step.answer)
		})
	}
}

func TestSourcesAreBounded(t *testing.T) {
	s := NewSources()
	for i := range maxSources + 1 {
		s.apply(sourceChange{Source: fmt.Sprint(i), Action: "add", Tags: []string{"t"}})
	}
	require.Len(t, s.All(), maxSources)
	_, ok := s.Get("0")
	assert.False(t, ok, "the oldest left")
	for i := range maxSourceTags + 1 {
		s.apply(sourceChange{Source: "1", Action: "add", Tags: []string{fmt.Sprint(i)}})
	}
	source, _ := s.Get("1")
	assert.Len(t, source.Tags, maxSourceTags)
}

func TestSourceTagsNeedTheirPermission(t *testing.T) {
	r := newRoom(t, Config{Tokens: NewTokens(Token{"some-token", []Permission{DirectIngestion}})})
	answer := send(r.direct, http.MethodPut, "/api/v2/source/db1/tag/eu", nil)
	assert.Equal(t, http.StatusForbidden, answer.Code)
}
