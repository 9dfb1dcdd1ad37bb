#!/bin/sh
# Before the files come, some of which are the group's. On upgrades, too.
set -e
user=otelcol-custom

if ! getent group $user >/dev/null; then
	groupadd --system $user
fi
if ! getent passwd $user >/dev/null; then
	useradd --system --gid $user --no-create-home --home-dir /var/lib/otelcol-custom --shell /usr/sbin/nologin \
		--comment "OpenTelemetry Collector" $user
fi
