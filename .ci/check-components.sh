#!/bin/sh
# check-components.sh COLLECTOR TYPE...: the built collector must list each of our component types.
set -eu
cd "$(dirname "$0")/.."
collector=$1
shift
listed=$("$collector" components | sed -n 's/^ *- name: //p')
missing=''
for type in "$@"; do
	echo "$listed" | grep -qx "$type" || missing="$missing $type"
done
[ -z "$missing" ] && exit 0
echo "$collector components does not list:$missing"
echo "it lists:" $listed
exit 1
