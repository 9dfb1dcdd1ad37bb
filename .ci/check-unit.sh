#!/bin/sh
# All tests of the root module. The race detector needs cgo, and cgo a C compiler: without one the tests run all the same.
set -eu
cd "$(dirname "$0")/.."
race=-race
compiler=$(go env CC)
if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
	race=''
	echo "NOTE: without -race: no C compiler ($compiler) found"
elif [ "$(CGO_ENABLED=${CGO_ENABLED:-1} go env CGO_ENABLED)" != 1 ]; then
	race=''
	echo "NOTE: without -race: CGO_ENABLED is 0"
fi
go test $race ./...
