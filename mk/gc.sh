#!/usr/bin/env bash
# gc.sh - remove what no run refers to any more: results of tasks that left a
# run, files of interrupted writes, and kept builds that no record names.
#
# usage: gc.sh [-n]     -n: say what would go, remove nothing
set -euo pipefail
cd "$(dirname "$0")/.."
dry=
[ "${1:-}" != -n ] || dry=1

drop() {
	echo "$1"
	[ -n "$dry" ] || rm -rf -- "$1"
}

shopt -s nullglob
for goals in results/*/goals; do
	run=${goals%/goals}
	exec 9>"$run/lock"
	if ! flock -n 9; then
		echo "gc: '$run' is at work, left alone" >&2
		continue
	fi
	comm -13 <(sed 's#/score\.json$##' "$goals" | sort) \
		<(printf '%s\n' "$run"/*/*/job.json | sed 's#/job\.json$##' | sort) |
		while read -r orphan; do drop "$orphan"; done
	find "$run" \( -name '*.json.??????' -o -name '*.json.*tmp' \) -mmin +60 |
		while read -r part; do drop "$part"; done
done

used=$(mktemp)
trap 'rm -f "$used"' EXIT
find results -name xcompile.json -print0 2>/dev/null |
	xargs -0 -r jq -r '.build.artifact // empty | split("/")[0:4] | join("/")' |
	sort -u >"$used"
find build/candidates -mindepth 2 -maxdepth 2 -type d -mmin +60 2>/dev/null |
	sort | comm -13 "$used" - | while read -r kept; do drop "$kept"; done
find build/candidates build/run build/mnn -mindepth 1 -maxdepth 1 \
	\( -name 'tmp.*' -o -name '*.tmp.*' -o -path 'build/run/*' \) -mmin +60 2>/dev/null |
	while read -r part; do drop "$part"; done
[ -n "$dry" ] || ! [ -x bin/llm-call ] || bin/llm-call --gc
