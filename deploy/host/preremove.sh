#!/bin/sh
# Before removal: deb calls it with "remove" or "upgrade", rpm with how many versions will be left.
set -e
case "$1" in
remove | 0)
	if [ -d /run/systemd/system ]; then
		systemctl disable --now otelcol-custom.service || true
	fi
	;;
esac
