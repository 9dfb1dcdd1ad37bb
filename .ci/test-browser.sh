#!/bin/sh
# The lab's page in a real browser. Debian's Chromium is installed where there is none. The screenshots stay in build/browser.
set -eu
cd "$(dirname "$0")/.."
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
	command -v apt-get >/dev/null || { echo "please install Chromium"; exit 1; }
	as_root=''
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	echo "installing Chromium"
	mkdir -p build/log
	$as_root apt-get update -qq
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >build/log/chromium.log 2>&1 ||
		{ tail -n 20 build/log/chromium.log; exit 1; }
fi
cd internal/vendorlab/browser
go vet ./...
go test -count=1 -timeout 20m ./...
