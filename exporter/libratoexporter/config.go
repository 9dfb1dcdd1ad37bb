package libratoexporter

import (
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/client/librato"
	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

// Config is what users write under `librato`.
type Config struct {
	// ClientConfig holds `endpoint`, required: the base URL, plain http and a path prefix allowed.
	ClientConfig confighttp.ClientConfig                                  `mapstructure:",squash"`
	QueueConfig  configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	RetryConfig  configretry.BackOffConfig                                `mapstructure:"retry_on_failure"`

	// API is the service that the endpoint speaks: appoptics or librato.
	API API `mapstructure:"api"`
	// Dialect is tags or sources; empty for what the API spoke first: tags of AppOptics, sources of Librato.
	Dialect Dialect `mapstructure:"dialect"`
	// Email is the Librato account's; AppOptics has none.
	Email string `mapstructure:"email"`
	// Token is the API token. Without one no credentials are sent.
	Token configopaque.String `mapstructure:"token"`

	MetricsConfig MetricsConfig     `mapstructure:",squash"`
	Annotations   AnnotationsConfig `mapstructure:"annotations"`
	Spans         SpansConfig       `mapstructure:"spans"`

	// MaxMeasurementsPerRequest is at most 1000; 0 is 500 in the tag dialect, 300 in the source dialect.
	MaxMeasurementsPerRequest int `mapstructure:"max_measurements_per_request"`
	// MaxRequestSize bounds a request, in bytes before compression.
	MaxRequestSize int `mapstructure:"max_request_size"`
	// MaxParallelRequests bounds the requests in flight for one batch.
	MaxParallelRequests int `mapstructure:"max_parallel_requests"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var (
	_ component.Config    = (*Config)(nil)
	_ confmap.Unmarshaler = (*Config)(nil)
	_ confmap.Validator   = (*Config)(nil)
)

// Unmarshal refuses unknown keys. It compresses only what is known to be taken compressed, unless told otherwise:
// AppOptics took gzip from the vendor's own client, of Librato nobody knows.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	if err := strictconf.Check(conf, c); err != nil {
		return err
	}
	if err := conf.Unmarshal(c); err != nil {
		return err
	}
	if c.API == APILibrato && !conf.IsSet("compression") {
		c.ClientConfig.Compression = ""
		c.ClientConfig.CompressionParams = configcompression.CompressionParams{}
	}
	return nil
}

// Validate refuses what cannot work, naming the key and what to write.
func (c *Config) Validate() error {
	return errors.Join(c.validateEndpoint(), c.validateAccess(), c.validateDialect(), c.validateLimits(), c.MetricsConfig.validate())
}

func (c *Config) validateEndpoint() error {
	if c.ClientConfig.Endpoint == "" {
		return errors.New("`endpoint` is missing: the vendor has retired both services, so set it to the URL of what still speaks their API, such as http://relay.example.com:8080")
	}
	if _, err := librato.ParseBaseURL(c.ClientConfig.Endpoint); err != nil {
		return fmt.Errorf("`endpoint`: %w", err)
	}
	return nil
}

func (c *Config) validateAccess() error {
	var errs []error
	if c.Token == "" && c.Email != "" {
		errs = append(errs, errors.New("`email` has no `token` beside it: set both, or neither to send no credentials"))
	}
	if c.Token != "" && c.API == APILibrato && c.Email == "" {
		errs = append(errs, errors.New("`email` is missing: Librato wants the account's beside the `token`"))
	}
	if c.Email != "" && c.API == APIAppOptics {
		errs = append(errs, errors.New("`email` is not used by AppOptics: remove it, or set `api: librato`"))
	}
	if strings.TrimSpace(string(c.Token)) != string(c.Token) {
		errs = append(errs, errors.New("`token` begins or ends with white space: remove it"))
	} else if _, err := c.credentials(); err != nil && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("`token`: %w", err))
	}
	if c.Token != "" && c.ClientConfig.Auth.HasValue() {
		errs = append(errs, errors.New("`token` and `auth` both set the credentials: set one of them"))
	}
	for name := range c.ClientConfig.Headers.Iter {
		if c.Token != "" && strings.EqualFold(name, "Authorization") {
			errs = append(errs, errors.New("`headers` must not hold Authorization beside `token`: set one of them"))
		}
	}
	return errors.Join(errs...)
}

// credentials are those of the configured service; none without a token.
func (c *Config) credentials() (librato.Credentials, error) {
	switch {
	case c.Token == "":
		return librato.Credentials{}, nil
	case c.API == APILibrato:
		return librato.LibratoCredentials(c.Email, string(c.Token))
	default:
		return librato.AppOpticsCredentials(string(c.Token))
	}
}

func (c *Config) validateDialect() error {
	m := &c.MetricsConfig
	if c.dialect() == librato.TagDialect {
		if len(m.SourceAttributes) > 0 {
			return errors.New("`source_attributes` has no effect on tags: remove it, or set `dialect: sources`")
		}
		return nil
	}
	if c.API == APIAppOptics {
		return errors.New("`dialect` is sources, which AppOptics does not speak: set `api: librato`, or `dialect: tags`")
	}
	if len(m.Tags) > 0 || m.ScopeNameTag || m.LowercaseTagValues {
		return errors.New("`tags`, `scope_name_tag` and `lowercase_tag_values` have no effect on sources: remove them, or set `dialect: tags`")
	}
	return nil
}

func (c *Config) dialect() librato.Dialect {
	if c.Dialect == DialectSources || c.Dialect == "" && c.API == APILibrato {
		return librato.SourceDialect
	}
	return librato.TagDialect
}

func (c *Config) validateLimits() error {
	var errs []error
	if c.ClientConfig.Timeout < 0 {
		errs = append(errs, errors.New("`timeout` is negative: set it to a duration such as 10s, or to 0 for none"))
	}
	if n := c.MaxMeasurementsPerRequest; n < 0 || n > librato.MaxTagMeasurements {
		errs = append(errs, fmt.Errorf("`max_measurements_per_request` is %d: it must be 1 to %d, or 0 for the dialect's default", n, librato.MaxTagMeasurements))
	}
	atLeastOne := func(key string, value int) {
		if value < 1 {
			errs = append(errs, fmt.Errorf("`%s` is %d: it must be at least 1", key, value))
		}
	}
	atLeastOne("max_request_size", c.MaxRequestSize)
	atLeastOne("max_parallel_requests", c.MaxParallelRequests)
	return errors.Join(errs...)
}

func (c *Config) maxMeasurements() int {
	switch {
	case c.MaxMeasurementsPerRequest > 0:
		return c.MaxMeasurementsPerRequest
	case c.dialect() == librato.SourceDialect:
		return librato.MaxSourceMeasurements
	}
	return librato.DefaultTagMeasurements
}
