#!/bin/sh
# gofmt over the Go files of the tree, generated collector sources excepted (the builder does not format them).
set -eu
cd "$(dirname "$0")/.."
files=$(git ls-files --cached --others --exclude-standard -- '*.go' ':!cmd/otelcol-custom/*' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
[ -n "$files" ] || exit 0
unformatted=$(gofmt -l $files)
[ -z "$unformatted" ] && exit 0
echo "not formatted; run gofmt -w on:"
echo "$unformatted"
exit 1
