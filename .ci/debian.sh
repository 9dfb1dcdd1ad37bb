#!/bin/sh
# debian.sh PACKAGE...: what tests as root start from: these packages of Debian on this computer, and a Debian of its own in build/debian.tar.
# Remove that for a newer one.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "this needs root"; exit 1; }
mkdir -p build/log
missing=''
for package in mmdebstrap "$@"; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
	command -v apt-get >/dev/null || { echo "please install$missing"; exit 1; }
	echo "installing$missing"
	apt-get update -qq
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >build/log/debian.log 2>&1 ||
		{ tail -n 20 build/log/debian.log; exit 1; }
fi
if [ ! -e build/debian.tar ]; then
	echo "making build/debian.tar"
	# What a Debian server has, and what tests look with. It is the name that tells mmdebstrap to make an archive.
	mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,apt,ca-certificates,curl,iproute2,procps,rpm \
		bookworm build/debian.part.tar </dev/null
	mv build/debian.part.tar build/debian.tar
fi
