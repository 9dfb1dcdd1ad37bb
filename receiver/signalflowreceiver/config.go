package signalflowreceiver

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/configmiddleware"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
	"github.com/otelcol-custom/otelcol-custom/internal/strictconf"
)

// Config is what users write under `signalflow`.
type Config struct {
	// AccessToken is an access token with API scope. Required.
	AccessToken configopaque.String `mapstructure:"access_token"`
	// Realm is the organization's realm, such as us1. Exactly one of Realm and StreamURL is required.
	Realm string `mapstructure:"realm"`
	// Domain is where the realm's hosts are.
	Domain string `mapstructure:"domain"`
	// StreamURL is the service's URL in place of Realm.
	StreamURL string `mapstructure:"stream_url"`
	// Transport is websocket, or sse where WebSockets are blocked.
	Transport string `mapstructure:"transport"`

	// TLS, ProxyURL, Headers, Auth, Middlewares and ReadBufferSize (bytes) are as in every HTTP client of the collector.
	TLS            configtls.ClientConfig                     `mapstructure:"tls"`
	ProxyURL       string                                     `mapstructure:"proxy_url"`
	Headers        configopaque.MapList                       `mapstructure:"headers"`
	Auth           configoptional.Optional[configauth.Config] `mapstructure:"auth"`
	Middlewares    []configmiddleware.Config                  `mapstructure:"middlewares"`
	ReadBufferSize int                                        `mapstructure:"read_buffer_size"`

	// ConnectTimeout bounds connecting up to the service's word that the token is good.
	ConnectTimeout time.Duration `mapstructure:"connect_timeout"`
	// KeepaliveTimeout is the silence after which a WebSocket connection counts as dead.
	KeepaliveTimeout time.Duration `mapstructure:"keepalive_timeout"`
	// Retry paces connections, executions and deliveries after failures.
	Retry RetryConfig `mapstructure:"retry"`
	// StartsPerMinute bounds how many programs are started in any minute; 0 for no bound.
	StartsPerMinute int `mapstructure:"starts_per_minute"`
	// MaxChannelsPerConnection is how many programs share a WebSocket connection.
	MaxChannelsPerConnection int `mapstructure:"max_channels_per_connection"`
	// MaxMessageSize and MaxDecompressedSize bound a message, MaxQueuedBytes what
	// waits for one program's pipeline; all in bytes.
	MaxMessageSize      int `mapstructure:"max_message_size"`
	MaxDecompressedSize int `mapstructure:"max_decompressed_size"`
	MaxQueuedBytes      int `mapstructure:"max_queued_bytes"`

	// Storage is the extension that keeps how far each program was delivered.
	Storage *component.ID `mapstructure:"storage"`
	// LeaderElector is the extension that decides which of several collectors runs the programs.
	LeaderElector *component.ID `mapstructure:"leader_elector"`
	// Shard lets several collectors share the programs.
	Shard ShardConfig `mapstructure:"shard"`
	// Programs are what is run. Required.
	Programs []ProgramConfig `mapstructure:"programs"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// RetryConfig is how long to wait between failures.
type RetryConfig struct {
	InitialInterval     time.Duration `mapstructure:"initial_interval"`
	MaxInterval         time.Duration `mapstructure:"max_interval"`
	Multiplier          float64       `mapstructure:"multiplier"`
	RandomizationFactor float64       `mapstructure:"randomization_factor"`

	_ struct{}
}

// ShardConfig says which programs this collector runs: those whose name, hashed
// with FNV-1a and divided by Total, leaves Index.
type ShardConfig struct {
	Index int `mapstructure:"index"`
	Total int `mapstructure:"total"`

	_ struct{}
}

// Values of `transport`.
const (
	transportWebSocket = "websocket"
	transportSSE       = "sse"
)

var (
	_ confmap.Unmarshaler = (*Config)(nil)
	_ confmap.Validator   = (*Config)(nil)
)

// Unmarshal refuses unknown keys with the nearest one that exists.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	if err := strictconf.Check(conf, c); err != nil {
		return err
	}
	return conf.Unmarshal(c)
}

// Validate refuses what cannot work, naming the key and what to write.
func (c *Config) Validate() error {
	return errors.Join(c.validateAccess(), c.validateEndpoint(), c.validateLimits(), c.validatePrograms())
}

func (c *Config) validateAccess() error {
	var errs []error
	if c.AccessToken == "" {
		errs = append(errs, errors.New("`access_token` is missing: set it to an access token with API scope, for example ${env:SPLUNK_ACCESS_TOKEN}"))
	}
	if strings.TrimSpace(string(c.AccessToken)) != string(c.AccessToken) {
		errs = append(errs, errors.New("`access_token` begins or ends with white space: remove it"))
	}
	return errors.Join(errs...)
}

func (c *Config) validateEndpoint() error {
	var errs []error
	if c.Transport != transportWebSocket && c.Transport != transportSSE {
		errs = append(errs, fmt.Errorf("`transport` is %q: it must be websocket or sse", c.Transport))
	}
	if (c.Realm == "") == (c.StreamURL == "") {
		return errors.Join(append(errs, errors.New("set exactly one of `realm`, such as us1, and `stream_url`, such as wss://HOST/v2/signalflow"))...)
	}
	endpoint, err := c.endpoint()
	switch {
	case err != nil:
		errs = append(errs, err)
	case endpoint.Exposed() && !c.TLS.Insecure:
		errs = append(errs, errors.New("`stream_url` would send the token unencrypted over the network: write wss://, or set `tls::insecure: true` to allow it"))
	}
	return errors.Join(errs...)
}

// endpoint is the service.
func (c *Config) endpoint() (signalflow.Endpoint, error) {
	if c.StreamURL != "" {
		endpoint, err := signalflow.ParseEndpoint(c.StreamURL)
		if err != nil {
			return endpoint, fmt.Errorf("`stream_url`: %w", err)
		}
		return endpoint, nil
	}
	endpoint, err := signalflow.RealmEndpoint(c.Realm, c.Domain)
	if err != nil {
		return endpoint, fmt.Errorf("`realm`, `domain`: %w", err)
	}
	return endpoint, nil
}

func (c *Config) validateLimits() error {
	var errs []error
	atLeast := func(key string, value, least int) {
		if value < least {
			errs = append(errs, fmt.Errorf("`%s` is %d: it must be at least %d", key, value, least))
		}
	}
	atLeast("read_buffer_size", c.ReadBufferSize, 0)
	atLeast("starts_per_minute", c.StartsPerMinute, 0)
	atLeast("max_channels_per_connection", c.MaxChannelsPerConnection, 1)
	atLeast("max_message_size", c.MaxMessageSize, 1)
	atLeast("max_decompressed_size", c.MaxDecompressedSize, 1)
	atLeast("max_queued_bytes", c.MaxQueuedBytes, 1)
	if c.MaxChannelsPerConnection > signalflow.MaxChannels {
		errs = append(errs, fmt.Errorf("`max_channels_per_connection` is %d: the service takes at most %d", c.MaxChannelsPerConnection, signalflow.MaxChannels))
	}
	for key, d := range map[string]time.Duration{"connect_timeout": c.ConnectTimeout, "keepalive_timeout": c.KeepaliveTimeout} {
		if d <= 0 {
			errs = append(errs, fmt.Errorf("`%s` is %s: it must be positive", key, d))
		}
	}
	if c.Shard.Total < 1 || c.Shard.Index < 0 || c.Shard.Index >= c.Shard.Total {
		errs = append(errs, fmt.Errorf("`shard` is %d of %d: `index` counts from 0 and must be below `total`", c.Shard.Index, c.Shard.Total))
	}
	return errors.Join(errs...)
}

// Validate refuses intervals that would make a tight loop.
func (c *RetryConfig) Validate() error {
	switch {
	case c.InitialInterval <= 0, c.MaxInterval < c.InitialInterval:
		return errors.New("`initial_interval` must be positive and at most `max_interval`")
	case c.Multiplier < 1:
		return fmt.Errorf("`multiplier` is %g: it must be at least 1", c.Multiplier)
	case c.RandomizationFactor < 0, c.RandomizationFactor >= 1:
		return fmt.Errorf("`randomization_factor` is %g: it must be at least 0 and below 1", c.RandomizationFactor)
	}
	return nil
}

func (c *Config) validatePrograms() error {
	if len(c.Programs) == 0 {
		return errors.New("`programs` is empty: add at least one with `name` and `program`")
	}
	var errs []error
	names := make(map[string]bool)
	for i := range c.Programs {
		name := c.Programs[i].Name
		if name != "" && names[name] {
			errs = append(errs, fmt.Errorf("`programs` has two of the name %q: names identify what is stored", name))
		}
		names[name] = true
	}
	return errors.Join(errs...)
}
