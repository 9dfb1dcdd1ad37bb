// Package exporterconf is how the exporters use what the collector offers for their
// configuration: its HTTP client, queue and retries.
package exporterconf

import (
	"fmt"
	"runtime"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

// DefaultClient is the client that exporters begin with: gzip level 1, which costs the least
// for what it saves, and connections that a dead peer does not hold.
func DefaultClient() confighttp.ClientConfig {
	client := confighttp.NewDefaultClientConfig()
	client.Timeout = 10 * time.Second
	client.Compression = configcompression.TypeGzip
	client.CompressionParams.Level = 1
	client.MaxIdleConnsPerHost = 100
	return client
}

// TakeGzip takes gzip out of a configuration and returns its level, 0 being none. Our
// clients compress and not the HTTP client, so that small bodies stay as they are and
// buffers are pooled.
func TakeGzip(c confighttp.ClientConfig) (client confighttp.ClientConfig, level int) {
	if c.Compression != configcompression.TypeGzip {
		return c, 0
	}
	c.Compression = ""
	switch level = int(c.CompressionParams.Level); level {
	case -1: // the library's default
		level = 6
	case 0: // not given
		level = 1
	}
	return c, level
}

// UserAgent has the form that the collector's own exporters use.
func UserAgent(info component.BuildInfo) string {
	return fmt.Sprintf("%s/%s (%s/%s)", info.Description, info.Version, runtime.GOOS, runtime.GOARCH)
}

// HelperOptions are what every signal asks of the collector's helper, which owns the
// queue and the only retry loop. Its clock is off: the one clock of a request is the
// client's `timeout`.
func HelperOptions(start component.StartFunc, shutdown component.ShutdownFunc, retry configretry.BackOffConfig,
	queue configoptional.Optional[exporterhelper.QueueBatchConfig],
) []exporterhelper.Option {
	return []exporterhelper.Option{
		exporterhelper.WithStart(start),
		exporterhelper.WithShutdown(shutdown),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}),
		exporterhelper.WithRetry(retry),
		exporterhelper.WithQueue(queue),
	}
}

// TakesWhole reports whether the queue takes a batch as a whole or not at all, so that
// after an error nothing of it went anywhere. Without a queue, or when it waits for the
// result, an error may come after a part was delivered.
func TakesWhole(queue configoptional.Optional[exporterhelper.QueueBatchConfig]) bool {
	q := queue.Get()
	return q != nil && !q.WaitForResult
}
