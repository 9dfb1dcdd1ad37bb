package image_test

import (
	"archive/tar"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/deploy/image"
	"github.com/otelcol-custom/otelcol-custom/deploy/internal/rootfs"
)

func build(t *testing.T) v1.Image {
	t.Helper()
	made, err := image.Build(source(t))
	require.NoError(t, err)
	return made
}

func source(t *testing.T) image.Source {
	t.Helper()
	return image.Source{
		Binary: rootfs.Collector(t), Certificates: "/etc/ssl/certs/ca-certificates.crt", Config: "config.yaml",
		Architecture: runtime.GOARCH, Version: "0.1.0-dev", Created: time.Unix(0, 0).UTC(),
	}
}

func TestTheSameSourceGivesTheSameImage(t *testing.T) {
	first, err := build(t).Digest()
	require.NoError(t, err)
	second, err := build(t).Digest()
	require.NoError(t, err)
	assert.Equal(t, first, second)
}

// The Dockerfile and the builder without an engine must not drift apart.
func TestTheDockerfileSaysTheSame(t *testing.T) {
	text, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	_, final, found := strings.Cut(string(text), "FROM scratch\n")
	require.True(t, found)
	config, err := build(t).ConfigFile()
	require.NoError(t, err)

	for _, line := range []string{
		"USER " + config.Config.User,
		fmt.Sprintf("ENTRYPOINT [%q]", config.Config.Entrypoint[0]),
		fmt.Sprintf("CMD [%q]", config.Config.Cmd[0]),
		"EXPOSE 4317/tcp 4318/tcp 13133/tcp",
		"VOLUME " + image.State,
	} {
		assert.Contains(t, final, line+"\n")
	}
	for label, value := range config.Config.Labels {
		if label == "org.opencontainers.image.version" {
			value = "$VERSION"
		}
		assert.Contains(t, final, fmt.Sprintf("%s=%q", label, value))
	}
	for _, path := range []string{image.Certificates, image.Config, "/var/lib/", "/", image.Binary} {
		assert.Contains(t, final, " "+path+"\n", "a COPY to it")
	}
}

func TestTheImageHoldsNothingElse(t *testing.T) {
	assert.Equal(t, content, contentOf(t, build(t)))
}

// content is path to mode and owner.
var content = map[string]string{
	image.Binary: "0755 0", image.Certificates: "0644 0", image.Config: "0644 0", image.State: "0750 10001", "/tmp": "1777 0",
}

func contentOf(t *testing.T, made v1.Image) map[string]string {
	t.Helper()
	all := map[string]string{}
	r := tar.NewReader(mutate.Extract(made))
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all["/"+strings.TrimSuffix(header.Name, "/")] = fmt.Sprintf("%04o %d", header.Mode&0o7777, header.Uid)
	}
}

func TestTheCollectorRunsInTheImageAndNothingElse(t *testing.T) {
	made := build(t)
	config, err := made.ConfigFile()
	require.NoError(t, err)
	root := unpack(t, made)
	bundle, err := os.ReadFile(filepath.Join(root, image.Certificates))
	require.NoError(t, err)
	require.True(t, x509.NewCertPool().AppendCertsFromPEM(bundle))

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // for a hanging collector; it takes a second
	defer cancel()
	arguments := append(append([]string{}, config.Config.Cmd...),
		"--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:0", "--set=receivers.otlp.protocols.http.endpoint=127.0.0.1:0",
		"--set=extensions.health_check.endpoint=127.0.0.1:0", "--set=service.telemetry.metrics.level=none")
	collector := rootfs.Command(ctx, root, image.User, config.Config.Entrypoint[0], arguments...)
	collector.Env = append(collector.Env, "SPLUNK_ACCESS_TOKEN=example-token", "SPLUNK_REALM=us0")
	output := &rootfs.Output{}
	collector.Stdout, collector.Stderr = output, output
	require.NoError(t, collector.Start())
	output.Await(ctx, t, "Everything is ready.")
	require.NoError(t, rootfs.Signal(collector, syscall.SIGTERM))
	assert.NoError(t, collector.Wait(), "%s", output)
	assert.NotContains(t, output.String(), "example-token")
}

// unpack writes the image's files into a folder, as an engine does, and adds the mount point of /proc.
func unpack(t *testing.T, made v1.Image) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(root, "proc"), 0o755))
	r := tar.NewReader(mutate.Extract(made))
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return root
		}
		require.NoError(t, err)
		path := filepath.Join(root, header.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if header.Typeflag == tar.TypeDir {
			require.NoError(t, os.MkdirAll(path, 0o755))
		} else {
			f, err := os.Create(path)
			require.NoError(t, err)
			_, err = io.Copy(f, r)
			require.NoError(t, errors.Join(err, f.Close()))
		}
		require.NoError(t, os.Chmod(path, header.FileInfo().Mode()))
		if os.Getuid() == 0 {
			require.NoError(t, os.Chown(path, header.Uid, header.Gid))
		}
	}
}
