#!/usr/bin/env bash
# bench-report.sh - the cost of a report: RUNS x TASKS x ATTEMPTS made-up records.
#
# usage: bench-report.sh [runs [tasks [attempts]]]
# Prints seconds of the first report, of one without changes and of one with a
# changed verdict, sizes, and what Chromium needs for the largest pages.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/mkbench.XXXXXX")
trap 'rm -rf "$dir"' EXIT

python3 "$top/mk/fake-runs.py" "$dir" "${1:-6}" "${2:-190}" "${3:-10}"
export MKBENCH_ROOT=$dir
seconds() {
	local from=$EPOCHREALTIME
	"$top/bin/report" -j 2 results/run* >/dev/null
	awk -v a="$from" -v b="$EPOCHREALTIME" -v w="$1" 'BEGIN {
		printf "%-28s %.2f s\n", w, b - a }'
}
cd "$dir"
seconds 'first report'
seconds 'again, nothing changed'
one=$(head -1 results/run0/goals)
sed 's/"verdict": {/&"reason": "changed", /' "$one" >"$one.tmp" && mv "$one.tmp" "$one"
touch "$dir/before"
seconds 'again, one verdict changed'
find results/report -name '*.html' -path '*/task_*' -newer "$dir/before" | wc -l |
	awk '{ printf "%-28s %d\n", "task pages written", $1 }'
stat -c '%n %s bytes' results/report/index.html results/report/run0/index.html
du -sh results/report | awk '{ print "whole report", $1 }'

export NODE_PATH=$top/build/npm/node_modules
if [ -x "${CHROMIUM:=/usr/bin/chromium}" ] && [ -d "$NODE_PATH/playwright-core" ]; then
	export CHROMIUM
	for page in index.html run0/index.html run0/task_0.html; do
		echo "$page: $(node "$top/tests/browser.js" --time results/report "$page")"
	done
else
	echo "bench-report: no Chromium: how soon pages are usable is not measured" >&2
fi
