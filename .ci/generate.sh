#!/bin/sh
# Writes the collector's sources from builder-config.yaml; with --check writes them elsewhere and fails if the committed ones differ.
# OCB is the builder, as MODULE@VERSION.
set -eu
cd "$(dirname "$0")/.."
dist=cmd/otelcol-custom
out=$dist
manifest=builder-config.yaml
log=build/log/ocb.log

mkdir -p build/log
if [ "${1:-}" = --check ]; then
	# As deep below the root as $dist, so that the replace lines of both go.mod files read the same.
	out=build/generated
	manifest=build/builder-config.yaml
	rm -rf "$out"
	sed "s|^  output_path: .*|  output_path: ./$out|" builder-config.yaml >"$manifest"
fi
mkdir -p "$out"

if ! go run "$OCB" --config "$manifest" --skip-compilation --skip-strict-versioning=false >"$log" 2>&1; then
	echo "the collector builder failed:"
	tail -n 20 "$log"
	exit 1
fi
[ "$out" = "$dist" ] && exit 0

different=''
for file in go.mod go.sum components.go main.go main_others.go main_windows.go; do
	diff -u "$dist/$file" "$out/$file" || different="$different $file"
done
if [ -n "$different" ]; then
	echo "$dist is not what builder-config.yaml and the root go.mod give (differs:$different): run 'make generate' and commit the result"
	exit 1
fi
