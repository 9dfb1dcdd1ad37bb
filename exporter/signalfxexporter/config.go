package signalfxexporter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

// Config is what users write under `signalfx`. It takes every key of the upstream
// exporter of that name.
type Config struct {
	ClientConfig confighttp.ClientConfig                                  `mapstructure:",squash"`
	QueueConfig  configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	RetryConfig  configretry.BackOffConfig                                `mapstructure:"retry_on_failure"`

	// AccessToken is the organization's access token with ingest scope. Required.
	AccessToken configopaque.String `mapstructure:"access_token"`
	// AccessTokenPassthrough lets requests and resources bring their own token.
	AccessTokenPassthrough bool `mapstructure:"access_token_passthrough"`
	// Realm is the organization's realm, such as us1. Required unless both URLs are set.
	Realm string `mapstructure:"realm"`
	// Domain is where the realm's hosts are.
	Domain string `mapstructure:"domain"`
	// IngestURL and APIURL override what Realm gives; a path is kept as a prefix.
	IngestURL string `mapstructure:"ingest_url"`
	APIURL    string `mapstructure:"api_url"`
	// IngestTLS and APITLS configure TLS per service.
	IngestTLS configoptional.Optional[configtls.ClientConfig] `mapstructure:"ingest_tls"`
	APITLS    configoptional.Optional[configtls.ClientConfig] `mapstructure:"api_tls"`

	MetricsConfig  MetricsConfig  `mapstructure:",squash"`
	EventsConfig   EventsConfig   `mapstructure:",squash"`
	MetadataConfig MetadataConfig `mapstructure:",squash"`

	// MaxDatapointsPerRequest and MaxRequestSize (bytes before compression) bound a request.
	MaxDatapointsPerRequest int `mapstructure:"max_datapoints_per_request"`
	MaxRequestSize          int `mapstructure:"max_request_size"`
	// MaxParallelRequests bounds the requests in flight for one batch.
	MaxParallelRequests int `mapstructure:"max_parallel_requests"`

	// Correlation is what the upstream exporter had for trace correlation, which the
	// service now does itself from the spans. It is accepted and has no effect.
	Correlation *CorrelationConfig `mapstructure:"correlation"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// CorrelationConfig holds the upstream keys that have no effect any more.
type CorrelationConfig struct {
	ClientConfig        confighttp.ClientConfig `mapstructure:",squash"`
	StaleServiceTimeout time.Duration           `mapstructure:"stale_service_timeout"`
	SyncAttributes      map[string]string       `mapstructure:"sync_attributes"`
	MaxRequests         int                     `mapstructure:"max_requests"`
	MaxBuffered         int                     `mapstructure:"max_buffered"`
	MaxRetries          int                     `mapstructure:"max_retries"`
	LogUpdates          bool                    `mapstructure:"log_updates"`
	RetryDelay          time.Duration           `mapstructure:"retry_delay"`
	CleanupInterval     time.Duration           `mapstructure:"cleanup_interval"`

	_ struct{}
}

var (
	_ component.Config    = (*Config)(nil)
	_ confmap.Unmarshaler = (*Config)(nil)
	_ confmap.Validator   = (*Config)(nil)
)

// removedKeys are keys that upstream removed, with what to write instead.
var removedKeys = map[string]string{
	"translation_rules":       "rename, combine and scale metrics with the transform processor in front of this exporter; the host metrics that the default rules made are built in (see `disable_default_translation_rules`)",
	"send_compatible_metrics": "remove it: compatible host metrics are sent by default (see `disable_default_translation_rules`)",
	"max_connections":         "use `max_conns_per_host`",
}

// Unmarshal refuses removed and unknown keys, and tells an empty list of filters from none.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	var errs []error
	for key, advice := range removedKeys {
		if conf.IsSet(key) {
			errs = append(errs, fmt.Errorf("`%s` no longer exists: %s", key, advice))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if err := strictconf.Check(conf, c); err != nil {
		return err
	}
	if err := conf.Unmarshal(c); err != nil {
		return err
	}
	if conf.Get("exclude_metrics") != nil && len(c.MetricsConfig.ExcludeMetrics) == 0 {
		c.MetricsConfig.noDefaultExcludes = true
	}
	return nil
}

// Validate refuses what cannot work, naming the key and what to write.
func (c *Config) Validate() error {
	return errors.Join(c.validateAccess(), c.validateEndpoints(), c.validateLimits())
}

func (c *Config) validateAccess() error {
	var errs []error
	if c.AccessToken == "" {
		errs = append(errs, errors.New("`access_token` is missing: set it to an organization access token with ingest scope, for example ${env:SPLUNK_ACCESS_TOKEN}"))
	}
	if strings.TrimSpace(string(c.AccessToken)) != string(c.AccessToken) {
		errs = append(errs, errors.New("`access_token` begins or ends with white space: remove it"))
	}
	for name := range c.ClientConfig.Headers.Iter {
		if strings.EqualFold(name, signalfx.TokenHeader) {
			errs = append(errs, fmt.Errorf("`headers` must not hold %s: set `access_token`", signalfx.TokenHeader))
		}
	}
	return errors.Join(errs...)
}

func (c *Config) validateEndpoints() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Realm == "" && (c.IngestURL == "" || c.APIURL == "") {
		add("`realm` is missing: set it to the organization's realm, such as us1, or set both `ingest_url` and `api_url`")
	}
	if c.Realm != "" {
		if _, err := signalfx.IngestURL(c.Realm, c.Domain); err != nil {
			add("`realm`: %w", err)
		}
	}
	if !slices.Contains([]string{signalfx.DefaultDomain, signalfx.LegacyDomain}, c.Domain) {
		add("`domain` is %q: it must be %s or %s; for any other host set `ingest_url` and `api_url`", c.Domain, signalfx.DefaultDomain, signalfx.LegacyDomain)
	}
	if c.ClientConfig.Endpoint != "" {
		add("`endpoint` is not used by this exporter: set `realm`, or `ingest_url` and `api_url`")
	}
	if c.IngestURL != "" {
		if _, err := signalfx.ParseBaseURL(c.IngestURL); err != nil {
			add("`ingest_url`: %w", err)
		}
	}
	if c.APIURL != "" {
		if _, err := signalfx.ParseBaseURL(c.APIURL); err != nil {
			add("`api_url`: %w", err)
		}
	}
	return errors.Join(errs...)
}

func (c *Config) validateLimits() error {
	var errs []error
	if c.ClientConfig.Timeout < 0 {
		errs = append(errs, errors.New("`timeout` is negative: set it to a duration such as 10s, or to 0 for none"))
	}
	atLeastOne := func(key string, value int) {
		if value < 1 {
			errs = append(errs, fmt.Errorf("`%s` is %d: it must be at least 1", key, value))
		}
	}
	atLeastOne("max_datapoints_per_request", c.MaxDatapointsPerRequest)
	atLeastOne("max_request_size", c.MaxRequestSize)
	atLeastOne("max_parallel_requests", c.MaxParallelRequests)
	return errors.Join(errs...)
}

// ingestURL is the base URL of the ingest service.
func (c *Config) ingestURL() (string, error) {
	if c.IngestURL != "" {
		return c.IngestURL, nil
	}
	return signalfx.IngestURL(c.Realm, c.Domain)
}

// apiURL is the base URL of the metadata API.
func (c *Config) apiURL() (string, error) {
	if c.APIURL != "" {
		return c.APIURL, nil
	}
	return signalfx.APIURL(c.Realm, c.Domain)
}
