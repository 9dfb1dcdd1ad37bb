//go:build cluster && linux

package e2e

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestAgentsSendWhatNodesPodsAndProgramsSay(t *testing.T) {
	c, l := theCluster(t), startLab(t)
	c.apply(t, "overlays/agent")
	agent := c.ready(t, "otelcol-agent", 1)[0]
	p := program{id: "checkout", requests: 20, points: 100, pause: "50ms", event: `{"event":"deploy","service":"checkout","version":"1.4.2"}`}
	c.run(t, p)
	pod := get[corev1.Pod](t, c, "pod", "--namespace="+shop, p.id)

	t.Run("every point of a program, with the pod that sent it", func(t *testing.T) {
		c.sent(t, p)
		arrived(t, l, p.id, p.requests*p.points)
		assert.Equal(t, map[string]string{
			"k8s.cluster.name": "my-cluster", "k8s.namespace.name": shop, "k8s.node.name": nodeName, "k8s.pod.name": p.id, "k8s.pod.uid": string(pod.UID),
			"host.name": nodeName, "os.type": "linux", "service.name": "checkout", "test_id": p.id,
		}, l.Series(t, "signalfx", "shop.orders").Dimensions)
	})
	t.Run("lines that are events", func(t *testing.T) {
		event := l.Event(t, "signalfx", "deploy")
		assert.Equal(t, p.id, event.Dimensions["k8s.pod.name"])
		assert.Equal(t, nodeName, event.Dimensions["host.name"])
		assert.Equal(t, "1.4.2", event.Dimensions["version"])
		assert.NotContains(t, event.Dimensions, "log.file.name", "says nothing")
	})
	t.Run("the node itself", func(t *testing.T) {
		for _, metric := range []string{"cpu.utilization", "memory.utilization", "system.cpu.load_average.1m", "system.disk.io.total"} {
			assert.Equal(t, nodeName, l.Series(t, "signalfx", metric).Dimensions["host.name"], metric)
		}
	})
	t.Run("what the kubelet measures", func(t *testing.T) {
		for _, metric := range []string{"k8s.node.cpu.usage", "k8s.pod.cpu.usage", "k8s.pod.network.io", "container.memory.working_set", "container_cpu_utilization"} {
			assert.Equal(t, nodeName, l.Series(t, "signalfx", metric).Dimensions["k8s.node.name"], metric)
		}
	})
	t.Run("the state of the cluster, once", func(t *testing.T) {
		c.ready(t, "otelcol-cluster", 2)
		assert.Equal(t, "my-cluster", l.Series(t, "signalfx", "k8s.deployment.available").Dimensions["k8s.cluster.name"])
	})
	t.Run("properties of pods", func(t *testing.T) {
		wait(t, "the catalog knows the agent's pod", func() bool {
			var answer struct{ Total int }
			l.Get(t, "/api/dimensions?search="+string(agent.UID), &answer)
			return answer.Total > 0
		})
	})
	t.Run("nothing of it is refused", func(t *testing.T) {
		var answer struct {
			Rejections []struct{ Reason, Detail string }
		}
		l.Get(t, "/api/rejections", &answer)
		assert.Empty(t, answer.Rejections)
	})
	t.Run("the agent cannot write its root", func(t *testing.T) {
		err := os.WriteFile(filepath.Join("/proc", c.process(t, agent), "root", "written"), nil, 0o600)
		assert.ErrorIs(t, err, syscall.EROFS)
	})
	t.Run("the agent holds no capability", func(t *testing.T) {
		status, err := os.ReadFile(filepath.Join("/proc", c.process(t, agent), "status"))
		require.NoError(t, err)
		assert.Contains(t, string(status), "CapEff:\t0000000000000000\n")
		assert.Contains(t, string(status), "NoNewPrivs:\t1\n")
		assert.Contains(t, string(status), "Seccomp:\t2\n")
	})
	t.Run("its own metrics and health, for a support bundle", func(t *testing.T) { // as docs/troubleshooting.md tells
		proxied := "/api/v1/namespaces/" + namespace + "/pods/" + agent.Name
		assert.Contains(t, c.kubectl(t, "get", "--raw", proxied+":8888/proxy/metrics"), "otelcol_exporter_sent_metric_points")
		assert.Contains(t, c.kubectl(t, "get", "--raw", proxied+":13133/proxy/"), "Server available")
	})
	t.Run("its log has neither errors nor the token", func(t *testing.T) {
		log := c.log(t, agent)
		assert.NotContains(t, log, "example-token")
		assert.NotContains(t, log, "\terror\t")
	})
}

// process is the number of the pod's process, as the control groups have it.
func (c *cluster) process(t *testing.T, pod corev1.Pod) string {
	t.Helper()
	_, id, _ := strings.Cut(pod.Status.ContainerStatuses[0].ContainerID, "://")
	require.NotEmpty(t, id)
	processes, err := os.ReadFile(filepath.Join(c.groupOf(t, "memory", id), "cgroup.procs"))
	require.NoError(t, err)
	return strings.Fields(string(processes))[0]
}

// groupOf is a container's control group.
func (c *cluster) groupOf(t *testing.T, controller, container string) string {
	t.Helper()
	var found string
	require.NoError(t, filepath.WalkDir(filepath.Join("/sys/fs/cgroup", controller, cgroup), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // another container went away
			return nil
		}
		if d.Name() == container {
			found = path
		}
		return err
	}))
	require.NotEmpty(t, found, "control group of container %s", container)
	return found
}

func TestAnAgentsQueueOnTheNodeOutlivesItsPod(t *testing.T) {
	c, l := theCluster(t), startLab(t)
	c.apply(t, "overlays/agent")
	agent := c.ready(t, "otelcol-agent", 1)[0]

	end := outage(t, l)
	p := program{id: "through-an-outage", requests: 400, points: 500, pause: "10ms"}
	c.run(t, p)
	c.sent(t, p)
	assert.Zero(t, auditOf(t, l, p.id).Total, "nothing can have arrived yet")
	queue, err := os.Stat("/var/lib/otelcol/exporter_signalfx__metrics")
	require.NoError(t, err)
	t.Logf("the queue on the node has %d KiB", queue.Size()>>10)

	limit := agent.Spec.Containers[0].Resources.Limits.Memory().Value()
	_, id, _ := strings.Cut(agent.Status.ContainerStatuses[0].ContainerID, "://")
	highest, err := os.ReadFile(filepath.Join(c.groupOf(t, "memory", id), "memory.max_usage_in_bytes"))
	require.NoError(t, err)
	bytes, err := strconv.ParseInt(strings.TrimSpace(string(highest)), 10, 64)
	require.NoError(t, err)
	t.Logf("the agent had at most %d MiB, of %d MiB", bytes>>20, limit>>20)
	assert.Less(t, bytes, limit)

	c.kill(t, agent)
	wait(t, "the agent is another one", func() bool { pods := c.pods(t, "otelcol-agent"); return len(pods) == 1 && pods[0].UID != agent.UID })
	next := c.ready(t, "otelcol-agent", 1)[0]
	end()
	arrived(t, l, p.id, p.requests*p.points)
	assert.Zero(t, next.Status.ContainerStatuses[0].RestartCount)
}
