package profile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const file = `
default:
  signalfx: {token: sfx, realm: us1}
  librato: {api: librato, email: a@example.com, token: lib}
stage:
  wavefront: {url: https://stage.example.com, token: wf}
`

func written(t *testing.T, text string, mode os.FileMode) string {
	path := filepath.Join(t.TempDir(), "vendorctl", "profiles.yaml")
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), mode))
	require.NoError(t, os.Chmod(path, mode))
	return path
}

func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestProfiles(t *testing.T) {
	path := written(t, file, 0o600)
	home := filepath.Dir(filepath.Dir(path))
	for name, c := range map[string]struct {
		path, profile string
		env           map[string]string
		want          Profile
	}{
		"nothing at all": {env: map[string]string{"HOME": "/nonexistent"}},
		"the default profile of the default file": {env: map[string]string{"XDG_CONFIG_HOME": home},
			want: Profile{SignalFx: SignalFx{Token: "sfx", Realm: "us1"}, Librato: Librato{API: "librato", Email: "a@example.com", Token: "lib"}}},
		"another profile": {path: path, profile: "stage", want: Profile{Wavefront: Wavefront{URL: "https://stage.example.com", Token: "wf"}}},
		"the environment weighs more": {path: path, env: map[string]string{"SIGNALFX_REALM": "eu0", "APPOPTICS_TOKEN": "ao"},
			want: Profile{SignalFx: SignalFx{Token: "sfx", Realm: "eu0"}, Librato: Librato{API: "appoptics", Token: "ao"}}},
		"the variables of the Python clients": {path: path, profile: "stage", env: map[string]string{"LIBRATO_USER": "u", "LIBRATO_TOKEN": "t", "APPOPTICS_TOKEN": "ao"},
			want: Profile{Wavefront: Wavefront{URL: "https://stage.example.com", Token: "wf"}, Librato: Librato{API: "librato", Email: "u", Token: "t"}}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Load(c.path, c.profile, environment(c.env))
			require.NoError(t, err)
			assert.Equal(t, &c.want, p)
		})
	}
}

func TestFilesThatAreNoGood(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		mode    os.FileMode
		profile string
		want    string
	}{
		"others may read it":      {file, 0o644, "", "has mode 0644, so others may read the tokens in it: chmod 600"},
		"its group may read it":   {file, 0o640, "", "has mode 0640"},
		"no such profile":         {file, 0o600, "prod", `there is no profile "prod"`},
		"a key that nobody knows": {"default:\n  signalfx: {tokn: x}\n", 0o600, "", "tokn"},
		"no YAML":                 {"default: [", 0o600, "", "yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(written(t, c.text, c.mode), c.profile, environment(nil))
			assert.ErrorContains(t, err, c.want)
		})
	}
	for _, text := range []string{"abcdefg", "default: abcdefg", "default:\n  signalfx: abcdefg", "default:\n  signalfx: {token: [abcdefg]}", "default:\n  wavefront: {proxy: abcdefg}"} {
		_, err := Load(written(t, text, 0o600), "", environment(nil))
		if assert.ErrorContains(t, err, "line ", text) {
			assert.NotContains(t, err.Error(), "abcdefg", "what may be a token")
		}
	}
	_, err := Load("/nonexistent/file", "", environment(nil))
	assert.ErrorIs(t, err, os.ErrNotExist, "a file that was asked for must be there")
}
