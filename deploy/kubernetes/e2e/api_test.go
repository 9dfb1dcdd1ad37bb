//go:build cluster && linux

package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheAPIServerTakesEveryOverlay(t *testing.T) {
	c := theCluster(t)
	overlays, err := os.ReadDir("../overlays")
	require.NoError(t, err)
	require.NotEmpty(t, overlays)
	for _, overlay := range overlays {
		t.Run(overlay.Name(), func(t *testing.T) {
			folder := "../overlays/" + overlay.Name()
			c.apply(t, folder)
			c.admitted(t)
			c.kubectl(t, "diff", "--kustomize="+folder) // exit status 1 if the API server made something else of it
			violations := c.violations(t, "restricted")
			assert.Len(t, violations, len(c.pods(t, "otelcol-agent")), "the agent reads files of its node")
			for _, violation := range violations {
				assert.True(t, strings.HasPrefix(violation, "otelcol-agent-"), "only the agent needs what the restricted level forbids: %s", violation)
			}
		})
	}
}

// violations are the pods that a stricter level of pod security would refuse.
func (c *cluster) violations(t *testing.T, level string) []string {
	t.Helper()
	command := c.command("", "label", "--overwrite", "--dry-run=server", "namespace", namespace, "pod-security.kubernetes.io/enforce="+level)
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	var pods []string
	for line := range strings.Lines(string(output)) {
		if pod, found := strings.CutPrefix(line, "Warning: otelcol-"); found {
			pods = append(pods, "otelcol-"+strings.TrimSpace(pod))
		}
	}
	return pods
}

// What each account may do, asked of the API server itself.
func TestRolesAllowWhatTheComponentsAsk(t *testing.T) {
	c := theCluster(t)
	for _, overlay := range []struct {
		name     string
		accounts map[string]map[string][]string
	}{
		{"gateway", map[string]map[string][]string{
			"otelcol-agent": {
				"yes": {"get nodes --subresource=stats", "get pods -A", "list pods -A", "watch pods -A"},
				"no": {"get secrets", "list secrets -A", "list nodes", "get nodes --subresource=proxy", "get nodes --subresource=log", "get pods --subresource=log -A",
					"create pods", "create leases", "get configmaps"},
			},
			"otelcol-cluster": {
				"yes": {"list nodes", "watch namespaces", "list pods -A", "watch services -A", "list replicationcontrollers -A", "list resourcequotas -A",
					"list daemonsets.apps -A", "list deployments.apps -A", "watch replicasets.apps -A", "list statefulsets.apps -A", "list jobs.batch -A", "watch cronjobs.batch -A",
					"list horizontalpodautoscalers.autoscaling -A", "create leases", "get leases/otelcol-cluster", "update leases/otelcol-cluster"},
				"no": {"get secrets", "list secrets -A", "update leases/otelcol-signalflow", "update leases", "delete leases/otelcol-cluster", "create leases -n kube-system",
					"get nodes --subresource=stats", "create pods", "get configmaps"},
			},
			"otelcol-gateway": {"no": {"get pods", "get secrets", "get configmaps", "create leases", "list nodes"}},
		}},
		{"signalflow", map[string]map[string][]string{
			"otelcol-signalflow": {
				"yes": {"create leases", "get leases/otelcol-signalflow", "update leases/otelcol-signalflow"},
				"no":  {"get leases/otelcol-cluster", "update leases", "create leases -n kube-system", "get pods", "get secrets", "get configmaps"},
			},
		}},
	} {
		t.Run(overlay.name, func(t *testing.T) {
			c.apply(t, "../overlays/"+overlay.name)
			for account, answers := range overlay.accounts {
				for want, questions := range answers {
					for _, question := range questions {
						arguments := append([]string{"auth", "can-i", "--as=system:serviceaccount:" + namespace + ":" + account}, strings.Fields(question)...)
						if !strings.Contains(question, "-n ") && !strings.Contains(question, "-A") {
							arguments = append(arguments, "--namespace="+namespace)
						}
						output, _ := c.command("", arguments...).Output() // "no" is exit status 1
						assert.Equal(t, want, strings.TrimSpace(string(output)), "%s: %s", account, question)
					}
				}
			}
		})
	}
}
