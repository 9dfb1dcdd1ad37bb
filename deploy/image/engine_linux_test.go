//go:build engine

package image_test

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/image"
)

// The images that .ci/e2e-image.sh hands to the engine: of the Dockerfile, and of the builder without one.
const (
	fromDockerfile      = "otelcol-custom:dockerfile"
	fromDockerfileArm64 = "otelcol-custom:dockerfile-arm64"
	withoutEngine       = "otelcol-custom:0.1.0-dev"
	withoutEngineArm64  = "otelcol-custom:arm64"
)

func podman(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := exec.Command("podman", arguments...).CombinedOutput()
	require.NoError(t, err, "%s: %s", arguments, output)
	return string(output)
}

// saved is what the engine has under a name.
func saved(t *testing.T, name string) v1.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.tar")
	podman(t, "save", "--quiet", "--format=docker-archive", "--output="+path, name)
	made, err := tarball.ImageFromPath(path, nil)
	require.NoError(t, err)
	return made
}

func TestBothWaysGiveTheSameImage(t *testing.T) {
	for _, pair := range [][2]string{{fromDockerfile, withoutEngine}, {fromDockerfileArm64, withoutEngineArm64}} {
		t.Run(pair[0], func(t *testing.T) {
			built, made := saved(t, pair[0]), saved(t, pair[1])
			got := contentOf(t, built)
			for path, mode := range got {
				if _, expected := content[path]; !expected {
					assert.Equal(t, "0755 0", mode, "the folder %s", path)
					delete(got, path)
				}
			}
			assert.Equal(t, content, got)
			assert.Equal(t, content, contentOf(t, made))
			assert.Equal(t, binary(t, made), binary(t, built), "byte by byte")

			settings, err := built.ConfigFile()
			require.NoError(t, err)
			want, err := made.ConfigFile()
			require.NoError(t, err)
			assert.Equal(t, want.OS+"/"+want.Architecture, settings.OS+"/"+settings.Architecture)
			settings.Config.Env = nil // the engine's PATH
			delete(settings.Config.Labels, "io.buildah.version")
			assert.Equal(t, want.Config, settings.Config)
		})
	}
}

// binary is the sum of the collector in an image.
func binary(t *testing.T, made v1.Image) [32]byte {
	t.Helper()
	for r := tar.NewReader(mutate.Extract(made)); ; {
		header, err := r.Next()
		require.False(t, errors.Is(err, io.EOF), "no %s", image.Binary)
		require.NoError(t, err)
		if "/"+header.Name == image.Binary {
			content, err := io.ReadAll(r)
			require.NoError(t, err)
			return sha256.Sum256(content)
		}
	}
}

// Read-only, as the image's own user, and without any capability: what it takes arrives.
func TestTheEngineRunsThem(t *testing.T) {
	const id = "otelcol-image"
	emulator, err := exec.LookPath("qemu-aarch64-static")
	require.NoError(t, err)
	arm64 := []string{"--volume=" + emulator + ":/emulator:ro", `--entrypoint=["/emulator", "` + image.Binary + `"]`}
	for name, more := range map[string][]string{fromDockerfile: nil, withoutEngine: nil, fromDockerfileArm64: arm64, withoutEngineArm64: arm64} {
		t.Run(name, func(t *testing.T) {
			network := network(t)
			lab := exec.Command("ip", "netns", "exec", network, "../../build/bin/vendorlab")
			require.NoError(t, lab.Start())
			t.Cleanup(func() {
				_ = lab.Process.Kill()
				_ = lab.Wait()
			})
			arguments := append([]string{
				"run", "--detach", "--name=" + id, "--pull=never", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges", "--memory=512m",
				"--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", // to raise them needs a capability that not every root has
				"--network=ns:/run/netns/" + network, "--env=SPLUNK_ACCESS_TOKEN=example-token", "--env=SPLUNK_REALM=us0",
			}, more...)
			arguments = append(arguments, name, "--config="+image.Config, "--set=exporters.signalfx.ingest_url=http://127.0.0.1:9943",
				"--set=exporters.signalfx.api_url=http://127.0.0.1:9943")
			podman(t, arguments...)
			t.Cleanup(func() { podman(t, "rm", "--force", "--time=0", id) })

			within := func(script string) (string, error) {
				output, err := exec.Command("ip", "netns", "exec", network, "sh", "-c", script).CombinedOutput()
				return string(output), err
			}
			await := func(script string) {
				t.Helper()
				for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
					output, err := within(script)
					if err == nil {
						return
					}
					if time.Now().After(deadline) {
						t.Fatalf("%s: %s\n%s", script, output, podman(t, "logs", id))
					}
				}
			}
			await("curl -sf http://127.0.0.1:13133/")
			await(`curl -sf -H 'Content-Type: application/json' http://127.0.0.1:4318/v1/metrics -d '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"cups","gauge":{"dataPoints":[{"asInt":"3","timeUnixNano":"'$(date +%s)'000000000"}]}}]}]}]}'`)
			await("curl -sf 'http://127.0.0.1:8088/api/series?vendor=signalfx&metric=cups' | grep -q cups")

			status, err := os.ReadFile("/proc/" + strings.TrimSpace(podman(t, "inspect", "--format={{.State.Pid}}", id)) + "/status")
			require.NoError(t, err)
			assert.Contains(t, string(status), "Uid:\t10001\t10001\t10001\t10001\n")
			assert.Contains(t, string(status), "Gid:\t10001\t10001\t10001\t10001\n")
			assert.Contains(t, string(status), "CapBnd:\t0000000000000000\n")
			log := podman(t, "logs", id)
			assert.Contains(t, log, `"limit_mib": 409`, "80% of the container's memory")
			assert.NotContains(t, log, "example-token")
			podman(t, "stop", "--time=30", id)
			assert.Equal(t, "0", strings.TrimSpace(podman(t, "inspect", "--format={{.State.ExitCode}}", id)))
		})
	}
}

// network makes a network namespace with a loopback.
func network(t *testing.T) string {
	t.Helper()
	const name = "otelcol-image"
	for _, arguments := range [][]string{{"netns", "add", name}, {"-n", name, "link", "set", "lo", "up"}} {
		output, err := exec.Command("ip", arguments...).CombinedOutput()
		require.NoError(t, err, "%s", output)
	}
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "delete", name).Run() })
	return name
}
