package testkit

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.yaml.in/yaml/v3"
)

// Load reads one section of testdata/config.yaml into the default configuration, as
// the collector does, and validates it.
func Load[C component.Config](t testing.TB, section string, config C) (C, error) {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub(section)
	require.NoError(t, err)
	return config, unmarshal(sub, config)
}

// Parse reads a section that is written in a test.
func Parse[C component.Config](t testing.TB, text string, config C) (C, error) {
	t.Helper()
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &raw))
	return config, unmarshal(confmap.NewFromStringMap(raw), config)
}

func unmarshal(conf *confmap.Conf, config component.Config) error {
	if err := conf.Unmarshal(config); err != nil {
		return err
	}
	return confmap.Validate(config)
}

// Secret is what tests write where a configuration has secrets.
const Secret = "hunter2"

// CheckRefused makes sure that configurations are refused: a case is the section's text
// and what the error must say. No error may hold the secret.
func CheckRefused(t *testing.T, newDefault func() component.Config, cases map[string][2]string) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(t, c[0], newDefault())
			require.ErrorContains(t, err, c[1])
			assert.NotContains(t, err.Error(), Secret)
		})
	}
}

// CheckSecretsHidden makes sure that a printed configuration holds no secret.
func CheckSecretsHidden(t *testing.T, config component.Config, err error) {
	t.Helper()
	require.NoError(t, err)
	conf := confmap.New()
	require.NoError(t, conf.Marshal(config))
	text, err := yaml.Marshal(conf.ToStringMap())
	require.NoError(t, err)
	assert.NotContains(t, string(text), Secret)
	assert.Contains(t, string(text), "REDACTED")
}
