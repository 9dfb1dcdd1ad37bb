package signalfxexporter

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
)

// Config is what users write under `signalfx`.
type Config struct {
	ClientConfig confighttp.ClientConfig                                  `mapstructure:",squash"`
	QueueConfig  configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	RetryConfig  configretry.BackOffConfig                                `mapstructure:"retry_on_failure"`

	// AccessToken is the organization's access token with ingest scope. Required.
	AccessToken configopaque.String `mapstructure:"access_token"`
	// Realm is the organization's realm, such as us1. Required unless both URLs are set.
	Realm string `mapstructure:"realm"`
	// IngestURL and APIURL override what Realm gives; a path is kept as a prefix.
	IngestURL string `mapstructure:"ingest_url"`
	APIURL    string `mapstructure:"api_url"`

	// NonAlphanumericDimensionChars are kept in dimension keys besides letters and digits.
	NonAlphanumericDimensionChars string `mapstructure:"nonalphanumeric_dimension_chars"`
	// DropHistogramBuckets sends histograms without their buckets.
	DropHistogramBuckets bool `mapstructure:"drop_histogram_buckets"`

	// MaxDatapointsPerRequest and MaxRequestSize (bytes before compression) bound a request.
	MaxDatapointsPerRequest int `mapstructure:"max_datapoints_per_request"`
	MaxRequestSize          int `mapstructure:"max_request_size"`
	// MaxParallelRequests bounds the requests in flight for one batch.
	MaxParallelRequests int `mapstructure:"max_parallel_requests"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ component.Config = (*Config)(nil)

// Validate refuses what cannot work, naming the key and what to write.
func (c *Config) Validate() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.AccessToken == "" {
		add("`access_token` is missing: set it to an organization access token with ingest scope, for example ${env:SPLUNK_ACCESS_TOKEN}")
	}
	if c.Realm == "" && (c.IngestURL == "" || c.APIURL == "") {
		add("`realm` is missing: set it to the organization's realm, such as us1, or set both `ingest_url` and `api_url`")
	}
	if c.ClientConfig.Endpoint != "" {
		add("`endpoint` is not used by this exporter: set `realm`, or `ingest_url` and `api_url`")
	}
	for key, url := range map[string]string{"ingest_url": c.IngestURL, "api_url": c.APIURL} {
		if url == "" {
			continue
		}
		if _, err := signalfx.ParseBaseURL(url); err != nil {
			add("`%s`: %w", key, err)
		}
	}
	if c.Realm != "" {
		if _, err := signalfx.IngestURL(c.Realm, signalfx.DefaultDomain); err != nil {
			add("`realm`: %w", err)
		}
	}
	if c.ClientConfig.Timeout < 0 {
		add("`timeout` is negative: set it to a duration such as 10s, or to 0 for none")
	}
	for key, value := range map[string]int{
		"max_datapoints_per_request": c.MaxDatapointsPerRequest,
		"max_request_size":           c.MaxRequestSize,
		"max_parallel_requests":      c.MaxParallelRequests,
	} {
		if value < 1 {
			add("`%s` is %d: it must be at least 1", key, value)
		}
	}
	return errors.Join(errs...)
}

// ingestURL is the base URL of the ingest service. Validate has checked that there is one.
func (c *Config) ingestURL() (string, error) {
	if c.IngestURL != "" {
		return c.IngestURL, nil
	}
	return signalfx.IngestURL(c.Realm, signalfx.DefaultDomain)
}
