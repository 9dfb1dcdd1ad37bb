#!/bin/sh
# After installation: deb calls it with "configure" and the old version, rpm with how many versions are installed now.
set -e

if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	# An upgrade goes on with the new version, if the service ran.
	systemctl try-restart otelcol-custom.service || true
fi

case "$1:$2" in
configure: | 1:)
	cat <<-EOF
		otelcol-custom: write realm and token into /etc/otelcol-custom/otelcol-custom.env, then
		    systemctl enable --now otelcol-custom
	EOF
	;;
esac
