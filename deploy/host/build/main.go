// Command build writes the packages for hosts. It runs in the repository's root.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"

	"github.com/otelcol-custom/otelcol-custom/deploy/host"
)

func main() {
	version := flag.String("version", "0.1.0-dev", "version")
	architecture := flag.String("architecture", runtime.GOARCH, "of the binary: amd64 or arm64")
	output := flag.String("output", "build", "folder to write to")
	flag.Parse()
	for _, format := range host.Formats {
		path, err := host.Build(format, *version, *architecture, *output)
		if err != nil {
			fmt.Fprintf(os.Stderr, "packages: %s: %v\n", format, err)
			os.Exit(1)
		}
		fmt.Println(path)
	}
}
