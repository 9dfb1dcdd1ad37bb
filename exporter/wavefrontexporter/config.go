package wavefrontexporter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

// Config is what users write under `wavefront`.
type Config struct {
	// ClientConfig holds `endpoint`, where everything goes that Endpoints sends nowhere
	// else: https://HOST or http://HOST:PORT of the service or a proxy, or tcp://HOST:PORT
	// of a proxy. `timeout` also bounds how long a TCP connection may take nothing.
	ClientConfig confighttp.ClientConfig                                  `mapstructure:",squash"`
	QueueConfig  configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	RetryConfig  configretry.BackOffConfig                                `mapstructure:"retry_on_failure"`

	// Token is an API token with the Direct Data Ingestion permission, or what a proxy asks for.
	Token configopaque.String `mapstructure:"token"`
	// CSP exchanges credentials of the vendor's cloud services for tokens.
	CSP configoptional.Optional[CSPConfig] `mapstructure:"csp"`
	// Mode is direct or proxy; empty is direct for HTTP with credentials, and else proxy.
	Mode Mode `mapstructure:"mode"`
	// Endpoints holds endpoints of their own for types of data.
	Endpoints EndpointsConfig `mapstructure:"endpoints"`

	Source SourceConfig `mapstructure:"source"`
	Tags   TagsConfig   `mapstructure:"tags"`
	// SourceTags says what is noted about sources themselves.
	SourceTags SourceTagsConfig `mapstructure:"source_tags"`
	Metrics    MetricsConfig    `mapstructure:"metrics"`
	Traces     TracesConfig     `mapstructure:"traces"`
	Events     EventsConfig     `mapstructure:"events"`
	Limits     LimitsConfig     `mapstructure:"limits"`

	// MaxLinesPerRequest and MaxRequestSize (bytes before compression) bound a request.
	MaxLinesPerRequest int `mapstructure:"max_lines_per_request"`
	MaxRequestSize     int `mapstructure:"max_request_size"`
	// MaxParallelRequests bounds the requests in flight for one batch.
	MaxParallelRequests int `mapstructure:"max_parallel_requests"`
	// TCPConfirm makes every request over TCP a connection of its own, which counts as
	// delivered once the proxy has read it to its end.
	TCPConfirm bool `mapstructure:"tcp_confirm"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// CSPConfig says how tokens of the vendor's cloud services are exchanged: for the ID
// and secret of an OAuth app, or for the API token of a user.
type CSPConfig struct {
	// ClientConfig is the HTTP client of the exchange, whose base URL is its `endpoint`.
	ClientConfig confighttp.ClientConfig `mapstructure:"client"`
	// AppID and AppSecret are those of an OAuth app; set both, or the user's token.
	AppID     string              `mapstructure:"app_id"`
	AppSecret configopaque.String `mapstructure:"app_secret"`
	// OrgID is the organization of the app, when it is not its own.
	OrgID string `mapstructure:"org_id"`
	// APIToken is that of a user.
	APIToken configopaque.String `mapstructure:"api_token"`

	_ struct{}
}

var (
	_ component.Config    = (*Config)(nil)
	_ confmap.Unmarshaler = (*Config)(nil)
	_ confmap.Validator   = (*Config)(nil)
)

// otherKeys are keys of the tanzuobservability exporter and of the vendor's SDKs, with what
// to write instead.
var otherKeys = map[string]string{
	"metrics::endpoint":                "set `endpoint` for everything, or `endpoints::metrics`",
	"traces::endpoint":                 "set `endpoint` for everything, or `endpoints::spans`",
	"metrics::resource_attrs_included": "set `tags::resource` to all, application or none",
	"metrics::app_tags_excluded":       "set `tags::resource` to all, application or none",
	"url":                              "the URL goes into `endpoint`",
	"server":                           "the URL goes into `endpoint`",
	"api_token":                        "the service's token goes into `token`, that of a user of the cloud services into `csp::api_token`",
}

// Unmarshal refuses unknown keys.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(otherKeys)) {
		if conf.IsSet(key) {
			errs = append(errs, fmt.Errorf("there is no `%s` here: %s", key, otherKeys[key]))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if err := strictconf.Check(conf, c); err != nil {
		return err
	}
	return conf.Unmarshal(c)
}

// Validate refuses what cannot work, naming the key and what to write.
func (c *Config) Validate() error {
	return errors.Join(c.validateAccess(), c.validateEndpoints(), c.validateRequests())
}

func (c *Config) validateAccess() error {
	var errs []error
	if c.Token != "" && c.CSP.HasValue() {
		errs = append(errs, errors.New("`token` and `csp` exclude each other: remove one"))
	}
	if strings.TrimSpace(string(c.Token)) != string(c.Token) {
		errs = append(errs, errors.New("`token` begins or ends with white space: remove it"))
	}
	if c.hasCredentials() {
		for name := range c.ClientConfig.Headers.Iter {
			if strings.EqualFold(name, "Authorization") {
				errs = append(errs, errors.New("`headers` must not hold Authorization beside `token` or `csp`: remove one"))
			}
		}
	}
	return errors.Join(errs...)
}

// hasCredentials reports whether this exporter puts a token into requests itself.
func (c *Config) hasCredentials() bool { return c.Token != "" || c.CSP.HasValue() }

// Validate refuses credentials that are missing or too many.
func (c *CSPConfig) Validate() error {
	app := c.AppID != "" || c.AppSecret != "" || c.OrgID != ""
	switch {
	case app == (c.APIToken != ""):
		return errors.New("`csp` needs `app_id` and `app_secret`, or `api_token`, and not both")
	case app && (c.AppID == "" || c.AppSecret == ""):
		return errors.New("`app_id` and `app_secret` belong together: set both")
	}
	if c.ClientConfig.Timeout < 0 {
		return errors.New("`client::timeout` is negative: set it to a duration such as 10s")
	}
	return nil
}

func (c *Config) validateRequests() error {
	var errs []error
	if c.ClientConfig.Timeout < 0 {
		errs = append(errs, errors.New("`timeout` is negative: set it to a duration such as 10s, or to 0 for none"))
	}
	switch c.ClientConfig.Compression {
	case configcompression.TypeGzip, "none", "":
	default:
		errs = append(errs, fmt.Errorf("`compression` is %s: the service and its proxies read gzip only; set gzip or none", c.ClientConfig.Compression))
	}
	atLeastOne := func(key string, value int) {
		if value < 1 {
			errs = append(errs, fmt.Errorf("`%s` is %d: it must be at least 1", key, value))
		}
	}
	atLeastOne("max_lines_per_request", c.MaxLinesPerRequest)
	atLeastOne("max_request_size", c.MaxRequestSize)
	atLeastOne("max_parallel_requests", c.MaxParallelRequests)
	return errors.Join(errs...)
}
