#!/usr/bin/env bash
# bench-report.sh - the cost of a report: RUNS x TASKS x ATTEMPTS made-up records.
#
# usage: bench-report.sh [runs [tasks [attempts]]]
# Prints seconds of the first report, of one without changes, and sizes.
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
stat -c '%n %s bytes' results/report/index.html results/report/run0/index.html
du -sh results/report | awk '{ print "whole report", $1 }'
