//go:build cluster && linux

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/otelcol-custom/otelcol-custom/deploy/internal/lab"
)

// startLab runs the lab on the node, where the overlays of this folder look for it.
func startLab(t *testing.T) *lab.Lab {
	t.Helper()
	return lab.Start(t, nodeAddress, "--listen="+nodeAddress+":8088", "--signalfx="+nodeAddress+":9943", "--signalflow="+nodeAddress+":9946")
}

// outage makes SignalFx answer 503 until it is ended.
func outage(t *testing.T, l *lab.Lab) (end func()) {
	t.Helper()
	request := func(method, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, l.Page+"/api/faults", strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		require.Less(t, response.StatusCode, 300)
	}
	request(http.MethodPost, `{"vendor":"signalfx","status":503}`)
	return func() { request(http.MethodDelete, "") }
}

// audit is how often the points of a program arrived.
type audit struct{ Total, Distinct, Repeated int }

func auditOf(t *testing.T, l *lab.Lab, id string) audit {
	t.Helper()
	var report struct{ Entries []audit }
	l.Get(t, "/api/audit?value="+id, &report)
	if len(report.Entries) == 0 {
		return audit{}
	}
	return report.Entries[0]
}

// arrived waits until all of a program's points arrived, and says how many came twice.
func arrived(t *testing.T, l *lab.Lab, id string, points int) {
	t.Helper()
	wait(t, fmt.Sprintf("all %d points of %s have arrived", points, id), func() bool { return auditOf(t, l, id).Distinct >= points })
	a := auditOf(t, l, id)
	assert.Equal(t, points, a.Distinct)
	t.Logf("%s: %d points, all arrived, %d of them more than once", id, points, a.Repeated)
}

// program is a pod of somebody's own, that sends points to the agent of its node and prints.
type program struct {
	id               string
	requests, points int
	pause            string // between requests
	event            string // line to print
}

const shop = "shop" // the namespace of programs

func (c *cluster) run(t *testing.T, p program) corev1.Pod {
	t.Helper()
	arguments := []string{"send", "--id=" + p.id, fmt.Sprintf("--requests=%d", p.requests), fmt.Sprintf("--points=%d", p.points), "--pause=" + p.pause}
	if p.event != "" {
		arguments = append(arguments, "--event="+p.event)
	}
	pod := corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: p.id, Namespace: shop},
		Spec:       corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{{Name: "app", Image: programImage, Args: arguments}}},
	}
	text, err := json.Marshal(pod)
	require.NoError(t, err)
	_, err = c.tryKubectl(fmt.Sprintf(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":%q}}`, shop), "apply", "--filename=-")
	require.NoError(t, err)
	_, err = c.tryKubectl(string(text), "create", "--filename=-")
	require.NoError(t, err)
	t.Cleanup(func() {
		c.kubectl(t, "delete", "pod", "--namespace="+shop, p.id, "--grace-period=1", "--ignore-not-found")
	})
	return pod
}

// sent waits until the agent has taken all that a program had to send.
func (c *cluster) sent(t *testing.T, p program) {
	t.Helper()
	wait(t, p.id+" has sent everything", func() bool {
		return get[corev1.Pod](t, c, "pod", "--namespace="+shop, p.id).Status.Phase == corev1.PodSucceeded
	})
}
