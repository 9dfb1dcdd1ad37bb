//go:build cluster && linux

package e2e

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
)

func TestKafkaKeepsWhatGatewaysCannotDeliver(t *testing.T) {
	c, l := theCluster(t), startLab(t)
	kafka, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(4, "otlp_metrics", "otlp_logs", "otlp_spans"),
		kfake.ListenFn(func(network, _ string) (net.Listener, error) { return net.Listen(network, nodeAddress+":9092") }))
	require.NoError(t, err)
	t.Cleanup(kafka.Close)
	c.apply(t, "overlays/kafka")
	gateways := c.ready(t, "otelcol-gateway", 2)
	c.ready(t, "otelcol-agent", 1)

	end := outage(t, l)
	p := program{id: "through-kafka", requests: 100, points: 100, pause: "20ms"}
	c.run(t, p)
	c.sent(t, p)
	c.kill(t, gateways[0])
	c.crash(t, gateways[1])
	c.ready(t, "otelcol-gateway", 2)
	end()
	arrived(t, l, p.id, p.requests*p.points)
}
