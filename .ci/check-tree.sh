#!/bin/sh
# The tree must read the same on every machine: no path of the machine it was written on, no host of a package registry.
set -eu
cd "$(dirname "$0")/.."

paths() {
	pwd
	go env GOPATH GOMODCACHE GOCACHE
}

hosts() {
	go env GOPROXY GOSUMDB | tr ',|' '\n\n' | sed -n 's|^https\{0,1\}://||; s|/.*||; /\./p'
	# Split so that this file does not name them either.
	echo "registry.npmjs"".org"
	echo "proxy.golang"".org"
	echo "deb.debian"".org"
}

quote() { sed 's/[.[\*^$+?(){}|]/\\&/g'; }

# A path counts only where it begins a path, so that a checkout in /src does not object to https://example.com/src/.
pattern=$(
	{
		paths | sort -u | grep -v '^/*$' | quote | sed 's|.*|(^\|[^A-Za-z0-9._/-])&(/\|$\|[^A-Za-z0-9._-])|'
		hosts | sort -u | quote
	} | paste -sd '|' -
)
if git grep -InE --untracked "$pattern" -- . ':!*go.sum'; then
	echo "the lines above name a path of this machine or the host of a package registry; take that out"
	exit 1
fi
