#!/bin/sh
# e2e-host.sh [PATTERN]: the packages on a Debian with systemd as its first process, in namespaces of its own. Needs root, apt-get and minutes;
# not part of `make test`.
set -eu
cd "$(dirname "$0")/.."
if [ -d /run/systemd/system ]; then
	echo "e2e-host is for a computer or container without systemd of its own, such as a job of continuous integration"; exit 1
fi
./.ci/debian.sh systemd-container
cd deploy
go vet -tags machine ./host ./internal/machine
go test -tags machine -count=1 -timeout 20m -v -run "${1:-OnSystemd}" ./host
