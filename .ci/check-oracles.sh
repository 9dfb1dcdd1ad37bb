#!/bin/sh
# Tests against code that we did not write (the vendors' own libraries), each in a module of its own so that none of it is shipped.
# Without the race detector: the vendors' fakes race.
set -eu
cd "$(dirname "$0")/.."
for module in $(git ls-files '*/oracle/go.mod'); do
	folder=$(dirname "$module")
	echo "$folder"
	(cd "$folder" && go vet ./... && go test ./...)
done
