#!/bin/sh
# e2e.sh short|long [PATTERN]: the built collector against the lab, with faults. One line a case, also in build/log/e2e-FORM.txt.
set -eu
cd "$(dirname "$0")/.."
form=$1
report=$PWD/build/log/e2e-$form.txt
mkdir -p build/log
: >"$report"
(cd e2e && go vet ./... && go test ./harness ./table && E2E=$form E2E_REPORT=$report go test -count=1 -parallel 8 -timeout "${E2E_TIMEOUT:-20m}" -run "${2:-.}")
echo "NOTE: $(wc -l <"$report") cases"
