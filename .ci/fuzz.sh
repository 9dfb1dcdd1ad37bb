#!/bin/sh
# fuzz.sh TIME [PATTERN]: runs every fuzz target of the tree for that long, one after the other, and fails when one has no seed corpus.
# PATTERN selects targets by package and name.
set -eu
cd "$(dirname "$0")/.."
time=$1
pattern=${2:-.}
log=build/log/fuzz-target.log
mkdir -p build/log
targets=0
failed=''

# On a busy machine the fuzzer may miss its own deadline and call that a failure, though it found nothing
# ("context deadline exceeded" alone): then it runs again.
run() {
	for attempt in 1 2 3; do
		if (cd "$1" && go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -parallel 2 .) >"$log" 2>&1; then
			grep '^fuzz: elapsed' "$log" | tail -n 1
			return 0
		fi
		if grep -q 'Failing input\|panic' "$log" || ! grep -q '^ *context deadline exceeded$' "$log"; then
			break
		fi
	done
	cat "$log"
	return 1
}

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
		run "$folder" "$name" || failed="$failed $folder.$name"
	done
done
echo "NOTE: $targets fuzz targets, $time each${failed:+; failed:$failed}"
[ "$targets" -gt 0 ] && [ -z "$failed" ]
