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

// tenantsOf groups the resources of a batch by the token they are sent with: that of
// the request they came in, else their own, else the configured one. It is done here,
// behind the queue, so that no batching can mix tenants.
func tenantsOf(ctx context.Context, config *Config, resources int, attributes func(int) pcommon.Map) []tenant {
	fallback := string(config.AccessToken)
	if config.AccessTokenPassthrough {
		if values := client.FromContext(ctx).Metadata.Get(signalfx.TokenHeader); len(values) > 0 && values[0] != "" {
			return []tenant{{values[0], upTo(resources)}}
		}
	}
	var tenants []tenant
	index := make(map[string]int, 1)
	for r := range resources {
		token := fallback
		if config.AccessTokenPassthrough {
			if own, ok := attributes(r).Get(translate.AccessTokenAttribute); ok && own.AsString() != "" {
				token = own.AsString()
			}
		}
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

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
