package librato

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRoot(t *testing.T) {
	for _, c := range []struct{ name, base, want string }{
		{"a host", "https://api.appoptics.com", "https://api.appoptics.com/v1"},
		{"a host with a slash", "https://api.appoptics.com/", "https://api.appoptics.com/v1"},
		{"plain HTTP and a port", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1"},
		{"a prefix is kept", "http://relay:8080/capture/librato/", "http://relay:8080/capture/librato/v1"},
		{"a version is kept", "http://relay/v1/", "http://relay/v1"},
		{"another version behind a prefix", "http://relay/capture/v2", "http://relay/capture/v2"},
		{"what only looks like a version", "http://relay/dev1", "http://relay/dev1/v1"},
		{"an escaped prefix stays escaped", "http://relay/a%2Fb", "http://relay/a%2Fb/v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, err := ParseBaseURL(c.base)
			require.NoError(t, err)
			assert.Equal(t, c.want, rootOf(base))
		})
	}
}

func TestParseBaseURLRefuses(t *testing.T) {
	for _, text := range []string{"", "relay:8080", "ftp://relay", "http://", "/v1", "http://a:b@relay", "http://relay?x=1", "http://relay#x", "http://[::1"} {
		_, err := ParseBaseURL(text)
		assert.Error(t, err, text)
		assert.NotContains(t, fmt.Sprint(err), "a:b")
	}
}

func TestRoute(t *testing.T) {
	for _, c := range []struct {
		name     string
		segments []string
		want     string
	}{
		{"a legal name", []string{"cpu.user"}, "/cpu.user"},
		{"a blank", []string{"a b"}, "/a%20b"},
		{"what would change the URL", []string{"a/b?c=d#e%f"}, "/a%2Fb%3Fc=d%23e%25f"},
		{"outside ASCII", []string{"é", "189"}, "/%C3%A9/189"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, err := route(c.segments...)
			require.NoError(t, err)
			assert.Equal(t, c.want, path)
		})
	}
	for _, bad := range []string{"", ".", ".."} {
		_, err := route("stream", bad)
		assert.Error(t, err, "%q would reach another resource", bad)
	}
}

func TestCredentials(t *testing.T) {
	librato, err := LibratoCredentials("user@example.com", "token0123")
	require.NoError(t, err)
	appoptics, err := AppOpticsCredentials("token0123")
	require.NoError(t, err)
	assert.Equal(t, "Basic dXNlckBleGFtcGxlLmNvbTp0b2tlbjAxMjM=", librato.header())
	assert.Equal(t, "Basic dG9rZW4wMTIzOg==", appoptics.header(), "the colon is part of it")
	assert.Empty(t, Credentials{}.header())
	assert.Empty(t, Credentials{}.secrets())
	for _, c := range []Credentials{librato, appoptics} {
		for _, format := range []string{"%s", "%v", "%+v", "%#v"} {
			assert.NotContains(t, fmt.Sprintf(format, c), "token0123")
		}
	}
}

func TestCredentialsRefuse(t *testing.T) {
	for _, c := range []struct {
		name string
		make func() (Credentials, error)
	}{
		{"no token", func() (Credentials, error) { return AppOpticsCredentials("") }},
		{"no e-mail address", func() (Credentials, error) { return LibratoCredentials("", "t0123") }},
		{"no token beside an e-mail address", func() (Credentials, error) { return LibratoCredentials("u@example.com", "") }},
		{"a token outside ASCII", func() (Credentials, error) { return AppOpticsCredentials("t0123é") }},
		{"a token with a line break", func() (Credentials, error) { return AppOpticsCredentials("t0123\n") }},
		{"an environment without them", func() (Credentials, error) {
			return CredentialsFromEnvironment(AppOptics, func(string) string { return "" })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.make()
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "t0123")
		})
	}
}

func TestNames(t *testing.T) {
	assert.Equal(t, "appoptics librato tags sources", fmt.Sprint(AppOptics, Librato, TagDialect, SourceDialect))
}
