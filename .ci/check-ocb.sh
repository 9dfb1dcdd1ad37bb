#!/bin/sh
# The manifest of examples/ocb gives a collector with our exporter, which takes the example's configuration. OCB is the builder, as
# MODULE@VERSION.
set -eu
cd "$(dirname "$0")/.."
rm -rf build/ocb
mkdir -p build/ocb
go run "$OCB" --config examples/ocb/builder-config.yaml --ldflags "-s -w"
build/ocb/otelcol-mine components | grep -q 'name: signalfx'
set -a
. ./.ci/configs.env
build/ocb/otelcol-mine validate --config examples/ocb/collector.yaml
