package queuecheckextension

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-custom/otelcol-custom/internal/testkit"
)

func TestConfig(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	section, err := conf.Sub("queue_check")
	require.NoError(t, err)
	c := createDefaultConfig().(*Config)
	require.NoError(t, section.Unmarshal(c))
	require.NoError(t, c.Validate())
	assert.Equal(t, "/var/lib/otelcol-custom/queue", c.Directory)
}

func TestWhatIsRefused(t *testing.T) {
	assert.ErrorContains(t, createDefaultConfig().(*Config).Validate(), "`directory` is missing")
	assert.Error(t, confmap.NewFromStringMap(map[string]any{"directroy": "x"}).Unmarshal(createDefaultConfig()))
}

func TestReadmeListsEveryKey(t *testing.T) {
	testkit.CheckKeys(t, "README.md", "Keys", createDefaultConfig())
}
