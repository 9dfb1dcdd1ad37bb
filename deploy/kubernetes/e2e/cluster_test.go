//go:build cluster && linux

package e2e

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Addresses are for documentation (RFC 5737) and of pods and services: nothing of them leaves the sandbox.
const (
	nodeName    = "node-1"
	nodeAddress = "192.0.2.10"
	podRange    = "10.244.0.0/24"
	services    = "10.96.0.0/16"
	dnsAddress  = nodeAddress
	apiServer   = "https://" + nodeAddress + ":6443"
)

// patience is for a machine that is busy with other things.
const patience = 5 * time.Minute

// cluster is a running Kubernetes.
type cluster struct {
	folder string       // of everything it writes
	logs   string       // one file a process
	bin    string       // what was built
	ended  atomic.Value // error of a process that should have gone on
}

// start makes the cluster, once. It ends with the sandbox.
var start = sync.OnceValues(func() (*cluster, error) {
	repository, err := filepath.Abs("../../..")
	if err != nil {
		return nil, err
	}
	c := &cluster{folder: os.Getenv(workdir), logs: filepath.Join(repository, "build/log/e2e-kubernetes"), bin: filepath.Join(repository, "build/kubernetes")}
	if err := os.RemoveAll(c.logs); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.logs, 0o755); err != nil {
		return nil, err
	}
	for _, step := range []func() error{c.startNetwork, c.startControlPlane, c.startNode} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("%w; the logs are in %s", err, c.logs)
		}
	}
	return c, nil
})

func theCluster(t *testing.T) *cluster {
	t.Helper()
	c, err := start()
	require.NoError(t, err)
	return c
}

// startNetwork makes the interface that is the node's own, and leads services to it.
func (c *cluster) startNetwork() error {
	for _, command := range []string{
		"ip link set lo up",
		"ip link add node0 type bridge",
		"ip address add " + nodeAddress + "/24 dev node0",
		"ip link set node0 up",
		"ip route add default dev node0",
		"sysctl -q -w net.ipv4.ip_forward=1",
	} {
		words := strings.Fields(command)
		if output, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", command, err, output)
		}
	}
	return nil
}

// component is a user of the API server, by a token.
type component struct{ name, user, groups string }

var components = []component{
	{"admin", "admin", "system:masters"},
	{"kube-controller-manager", "system:kube-controller-manager", ""},
	{"kube-scheduler", "system:kube-scheduler", ""},
	{"kube-proxy", "system:kube-proxy", ""},
	{"coredns", "coredns", ""},
	{"kubelet", "system:node:" + nodeName, "system:nodes"},
}

func (c *cluster) path(name string) string { return filepath.Join(c.folder, name) }

func (c *cluster) kubeconfig(name string) string { return c.path(name + ".kubeconfig") }

// startControlPlane starts etcd, the API server, and what works for it.
func (c *cluster) startControlPlane() error {
	var tokens strings.Builder
	for i, x := range components {
		token := rand.Text()
		fmt.Fprintf(&tokens, "%s,%s,%d,%q\n", token, x.user, i, x.groups)
		if err := c.writeKubeconfig(x.name, token); err != nil {
			return err
		}
	}
	if err := errors.Join(c.write("tokens.csv", tokens.String()), c.writeAccountKey()); err != nil {
		return err
	}
	if err := c.start("etcd", "--data-dir="+c.path("etcd"), "--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
		"--listen-peer-urls=http://127.0.0.1:2380"); err != nil {
		return err
	}
	if err := c.start("kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", "--cert-dir="+c.path("certificates"),
		"--bind-address="+nodeAddress, "--advertise-address="+nodeAddress, "--service-cluster-ip-range="+services,
		"--token-auth-file="+c.path("tokens.csv"), "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+c.path("accounts.key"), "--service-account-signing-key-file="+c.path("accounts.key")); err != nil {
		return err
	}
	if err := c.eventually("the API server is ready", func() error { _, err := c.tryKubectl("", "get", "--raw=/readyz"); return err }); err != nil {
		return err
	}
	if _, err := c.tryKubectl("", "apply", "-f", "cluster.yaml"); err != nil { // what an installer sets up
		return err
	}
	return errors.Join(
		c.start("kube-controller-manager", "--kubeconfig="+c.kubeconfig("kube-controller-manager"), "--leader-elect=false", "--use-service-account-credentials",
			"--service-account-private-key-file="+c.path("accounts.key"), "--root-ca-file="+c.path("certificates/apiserver.crt"), "--bind-address=127.0.0.1"),
		c.start("kube-scheduler", "--kubeconfig="+c.kubeconfig("kube-scheduler"), "--leader-elect=false", "--bind-address=127.0.0.1"),
	)
}

func (c *cluster) writeKubeconfig(name, token string) error {
	return c.write(name+".kubeconfig", fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: it, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: it, user: {token: %q}}]
contexts: [{name: it, context: {cluster: it, user: it}}]
current-context: it
`, apiServer, c.path("certificates/apiserver.crt"), token))
}

// writeAccountKey makes the key that signs the tokens of service accounts.
func (c *cluster) writeAccountKey() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return c.write("accounts.key", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
}

func (c *cluster) write(name, content string) error {
	if err := os.MkdirAll(filepath.Dir(c.path(name)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(c.path(name), []byte(content), 0o600)
}

// start runs a program until the sandbox ends: one that was built, or one of the system.
func (c *cluster) start(name string, arguments ...string) error {
	program := filepath.Join(c.bin, name)
	if _, err := os.Stat(program); err != nil {
		program = name
	}
	log, err := os.Create(filepath.Join(c.logs, name+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	process := exec.Command(program, arguments...)
	process.Stdout, process.Stderr = log, log
	if err := process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		c.ended.Store(fmt.Errorf("%s ended: %w; see %s", name, process.Wait(), log.Name()))
	}()
	return nil
}

// eventually asks until the answer is no error.
func (c *cluster) eventually(what string, ask func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := ask()
		if err == nil {
			return nil
		}
		if ended, _ := c.ended.Load().(error); ended != nil {
			return ended
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not within %s: %s: %w", patience, what, err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// command is kubectl as the administrator.
func (c *cluster) command(input string, arguments ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(c.bin, "kubectl"), append([]string{"--kubeconfig=" + c.kubeconfig("admin"), "--cache-dir=" + c.path("kubectl")}, arguments...)...)
	command.Stdin = strings.NewReader(input)
	return command
}

func (c *cluster) tryKubectl(input string, arguments ...string) (string, error) {
	command := c.command(input, arguments...)
	var output, problem bytes.Buffer
	command.Stdout, command.Stderr = &output, &problem
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s%s", strings.Join(arguments, " "), err, output.String(), problem.String())
	}
	return output.String(), nil
}

func healthy(url string) error {
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
