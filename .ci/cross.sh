#!/bin/sh
# The collector for every system that it is meant for, into build/cross. Each takes as long as a first build.
set -eu
cd "$(dirname "$0")/.."
out=$PWD/build/cross
mkdir -p "$out"
for target in ${TARGETS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64}; do
	system=${target%/*}
	file=$out/otelcol-custom_$system-${target#*/}
	[ "$system" = windows ] && file=$file.exe
	(cd cmd/otelcol-custom && CGO_ENABLED=0 GOOS=$system GOARCH=${target#*/} go build -trimpath -buildvcs=false -ldflags "-s -w" -o "$file" .)
	echo "$file"
done
