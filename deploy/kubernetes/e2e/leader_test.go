//go:build cluster && linux

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/lab"
)

func TestTheStateOfTheClusterHasAnotherReporterWhenOneDies(t *testing.T) {
	c, l := theCluster(t), startLab(t)
	c.apply(t, "overlays/agent")
	pods := c.ready(t, "otelcol-cluster", 2)
	first := c.leader(t, "otelcol-cluster", pods)
	assert.Equal(t, first.Status.PodIP, reporter(t, l, pods), "who leads reports")

	died := time.Now()
	c.kill(t, first)
	second := c.leader(t, "otelcol-cluster", c.ready(t, "otelcol-cluster", 2))
	require.NotEqual(t, first.Name, second.Name)
	wait(t, "the other one reports", func() bool { return reporter(t, l, []corev1.Pod{second}) == second.Status.PodIP })
	t.Logf("another one reported %s after the leader died", time.Since(died).Round(time.Second))
}

// leader waits until one of the pods holds the lease. Each says in its log as whom it takes part.
func (c *cluster) leader(t *testing.T, lease string, pods []corev1.Pod) corev1.Pod {
	t.Helper()
	var found corev1.Pod
	wait(t, "a pod that lives holds the lease "+lease, func() bool {
		holder := get[coordinationv1.Lease](t, c, "lease", lease).Spec.HolderIdentity
		at := slices.IndexFunc(pods, func(p corev1.Pod) bool { return holder != nil && strings.Contains(c.log(t, p), *holder) })
		if at >= 0 {
			found = pods[at]
		}
		return at >= 0
	})
	return found
}

// reporter waits until one of the pods has sent datapoints, and is its address.
func reporter(t *testing.T, l *lab.Lab, pods []corev1.Pod) string {
	t.Helper()
	var address string
	wait(t, "a pod has reported", func() bool {
		for _, p := range pods {
			if sending(t, l, []corev1.Pod{p}) == 1 {
				address = p.Status.PodIP
			}
		}
		return address != ""
	})
	return address
}

func TestSignalFlowGoesOnWithoutAGapInTheOtherPod(t *testing.T) {
	c, l := theCluster(t), startLab(t)
	require.NoError(t, os.MkdirAll("/var/lib/signalflow", 0o700))
	require.NoError(t, os.Chown("/var/lib/signalflow", 10001, 10001)) // as the volume of both pods must be
	measure(t, l)
	c.apply(t, "overlays/signalflow")
	pods := c.ready(t, "otelcol-signalflow", 2)
	first := c.leader(t, "otelcol-signalflow", pods)
	wait(t, "the first pod has streamed", func() bool { return len(stream(t, l)) >= 3 })
	for _, pod := range pods {
		wait(t, "who leads has the series for a Prometheus, and the other has not", func() bool {
			return strings.Contains(scrape(t, pod), "signalflow_cpu_utilization") == (pod.Name == first.Name)
		})
	}

	died := time.Now()
	c.kill(t, first)
	second := c.leader(t, "otelcol-signalflow", c.ready(t, "otelcol-signalflow", 2))
	require.NotEqual(t, first.Name, second.Name)
	wait(t, "the second pod has streamed", func() bool {
		times := stream(t, l)
		return time.UnixMilli(times[len(times)-1]).After(died.Add(20*time.Second)) && strings.Contains(scrape(t, second), "signalflow_cpu_utilization")
	})
	all := stream(t, l)
	times := slices.Compact(slices.Clone(all))
	assert.LessOrEqual(t, len(all)-len(times), 1, "without the checkpoint all of the last 15 minutes would come again; it is written every second")
	for i, at := range times[1:] {
		assert.Equal(t, 10*time.Second, time.Duration(at-times[i])*time.Millisecond, "between %s and the next point", time.UnixMilli(times[i]))
	}
	t.Logf("%d points, each 10 s after the one before, over the death of the leader; %d came twice", len(times), len(all)-len(times))
}

// measure sends what the program computes with, every second until the test ends.
func measure(t *testing.T, l *lab.Lab) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	t.Cleanup(func() { cancel(); <-done })
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			body := fmt.Sprintf(`{"gauge":[{"metric":"cpu.utilization","value":7,"dimensions":{"host.name":"web-1"},"timestamp":%d}]}`, time.Now().UnixMilli())
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Services["signalfx"]+"/v2/datapoint", strings.NewReader(body))
			if err != nil {
				return
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-SF-Token", "example-token")
			if response, err := http.DefaultClient.Do(r); err == nil {
				_ = response.Body.Close()
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
}

// stream is the times of the points that the program gave, in order.
func stream(t *testing.T, l *lab.Lab) []int64 {
	t.Helper()
	var all struct {
		Series []struct{ ID json.RawMessage }
	}
	l.Get(t, "/api/series?vendor=signalfx&metric=signalflow.cpu.utilization", &all)
	var times []int64
	for _, s := range all.Series {
		var answer struct{ Points []struct{ Timestamp int64 } }
		l.Get(t, "/api/points?series="+string(bytes.Trim(s.ID, `"`)), &answer)
		for _, p := range answer.Points {
			times = append(times, p.Timestamp)
		}
	}
	slices.Sort(times)
	return times
}

// scrape is what a pod shows a Prometheus.
func scrape(t *testing.T, pod corev1.Pod) string {
	t.Helper()
	response, err := http.Get("http://" + pod.Status.PodIP + ":9464/metrics")
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(text)
}
