#!/bin/sh
# Makes build/python: a root folder with Python and the real OpenTelemetry SDK, of Debian's packages, from the mirror that this
# machine's apt uses. Nothing of it is installed on the machine but the tool that fetches them.
set -eu
cd "$(dirname "$0")/.."
suite=forky # the first release of Debian with the SDK
packages=base-files,python3-opentelemetry-exporter-otlp-proto-http
root=build/python

made="$suite $packages"
[ "$(cat "$root/made" 2>/dev/null)" != "$made" ] || exit 0

if ! command -v mmdebstrap >/dev/null; then
	command -v apt-get >/dev/null || { echo "please install mmdebstrap" >&2; exit 1; }
	as_root=''
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	$as_root apt-get update -qq
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 mmdebstrap >/dev/null ||
		{ echo "please install mmdebstrap" >&2; exit 1; }
fi
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)}
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian: run apt-get update, or set DEBIAN_MIRROR" >&2; exit 1; }

rm -rf "$root"
mkdir -p "$root" build/log
# The proxy of this machine's apt and its like hold here, too.
apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-|Retries|ForceIPv)' >build/log/python-apt.conf || true
# As an archive, which needs no rights; the devices are left out.
mmdebstrap --quiet --variant=extract --include="$packages" --aptopt=build/log/python-apt.conf --aptopt='Acquire::Retries "3"' "$suite" build/python.tar "$mirror" \
	2>build/log/python-root.log || { tail -n 20 build/log/python-root.log >&2; exit 1; }
tar -x -f build/python.tar -C "$root" --no-same-owner --exclude='./dev/*'
rm build/python.tar
mkdir -p "$root/proc"
echo "$made" >"$root/made"
