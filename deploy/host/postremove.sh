#!/bin/sh
# After removal. What waits for delivery, the configuration and the user stay, until deb is told to purge.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
if [ "$1" = purge ]; then
	rm -rf /var/lib/otelcol-custom /etc/otelcol-custom
	if getent passwd otelcol-custom >/dev/null; then
		userdel otelcol-custom || true
	fi
fi
