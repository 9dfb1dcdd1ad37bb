package signalfxexporter

import (
	"context"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/exporter/signalfxexporter/internal/translate"
)

// tenant is the part of a batch that is sent with one access token.
type tenant struct {
	token     string
	resources []int
}

// tenantsOf groups the resources of a batch by the token they are sent with. It is
// done behind the queue, so that no batching can mix tenants.
func tenantsOf(ctx context.Context, config *Config, resources int, attributes func(int) pcommon.Map) []tenant {
	var tenants []tenant
	index := make(map[string]int, 1)
	for r := range resources {
		token := tokenOf(ctx, config, attributes(r))
		i, known := index[token]
		if !known {
			i = len(tenants)
			index[token] = i
			tenants = append(tenants, tenant{token: token})
		}
		tenants[i].resources = append(tenants[i].resources, r)
	}
	return tenants
}

// tokenOf is the token of the request that a resource came in, else the resource's
// own, else the configured one.
func tokenOf(ctx context.Context, config *Config, attributes pcommon.Map) string {
	if config.AccessTokenPassthrough {
		if values := client.FromContext(ctx).Metadata.Get(signalfx.TokenHeader); len(values) > 0 && values[0] != "" {
			return values[0]
		}
		if own, ok := attributes.Get(translate.AccessTokenAttribute); ok && own.AsString() != "" {
			return own.AsString()
		}
	}
	return string(config.AccessToken)
}
