//go:build cluster && linux

package e2e

import (
	"net"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/lab"
)

func TestGatewaysMayDieAndBeReplacedUnderLoad(t *testing.T) {
	c, l := theCluster(t), startLab(t)
	c.apply(t, "overlays/gateway")
	gateways := c.ready(t, "otelcol-gateway", 2) // the autoscaler's minimum: it needs no measurements for that
	c.ready(t, "otelcol-agent", 1)

	// The autoscaler adds the second one when the agent may have found the first alone.
	c.run(t, program{id: "before", requests: 3000, points: 1, pause: "100ms"})
	wait(t, "both gateways get their share", func() bool { return sending(t, l, gateways) == 2 })

	p := program{id: "under-load", requests: 2500, points: 100, pause: "20ms"}
	c.run(t, p)
	wait(t, "some of it has arrived", func() bool { return auditOf(t, l, p.id).Total > 1000 })
	c.crash(t, gateways[0])
	before := auditOf(t, l, p.id).Total
	wait(t, "the other gateway goes on", func() bool { return auditOf(t, l, p.id).Total > before+1000 })
	gateways = c.ready(t, "otelcol-gateway", 2)
	c.kill(t, gateways[1])
	wait(t, "there is another gateway in its place", func() bool {
		pods := c.pods(t, "otelcol-gateway")
		return len(pods) == 2 && pods[0].UID != gateways[1].UID && pods[1].UID != gateways[1].UID
	})
	c.ready(t, "otelcol-gateway", 2)
	c.kubectl(t, "rollout", "restart", "--namespace="+namespace, "deployment/otelcol-gateway")
	assert.Less(t, auditOf(t, l, p.id).Distinct, p.requests*p.points, "the gateways went too late to show anything")
	c.kubectl(t, "rollout", "status", "--namespace="+namespace, "deployment/otelcol-gateway", "--timeout="+patience.String())

	c.sent(t, p)
	arrived(t, l, p.id, p.requests*p.points)
	assert.Equal(t, nodeName, l.Series(t, "signalfx", "cpu.utilization").Dimensions["host.name"], "a derived metric of the node")
}

func TestADrainedNodeKeepsOneGateway(t *testing.T) {
	c := theCluster(t)
	c.apply(t, "overlays/gateway")
	c.ready(t, "otelcol-gateway", 2)
	t.Cleanup(func() { c.kubectl(t, "uncordon", nodeName) })
	_, err := c.tryKubectl("", "drain", nodeName, "--pod-selector=app.kubernetes.io/name=otelcol-gateway", "--timeout=20s") // no other node takes them
	require.ErrorContains(t, err, "disruption budget")
	assert.Len(t, slices.DeleteFunc(c.pods(t, "otelcol-gateway"), func(p corev1.Pod) bool { return !isReady(p) }), 1)
}

// sending is how many of the pods have sent datapoints.
func sending(t *testing.T, l *lab.Lab, pods []corev1.Pod) int {
	t.Helper()
	var answer struct {
		Requests []struct{ Path, Remote string }
	}
	l.Get(t, "/api/requests?limit=1000", &answer)
	senders := map[string]bool{}
	for _, r := range answer.Requests {
		host, _, err := net.SplitHostPort(r.Remote)
		require.NoError(t, err)
		senders[host] = senders[host] || r.Path == "/v2/datapoint" || r.Path == "/v2/datapoint/otlp"
	}
	count := 0
	for _, pod := range pods {
		if senders[pod.Status.PodIP] {
			count++
		}
	}
	return count
}
