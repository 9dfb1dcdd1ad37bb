#!/bin/sh
# fuzz.sh TIME [PATTERN]: runs every fuzz target of the tree for that long, one after the other, and fails when one has no seed corpus.
# PATTERN selects targets by package and name.
set -eu
cd "$(dirname "$0")/.."
time=$1
pattern=${2:-.}
targets=0
failed=''
for file in $(git grep -l --untracked '^func Fuzz' -- '*_test.go' | sort); do
	folder=$(dirname "$file")
	for name in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		echo "$folder.$name" | grep -q "$pattern" || continue
		targets=$((targets + 1))
		echo "$folder $name"
		if ! (cd "$folder" && go test -run "^$name\$" -v . | grep -q "^ *--- PASS: $name/"); then
			echo "$folder: $name has no seed corpus, or fails with it"
			failed="$failed $folder.$name"
			continue
		fi
		(cd "$folder" && go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -parallel 2 .) || failed="$failed $folder.$name"
	done
done
echo "NOTE: $targets fuzz targets, $time each${failed:+; failed:$failed}"
[ "$targets" -gt 0 ] && [ -z "$failed" ]
