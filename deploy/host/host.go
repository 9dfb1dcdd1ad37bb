// Package host makes the packages for hosts: .deb and .rpm with the collector, its systemd unit, a configuration and an environment file.
package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // registers the format
	_ "github.com/goreleaser/nfpm/v2/rpm" // registers the format
)

// Formats are those that packages are made in.
var Formats = []string{"deb", "rpm"}

// Build writes a package of the given format into the folder output and returns its path. Paths in nfpm.yaml are below the repository's
// root, which must be the working folder. The architecture is Go's name of it.
func Build(format, version, architecture, output string) (string, error) {
	values := map[string]string{"VERSION": version, "ARCH": architecture}
	config, err := nfpm.ParseFileWithEnvMapping("deploy/host/nfpm.yaml", func(name string) string { return values[name] })
	if err != nil {
		return "", fmt.Errorf("read deploy/host/nfpm.yaml: %w", err)
	}
	info, err := config.Get(format)
	if err != nil {
		return "", err
	}
	info = nfpm.WithDefaults(info)
	packager, err := nfpm.Get(format)
	if err != nil {
		return "", err
	}
	path := filepath.Join(output, packager.ConventionalFileName(info))
	f, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("create the package: %w", err)
	}
	if err := errors.Join(packager.Package(info, f), f.Close()); err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	return path, nil
}
