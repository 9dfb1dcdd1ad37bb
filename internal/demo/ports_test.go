package demo

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// freePorts returns ports that nothing listens on.
func freePorts(t *testing.T) Ports {
	t.Helper()
	var ports Ports
	for _, p := range ports.all() {
		listener, err := net.Listen("tcp", address(0))
		require.NoError(t, err)
		defer listener.Close() // all at the end, so that no port is given twice
		*p.value = listener.Addr().(*net.TCPAddr).Port
	}
	return ports
}

func TestCheckAcceptsFreePorts(t *testing.T) {
	ports := freePorts(t)
	assert.NoError(t, ports.check())
}

func TestCheckNamesEveryTakenPortAndItsVariable(t *testing.T) {
	ports := freePorts(t)
	for _, port := range []int{ports.OTLPGRPC, ports.Health} {
		listener, err := net.Listen("tcp", address(port))
		require.NoError(t, err)
		defer listener.Close()
	}
	err := ports.check()
	require.ErrorContains(t, err, "port "+strconv.Itoa(ports.OTLPGRPC)+", for the collector's OTLP over gRPC")
	require.ErrorContains(t, err, "choose another: DEMO_OTLP_GRPC_PORT=")
	require.ErrorContains(t, err, "choose another: DEMO_HEALTH_PORT=")
	assert.NotContains(t, err.Error(), "DEMO_LAB_PORT")
}

func TestCheckRefusesOnePortForTwoUses(t *testing.T) {
	ports := freePorts(t)
	ports.Health = ports.Lab
	err := ports.check()
	require.ErrorContains(t, err, "DEMO_LAB_PORT")
	require.ErrorContains(t, err, "DEMO_HEALTH_PORT")
}

func TestFromEnvironment(t *testing.T) {
	defaults := Ports{Lab: 8088, SignalFx: 9943, SignalFlow: 9946, Wavefront: 9944, WavefrontProxy: 2878, Librato: 9945, OTLPGRPC: 4317, OTLPHTTP: 4318, Telemetry: 8888, Health: 13133}
	moved := defaults
	moved.Telemetry = 18888
	tests := []struct {
		name    string
		env     map[string]string
		want    Settings
		wantErr string
	}{
		{name: "nothing set", want: Settings{Ports: defaults}},
		{name: "an empty variable counts as absent", env: map[string]string{"DEMO_SECONDS": "", "DEMO_LAB_PORT": ""}, want: Settings{Ports: defaults}},
		{name: "a duration", env: map[string]string{"DEMO_SECONDS": "20"}, want: Settings{Ports: defaults, Duration: 20 * time.Second}},
		{name: "another port", env: map[string]string{"DEMO_TELEMETRY_PORT": "18888"}, want: Settings{Ports: moved}},
		{name: "a duration with a unit", env: map[string]string{"DEMO_SECONDS": "20s"}, wantErr: `DEMO_SECONDS is "20s": it must be a whole number`},
		{name: "no duration at all", env: map[string]string{"DEMO_SECONDS": "0"}, wantErr: "DEMO_SECONDS"},
		{name: "port zero", env: map[string]string{"DEMO_LAB_PORT": "0"}, wantErr: `DEMO_LAB_PORT is "0": it must be a port, 1 to 65535`},
		{name: "port too high", env: map[string]string{"DEMO_LAB_PORT": "65536"}, wantErr: "DEMO_LAB_PORT"},
		{name: "port not a number", env: map[string]string{"DEMO_LAB_PORT": ":80"}, wantErr: "DEMO_LAB_PORT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got Settings
			err := got.FromEnvironment(func(name string) string { return test.env[name] })
			if test.wantErr != "" {
				require.ErrorContains(t, err, test.wantErr)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}
