// Command build writes the collector's container image as an archive that `docker load` and its like take. No engine is needed. It runs in the
// repository's root.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/otelcol-custom/otelcol-custom/deploy/image"
)

func main() {
	source := image.Source{Created: time.Unix(0, 0).UTC()}
	var tag, output string
	flag.StringVar(&source.Binary, "binary", "build/cross/otelcol-custom_linux-"+runtime.GOARCH, "static binary of the collector")
	flag.StringVar(&source.Certificates, "certificates", "/etc/ssl/certs/ca-certificates.crt", "certificate authorities, PEM")
	flag.StringVar(&source.Config, "config", "deploy/image/config.yaml", "configuration that runs when none is given")
	flag.StringVar(&source.Architecture, "architecture", runtime.GOARCH, "of the binary: amd64 or arm64")
	flag.StringVar(&source.Version, "version", "0.1.0-dev", "version")
	flag.StringVar(&source.Revision, "revision", "", "commit")
	flag.StringVar(&tag, "tag", "otelcol-custom:0.1.0-dev", "name and tag of the image")
	flag.StringVar(&output, "output", "build/otelcol-custom-image.tar", "archive to write")
	flag.Parse()

	if err := write(source, tag, output); err != nil {
		fmt.Fprintf(os.Stderr, "image: %v\n", err)
		os.Exit(1)
	}
	fmt.Printf("%s: load it with `docker load -i %s`\n", output, output)
}

func write(source image.Source, tag, output string) error {
	reference, err := name.NewTag(tag)
	if err != nil {
		return fmt.Errorf("tag %q: %w", tag, err)
	}
	made, err := image.Build(source)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(output, reference, made)
}
