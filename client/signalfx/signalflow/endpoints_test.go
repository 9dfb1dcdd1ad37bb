package signalflow_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx/signalflow"
)

func TestRealmEndpoint(t *testing.T) {
	endpoint, err := signalflow.RealmEndpoint("us1", signalflow.DefaultDomain)
	require.NoError(t, err)
	assert.Equal(t, "wss://stream.us1.observability.splunkcloud.com/v2/signalflow/connect", endpoint.WebSocketURL())
	assert.Equal(t, "https://stream.us1.observability.splunkcloud.com/v2/signalflow/execute", endpoint.HTTPURL("execute").String())
	endpoint, err = signalflow.RealmEndpoint("eu0", signalflow.LegacyDomain)
	require.NoError(t, err)
	assert.Equal(t, "wss://stream.eu0.signalfx.com/v2/signalflow/connect", endpoint.WebSocketURL())
	for _, bad := range []string{"", "us1/", "US1", "us1.evil.com#", "a@b"} {
		_, err := signalflow.RealmEndpoint(bad, signalflow.DefaultDomain)
		assert.Error(t, err, bad)
	}
	_, err = signalflow.RealmEndpoint("us1", "evil.com/#")
	assert.Error(t, err)
}

func TestParseEndpoint(t *testing.T) {
	tests := []struct {
		url, ws, stop string
		exposed       bool
	}{
		{"wss://h", "wss://h/v2/signalflow/connect", "https://h/v2/signalflow/a%2Fb/stop", false},
		{"https://h:8443/", "wss://h:8443/v2/signalflow/connect", "https://h:8443/v2/signalflow/a%2Fb/stop", false},
		{"wss://h/v2/signalflow/connect", "wss://h/v2/signalflow/connect", "https://h/v2/signalflow/a%2Fb/stop", false},
		{"wss://h/proxy/sf/", "wss://h/proxy/sf/connect", "https://h/proxy/sf/a%2Fb/stop", false},
		{"ws://127.0.0.1:9", "ws://127.0.0.1:9/v2/signalflow/connect", "http://127.0.0.1:9/v2/signalflow/a%2Fb/stop", false},
		{"http://localhost:9", "ws://localhost:9/v2/signalflow/connect", "http://localhost:9/v2/signalflow/a%2Fb/stop", false},
		{"ws://[::1]:9", "ws://[::1]:9/v2/signalflow/connect", "http://[::1]:9/v2/signalflow/a%2Fb/stop", false},
		{"ws://stream.example.com", "ws://stream.example.com/v2/signalflow/connect", "http://stream.example.com/v2/signalflow/a%2Fb/stop", true},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			endpoint, err := signalflow.ParseEndpoint(tt.url)
			require.NoError(t, err)
			assert.Equal(t, tt.ws, endpoint.WebSocketURL())
			assert.Equal(t, tt.stop, endpoint.HTTPURL("a/b", "stop").String())
			assert.Equal(t, tt.exposed, endpoint.Exposed())
		})
	}
	for _, bad := range []string{"", "h", "ftp://h", "wss://", "wss://user@h", "wss://h?q", "wss://h/#f", "wss://h?q=1", "::"} {
		_, err := signalflow.ParseEndpoint(bad)
		assert.Error(t, err, bad)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	_, err := signalflow.NewClient(signalflow.Options{Token: "token"})
	assert.EqualError(t, err, "signalflow: the endpoint is missing")
	_, err = signalflow.NewSSEClient(signalflow.Options{Endpoint: mustEndpoint(t, "wss://h")})
	assert.EqualError(t, err, "signalflow: the token is missing")
}
