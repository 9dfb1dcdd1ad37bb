package queuecheckextension

import (
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

// Config is what users write under `queue_check`.
type Config struct {
	// Directory is that of the file_storage extension.
	Directory string `mapstructure:"directory"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var (
	_ component.Config    = (*Config)(nil)
	_ confmap.Unmarshaler = (*Config)(nil)
	_ confmap.Validator   = (*Config)(nil)
)

// Unmarshal refuses unknown keys.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	if err := strictconf.Check(conf, c); err != nil {
		return err
	}
	return conf.Unmarshal(c)
}

// Validate refuses a configuration without a directory. One that does not exist yet is fine.
func (c *Config) Validate() error {
	if c.Directory == "" {
		return errors.New("`directory` is missing: write that of the file_storage extension")
	}
	return nil
}
