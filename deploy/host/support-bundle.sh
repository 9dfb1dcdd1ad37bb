#!/bin/sh
# support-bundle.sh [FOLDER]: collects what somebody else needs to understand a collector into otelcol-support-TIME.tar.gz: versions,
# the configuration with its secrets redacted, the last of the log, the collector's own metrics and its health. Look through it
# before you give it away.
#
# OTELCOL      the binary                (otelcol-custom)
# CONFIG       configuration files       (/etc/otelcol-custom/config.yaml), several separated by blanks
# ENVIRONMENT  file of its environment   (/etc/otelcol-custom/otelcol-custom.env)
# LOG          a log file                (the journal of otelcol-custom.service)
# METRICS      its own metrics           (http://127.0.0.1:8888/metrics)
# HEALTH       its health check          (http://127.0.0.1:13133/)
set -u
collector=${OTELCOL:-otelcol-custom}
config=${CONFIG:-/etc/otelcol-custom/config.yaml}
environment=${ENVIRONMENT:-/etc/otelcol-custom/otelcol-custom.env}
target=${1:-.}
name=otelcol-support-$(date -u +%Y%m%dT%H%M%SZ)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
umask 077
mkdir "$work/$name"

# Values of the environment file: they are taken out of all that is collected, wherever they turn up. Short ones and those of
# settings that are no secrets would take out too much.
if [ -r "$environment" ]; then
	# Written for systemd, not for a shell: values have blanks without quotes.
	while IFS= read -r line || [ -n "$line" ]; do
		key=${line%%=*}
		case $key in "$line" | '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
		value=${line#*=}
		case $value in \"*\" | \'*\') value=${value#?} value=${value%?} ;; esac
		export "$key=$value"
	done <"$environment"
fi
secrets=$work/secrets
env | sed -n 's/^[A-Za-z0-9_]*\(TOKEN\|SECRET\|PASSWORD\|API_KEY\)[A-Za-z0-9_]*=\(......*\)$/\2/p' >"$secrets"

redact() {
	awk -v secrets="$secrets" '
		BEGIN { below = -1; while ((getline line < secrets) > 0) if (line != "") values[++n] = line }
		{
			for (i = 1; i <= n; i++) {
				out = ""; rest = $0
				while ((at = index(rest, values[i])) > 0) {
					out = out substr(rest, 1, at - 1) "[REDACTED]"
					rest = substr(rest, at + length(values[i]))
				}
				$0 = out rest
			}
			# Nothing is shown below headers, nor of a text of several lines that is a secret.
			match($0, /^ */)
			indent = RLENGTH
			if ($0 ~ /[^ ]/ && indent <= below) below = -1
			if (below >= 0 && $0 ~ /[^ ]/) $0 = substr($0, 1, indent) "[REDACTED]"
			else if (tolower($0) ~ /headers:[ ]*$/ || tolower($0) ~ /(token|secret|password|passwd|key|authorization)[a-z0-9_-]*:[ ]*[|>][0-9+-]*[ ]*$/) below = indent
			print
		}' | sed -E \
		-e 's/((bearer|basic)[[:space:]]+)[^][:space:]"'"'"',}]+/\1[REDACTED]/Ig' \
		-e 's/(headers:[[:space:]]*)\{[^}]*\}/\1{[REDACTED]}/Ig' \
		-e 's/((token|secret|password|passwd|api[-_]?key|key[-_]?pem|authorization|x-sf-token)["'"'"']?[[:space:]]*[:=][[:space:]]*)("([^"\\]|\\.)*"|'"'"'[^'"'"']*'"'"'|[^[:space:],}]+)/\1[REDACTED]/Ig' \
		-e 's/(:[[:space:]]*\[REDACTED\])[[:space:]]+#.*/\1/' \
		-e 's#(://)[^/[:space:]"'"'"']*@#\1[REDACTED]@#g'
}

collect() { # FILE COMMAND...: what the command prints, or why it could not
	file=$work/$name/$1
	shift
	"$@" 2>&1 | redact >"$file"
}

arguments=''
for file in $config; do
	arguments="$arguments --config=$file"
	collect "$(basename "$file")" cat "$file"
done
collect version.txt "$collector" --version
collect components.yaml "$collector" components
# shellcheck disable=SC2086
collect validate.txt "$collector" validate $arguments ${OTELCOL_OPTIONS:-}
# shellcheck disable=SC2086
collect effective-config.yaml "$collector" print-config $arguments ${OTELCOL_OPTIONS:-}
collect system.txt sh -c 'uname -a; cat /etc/os-release; date -u; nproc; free -m; df -h; ulimit -a'
if [ -n "${LOG:-}" ]; then
	collect log.txt tail -n 5000 "$LOG"
else
	collect log.txt journalctl -u otelcol-custom.service -n 5000 --no-pager
	collect unit.txt systemctl show otelcol-custom.service -p ActiveState,SubState,NRestarts,MemoryCurrent,ExecMainStatus
fi
collect metrics.txt curl -sS --max-time 10 "${METRICS:-http://127.0.0.1:8888/metrics}"
collect health.txt curl -sS --max-time 10 "${HEALTH:-http://127.0.0.1:13133/}"

tar -C "$work" -czf "$target/$name.tar.gz" "$name" || exit 1
echo "$target/$name.tar.gz: look through it before you give it away"
