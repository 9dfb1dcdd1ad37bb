#!/bin/sh
# check-configs.sh COLLECTOR: the collector must accept every collector configuration in the tree, that is every YAML file with a
# top-level "service:" key. Variables come from .ci/configs.env; one that is neither there nor has a default is an error, because
# the collector would silently read it as empty. Those of deploy/kubernetes are made of several files: check-deploy validates them.
set -eu
cd "$(dirname "$0")/.."
collector=$1
set -a
. ./.ci/configs.env
set +a

count=0
failed=0
for file in $(git grep -l --untracked '^service:' -- '*.yaml' '*.yml' ':!deploy/kubernetes'); do
	count=$((count + 1))
	for name in $(grep -o '\${env:[A-Za-z0-9_]*}' "$file" | sed 's/.*:\(.*\)}/\1/' | sort -u); do
		if ! eval "[ -n \"\${$name:-}\" ]"; then
			echo "$file: $name has no default: give it one, or a value in .ci/configs.env"
			failed=$((failed + 1))
		fi
	done
	if ! complaint=$("$collector" validate --config "$file" 2>&1); then
		echo "$file: refused: $complaint"
		failed=$((failed + 1))
	fi
done
echo "NOTE: $count configurations"
[ "$count" -gt 0 ] || { echo "no collector configuration found in the tree"; exit 1; }
[ "$failed" -eq 0 ]
