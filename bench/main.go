// Command bench measures our exporters against peers and against the least that the
// work can cost, in one run, and prints tables. Figures depend on the machine; the
// ratios are what to look at. See docs/performance.md.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	rounds int
	time   time.Duration // of a contender in a round
	only   string
	root   string
}

// tables are the parts of a run, in the order in which they are printed.
var tables = []struct {
	name string
	run  func(options) error
}{
	{"encode", encodeTable},
	{"exporters", exporterTables},
	{"peers", peerTables},
	{"signalflow", signalFlowTable},
}

func main() {
	switch {
	case os.Getenv(sinkVariable) != "":
		exit(serveSink())
	case os.Getenv(streamVariable) != "":
		exit(serveStream())
	}
	var o options
	flag.IntVar(&o.rounds, "rounds", 5, "how often each contender is measured; the tables show medians")
	flag.DurationVar(&o.time, "time", time.Second, "how long a contender works in a round")
	flag.StringVar(&o.only, "only", "", "one table: "+strings.Join(names(), ", "))
	flag.StringVar(&o.root, "root", "..", "the project's folder")
	flag.Parse()
	if o.only != "" && !slices.Contains(names(), o.only) {
		exit(fmt.Errorf("-only: there is no table %q; there are %s", o.only, strings.Join(names(), ", ")))
	}
	describeMachine(o)
	for _, t := range tables {
		if o.only == "" || o.only == t.name {
			if err := t.run(o); err != nil {
				exit(fmt.Errorf("%s: %w", t.name, err))
			}
		}
	}
}

func names() (list []string) {
	for _, t := range tables {
		list = append(list, t.name)
	}
	return list
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
