//go:build cluster && linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

const namespace = "observability"

func (c *cluster) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := c.tryKubectl("", arguments...)
	require.NoError(t, err)
	return output
}

// get decodes what kubectl gets in the namespace.
func get[T any](t *testing.T, c *cluster, arguments ...string) T {
	t.Helper()
	var object T
	text := c.kubectl(t, append([]string{"get", "--namespace=" + namespace, "--output=json"}, arguments...)...)
	require.NoError(t, json.Unmarshal([]byte(text), &object))
	return object
}

// wait asks until the answer is yes.
func wait(t *testing.T, what string, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !met(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// apply does what the README says, step by step, and takes it all away when the test ends.
func (c *cluster) apply(t *testing.T, overlay string) {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			c.keepLogs(t)
		}
		c.kubectl(t, "delete", "--kustomize="+overlay, "--ignore-not-found", "--timeout="+patience.String())
	})
	c.kubectl(t, "apply", "--kustomize=../namespace")
	c.kubectl(t, "--namespace="+namespace, "create", "secret", "generic", "signalfx", "--from-literal=SPLUNK_REALM=us0", "--from-literal=SPLUNK_ACCESS_TOKEN=example-token")
	c.kubectl(t, "--namespace="+namespace, "create", "secret", "generic", "signalflow", "--from-literal=SPLUNK_REALM=us0", "--from-literal=SPLUNK_API_TOKEN=example-token")
	c.kubectl(t, "apply", "--kustomize="+overlay, "--validate=strict", "--warnings-as-errors")
}

// pods of a workload that are not about to end, the oldest first.
func (c *cluster) pods(t *testing.T, workload string) []corev1.Pod {
	t.Helper()
	pods := slices.DeleteFunc(get[corev1.PodList](t, c, "pods", "--selector=app.kubernetes.io/name="+workload).Items,
		func(p corev1.Pod) bool { return p.DeletionTimestamp != nil })
	slices.SortStableFunc(pods, func(a, b corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	return pods
}

// ready waits until so many pods of a workload are ready by their probes.
func (c *cluster) ready(t *testing.T, workload string, count int) []corev1.Pod {
	t.Helper()
	var pods []corev1.Pod
	wait(t, fmt.Sprintf("%d pods of %s are ready", count, workload), func() bool {
		pods = c.pods(t, workload)
		return len(pods) == count && !slices.ContainsFunc(pods, func(p corev1.Pod) bool { return !isReady(p) })
	})
	return pods
}

func isReady(pod corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue })
}

// kill ends a pod as the loss of its machine does: the process is gone at once, and the pod does not come back.
func (c *cluster) kill(t *testing.T, pod corev1.Pod) {
	t.Helper()
	c.killProcess(t, pod)
	c.kubectl(t, "delete", "pod", "--namespace="+pod.Namespace, pod.Name, "--grace-period=0", "--force")
}

// crash kills the pod's process. The kubelet starts another one in the same pod.
func (c *cluster) crash(t *testing.T, pod corev1.Pod) {
	t.Helper()
	c.killProcess(t, pod)
	wait(t, pod.Name+" was started again", func() bool {
		return get[corev1.Pod](t, c, "pod", pod.Name).Status.ContainerStatuses[0].RestartCount > pod.Status.ContainerStatuses[0].RestartCount
	})
}

func (c *cluster) killProcess(t *testing.T, pod corev1.Pod) {
	t.Helper()
	number, err := strconv.Atoi(c.process(t, pod))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(number, syscall.SIGKILL))
}

// log is what a pod's container printed so far, as the node has it.
func (c *cluster) log(t *testing.T, pod corev1.Pod) string {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/var/log/pods/%s_%s_%s/*/*.log", pod.Namespace, pod.Name, pod.UID))
	require.NoError(t, err)
	var text strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		text.Write(content)
	}
	return text.String()
}

// keepLogs saves what is needed to understand a failure.
func (c *cluster) keepLogs(t *testing.T) {
	t.Helper()
	folder := filepath.Join(c.logs, t.Name())
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for _, pod := range get[corev1.PodList](t, c, "pods").Items {
		require.NoError(t, os.WriteFile(filepath.Join(folder, pod.Name+".log"), []byte(c.log(t, pod)), 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "describe.txt"), []byte(c.kubectl(t, "describe", "--namespace="+namespace, "all")), 0o644))
}

// admitted waits until the controllers have made all pods that the workloads ask for: the API server refused none.
func (c *cluster) admitted(t *testing.T) {
	t.Helper()
	wait(t, "all pods are made", func() bool {
		complete := true
		for _, d := range get[appsv1.DaemonSetList](t, c, "daemonsets").Items {
			complete = complete && d.Status.ObservedGeneration == d.Generation && d.Status.DesiredNumberScheduled > 0 && d.Status.CurrentNumberScheduled == d.Status.DesiredNumberScheduled
		}
		for _, d := range get[appsv1.DeploymentList](t, c, "deployments").Items {
			complete = complete && d.Status.ObservedGeneration == d.Generation && d.Status.Replicas == *d.Spec.Replicas
		}
		return complete
	})
}
