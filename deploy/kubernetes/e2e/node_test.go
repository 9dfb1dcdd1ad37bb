//go:build cluster && linux

package e2e

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	corev1 "k8s.io/api/core/v1"
)

const (
	programImage = "registry.example.com/program:e2e"
	containerd   = "/run/containerd/containerd.sock"
)

const containerdConfig = `version = 2
root = %q
state = "/run/containerd"
[grpc]
address = %q
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = %q
disable_apparmor = true
restrict_oom_score_adj = true # this machine may not let anybody lower a score
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = %q
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
`

// A link of its own for every pod: on one node no bridge is needed.
const podNetwork = `{"cniVersion": "1.0.0", "name": "pods", "plugins": [
{"type": "ptp", "ipam": {"type": "host-local", "ranges": [[{"subnet": %q}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
`

const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %[1]s
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /%[2]s
clusterDNS: [%[3]s]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix://%[4]s
failCgroupV1: false # as this machine may have it
failSwapOn: false
resolvConf: "" # names outside the cluster are not for pods
evictionHard: {memory.available: 100Mi} # the disk is not the cluster's own
imageGCHighThresholdPercent: 100
`

const corefile = `.:53 {
	bind %s
	errors
	ready 127.0.0.1:8181
	kubernetes cluster.local {
		kubeconfig %s
	}
}
`

// startNode starts the container runtime, the kubelet, and what gives services their addresses and names.
func (c *cluster) startNode() error {
	if err := errors.Join(
		c.write("containerd.toml", fmt.Sprintf(containerdConfig, c.path("containerd"), containerd, programImage, c.path("cni"))),
		c.write("cni/pods.conflist", fmt.Sprintf(podNetwork, podRange)),
		c.write("kubelet.yaml", fmt.Sprintf(kubeletConfig, nodeAddress, cgroup, dnsAddress, containerd)),
		c.write("Corefile", fmt.Sprintf(corefile, dnsAddress, c.kubeconfig("coredns"))),
		c.start("containerd", "--config="+c.path("containerd.toml")),
	); err != nil {
		return err
	}
	if err := c.loadImages(); err != nil {
		return err
	}
	if err := errors.Join(
		c.start("kubelet", "--config="+c.path("kubelet.yaml"), "--kubeconfig="+c.kubeconfig("kubelet"), "--root-dir="+c.path("kubelet"),
			"--cert-dir="+c.path("kubelet-certificates"), "--hostname-override="+nodeName, "--node-ip="+nodeAddress),
		c.start("kube-proxy", "--kubeconfig="+c.kubeconfig("kube-proxy"), "--proxy-mode=iptables", "--cluster-cidr="+podRange, "--hostname-override="+nodeName,
			"--metrics-bind-address=127.0.0.1:10249", "--healthz-bind-address=127.0.0.1:10256",
			"--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0", "--conntrack-tcp-timeout-close-wait=0"), // the machine's
		c.start("coredns", "-conf="+c.path("Corefile")),
	); err != nil {
		return err
	}
	return errors.Join(
		c.eventually("the node is ready", c.nodeReady),
		c.eventually("services have addresses", func() error { return healthy("http://127.0.0.1:10256/healthz") }),
		c.eventually("services have names", func() error { return healthy("http://127.0.0.1:8181/ready") }),
	)
}

func (c *cluster) nodeReady() error {
	text, err := c.tryKubectl("", "get", "node", nodeName, "-o", "json")
	if err != nil {
		return err
	}
	var node corev1.Node
	if err := json.Unmarshal([]byte(text), &node); err != nil {
		return err
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
			return nil
		}
	}
	return fmt.Errorf("conditions %v", node.Status.Conditions)
}

// loadImages hands the runtime the collector's image, and one of the tests' program: there is no registry.
func (c *cluster) loadImages() error {
	program := c.path("program.tar")
	if err := writeProgramImage(filepath.Join(c.bin, "program"), program); err != nil {
		return fmt.Errorf("make the image of the tests' program: %w", err)
	}
	for _, archive := range []string{program, filepath.Join(c.bin, "otelcol-custom.tar")} {
		err := c.eventually(archive+" is loaded", func() error {
			output, err := exec.Command("ctr", "--address="+containerd, "--namespace=k8s.io", "images", "import", archive).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, output)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func writeProgramImage(binary, archive string) error {
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	var files bytes.Buffer
	w := tar.NewWriter(&files)
	err = w.WriteHeader(&tar.Header{Name: "program", Mode: 0o755, Size: int64(len(content)), Typeflag: tar.TypeReg})
	if _, writeErr := w.Write(content); err == nil {
		err = writeErr
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files.Bytes())), nil })
	if err != nil {
		return err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Config = v1.Config{Entrypoint: []string{"/program"}, Cmd: []string{"pause"}, User: "65532:65532"}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		return err
	}
	tag, err := name.NewTag(programImage)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(archive, tag, image)
}
