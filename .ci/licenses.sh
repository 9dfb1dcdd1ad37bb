#!/bin/sh
# licenses.sh [-write]: compares docs/licenses.md with the licences of what the collector is made of, or writes it.
set -eu
cd "$(dirname "$0")/licenses"
go run . -program ../../cmd/otelcol-custom "$@" ../../docs/licenses.md
