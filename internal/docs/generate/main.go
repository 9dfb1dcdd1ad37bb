// Command generate writes the pages of docs/ that come from the code. It runs in the repository's root.
package main

import (
	"fmt"
	"os"

	"github.com/otelcol-custom/otelcol-custom/internal/docs"
)

func main() {
	page, err := docs.Reference(".")
	if err == nil {
		err = os.WriteFile("docs/configuration.md", page, 0o644)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "docs: %v\n", err)
		os.Exit(1)
	}
}
