package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// User runs the collector: a number, so that Kubernetes can tell that it is not root.
const User = 10001

// Paths in the image.
const (
	Binary       = "/otelcol-custom"
	Config       = "/etc/otelcol/config.yaml"
	Certificates = "/etc/ssl/certs/ca-certificates.crt"
	State        = "/var/lib/otelcol"
)

// Source is what an image is made of.
type Source struct {
	Binary       string // path of the static binary
	Certificates string // path of the certificate authorities, PEM
	Config       string // path of the configuration that runs when none is given
	Architecture string // amd64 or arm64
	Version      string
	Revision     string // the commit, or empty
	Created      time.Time
}

// Build makes the image. The same source gives the same image.
func Build(s Source) (v1.Image, error) {
	// The binary changes with every version, the rest hardly ever: so it is the upper layer.
	base, err := layer(s.Created,
		file{path: Certificates, from: s.Certificates, mode: 0o644},
		file{path: Config, from: s.Config, mode: 0o644},
		file{path: State + "/", mode: 0o750, owner: User},
		file{path: "/tmp/", mode: 0o1777},
	)
	if err != nil {
		return nil, err
	}
	program, err := layer(s.Created, file{path: Binary, from: s.Binary, mode: 0o755})
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, base, program)
	if err != nil {
		return nil, fmt.Errorf("add layers: %w", err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("read the image's settings: %w", err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", s.Architecture
	config.Created = v1.Time{Time: s.Created}
	config.Config = v1.Config{
		User:       fmt.Sprintf("%d:%d", User, User),
		Entrypoint: []string{Binary},
		Cmd:        []string{"--config=" + Config},
		ExposedPorts: map[string]struct{}{
			"4317/tcp": {}, "4318/tcp": {}, "13133/tcp": {},
		},
		Volumes: map[string]struct{}{State: {}},
		Labels:  labels(s),
	}
	return mutate.ConfigFile(image, config)
}

// labels are those of the OCI image specification.
func labels(s Source) map[string]string {
	all := map[string]string{
		"org.opencontainers.image.title":       "otelcol-custom",
		"org.opencontainers.image.description": "OpenTelemetry Collector with exporters for SignalFx, Wavefront and Librato",
		"org.opencontainers.image.licenses":    "Apache-2.0",
		"org.opencontainers.image.version":     s.Version,
	}
	if s.Revision != "" {
		all["org.opencontainers.image.revision"] = s.Revision
	}
	return all
}

// file is a file of a layer, or with a slash at its end a folder.
type file struct {
	path, from string
	mode       int64
	owner      int
}

func layer(created time.Time, files ...file) (v1.Layer, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, f := range files {
		if err := f.write(w, created); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("end a layer: %w", err)
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buffer.Bytes())), nil })
}

func (f file) write(w *tar.Writer, created time.Time) error {
	header := &tar.Header{Name: f.path[1:], Mode: f.mode, Uid: f.owner, Gid: f.owner, ModTime: created, Typeflag: tar.TypeDir, Format: tar.FormatPAX}
	if f.from == "" {
		return w.WriteHeader(header)
	}
	content, err := os.ReadFile(f.from)
	if err != nil {
		return fmt.Errorf("read what becomes %s: %w", f.path, err)
	}
	header.Typeflag, header.Size = tar.TypeReg, int64(len(content))
	if err := w.WriteHeader(header); err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	_, err = w.Write(content)
	return err
}
