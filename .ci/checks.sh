#!/bin/sh
# Runs make targets one after the other, all of them whatever fails, and ends with a summary.
# Silent about what passes: a target's output goes to build/log/TARGET.log and is shown only when it failed.
cd "$(dirname "$0")/.." || exit 1
logs=build/log
mkdir -p "$logs"

passed=0
failed=''
started=$(date +%s)
for check in "$@"; do
	log=$logs/$check.log
	before=$(date +%s)
	if make --no-print-directory "$check" >"$log" 2>&1; then
		verdict=ok
		passed=$((passed + 1))
	else
		verdict=FAIL
		failed="$failed $check"
	fi
	# A check's own last word, such as "without -race", is worth a line even when it passes.
	note=$(sed -n 's/^NOTE: //p' "$log" | tail -n 1)
	printf '%-5s %-18s %4ds  %s\n' "$verdict" "$check" $(($(date +%s) - before)) "$note"
	if [ "$verdict" = FAIL ]; then
		echo "----- the end of $log:"
		tail -n 60 "$log"
		echo "-----"
	fi
done

set -- $failed
echo "make test: $(($(date +%s) - started))s, logs in $logs${failed:+; failed:$failed}"
echo "$passed passed, $# failed"
[ $# -eq 0 ]
