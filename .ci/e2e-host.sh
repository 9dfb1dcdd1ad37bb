#!/bin/sh
# e2e-host.sh [PATTERN]: the packages on a Debian with systemd as its first process, in namespaces of its own. Needs root, apt-get and minutes;
# not part of `make test`. The Debian stays in build/debian.tar: remove it for a newer one.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "e2e-host needs root: it boots a system in namespaces"; exit 1; }
if [ -d /run/systemd/system ]; then
	echo "e2e-host is for a computer or container without systemd of its own, such as a job of continuous integration"; exit 1
fi
mkdir -p build/log
if ! command -v systemd-nspawn >/dev/null || ! command -v mmdebstrap >/dev/null; then
	command -v apt-get >/dev/null || { echo "please install systemd-nspawn and mmdebstrap"; exit 1; }
	echo "installing systemd-nspawn and mmdebstrap"
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd-container mmdebstrap >build/log/e2e-host.log 2>&1 ||
		{ tail -n 20 build/log/e2e-host.log; exit 1; }
fi
if [ ! -e build/debian.tar ]; then
	echo "making build/debian.tar"
	# What a Debian server has, and what the test looks with.
	mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,apt,ca-certificates,curl,iproute2,procps,rpm \
		bookworm build/debian.tar.part </dev/null
	mv build/debian.tar.part build/debian.tar
fi
cd deploy
go vet -tags machine ./host ./internal/machine
go test -tags machine -count=1 -timeout 20m -v -run "${1:-OnSystemd}" ./host
