#!/usr/bin/env bash
# bench-reward.sh - rewards a minute, and how far two of one candidate differ.
#
# usage: bench-reward.sh [-n candidates] [-j jobs] [-q 'devrun options'] [task]
# Each candidate is the hand-written kernel with a comment of its own, so each is
# compiled, checked and timed; a tenth of them are then scored once more.
set -euo pipefail
cd "$(dirname "$0")/.."
n=100 jobs=2 options='--quick --no-heldout'
while getopts n:j:q: o; do
	case $o in
	n) n=$OPTARG ;;
	j) jobs=$OPTARG ;;
	q) options=$OPTARG ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
task=$(find tasks -name "${1:-batch_normalization_2d}.json")
dir=$(mktemp -d "${TMPDIR:-/tmp}/mkbench.XXXXXX")
trap 'rm -rf "$dir"' EXIT

bin/prompt "$task" | bin/llm-call --model oracle | bin/unpack >"$dir/unpacked"
for i in $(seq "$n"); do
	jq -c --arg i "$i $RANDOM$RANDOM" '.candidate |= (.files[0].text += "/* candidate \($i) */\n" |
		.sha256 = (.sha256[:40] + "\($i)"))' "$dir/unpacked" >"$dir/$i.in"
done

# one candidate: its compile, run and score, and the seconds of each
one() {
	local in=$1 out=$2 a=$EPOCHREALTIME b c d
	bin/xcompile -o "$out.x" "$in"
	b=$EPOCHREALTIME
	# shellcheck disable=SC2086
	bin/devrun $options -o "$out.r" "$out.x"
	c=$EPOCHREALTIME
	bin/score -R -o "$out" "$out.r"
	d=$EPOCHREALTIME
	echo "$a $b $c $d" | awk '{ print $2 - $1, $3 - $2, $4 - $3 }' >"$out.t"
}
export -f one
export options
from=$EPOCHREALTIME
seq "$n" | xargs -P "$jobs" -I{} bash -c 'one "$1/{}.in" "$1/{}.out"' - "$dir"
awk -v a="$from" -v b="$EPOCHREALTIME" -v n="$n" -v j="$jobs" 'BEGIN {
	printf "%d candidates with -j%d in %.1f s: %.0f a minute\n", n, j, b - a, 60 * n / (b - a) }'
cat "$dir"/*.out.t | awk '{ x += $1; r += $2; s += $3 } END {
	printf "each: xcompile %.2f s, devrun %.2f s with its wait for the device, score %.3f s\n", x / NR, r / NR, s / NR }'
jq -rs 'map(.run) | "measuring: \(map(.seconds) | add / length * 1000 | round / 1000) s; native \(
	map(.native.median_ns) | sort[length / 2 | floor] / 1e6) ms; not right: \(map(select(.status != "ok")) | length)"' "$dir"/*.out
again=$(((n + 9) / 10))
seq "$again" | xargs -P "$jobs" -I{} bash -c 'one "$1/{}.in" "$1/{}.again"' - "$dir"
for i in $(seq "$again"); do
	jq -s '[.[].verdict.reward] | (.[0] / .[1] | log | fabs * 100)' "$dir/$i.out" "$dir/$i.again"
done | sort -g | awk '{ v[NR] = $1 } END {
	printf "the same candidate twice: median %.2f %%, largest %.2f %% of %d\n", v[int((NR + 1) / 2)], v[NR], NR }'
# the same kernel in all of them
jq -s 'map(.verdict.reward) | sort | [.[length * 0.05 | floor], .[length / 2 | floor], .[length * 0.95 | floor]] |
	"all of them: reward \(.[1]), nine of ten within \((.[2] / .[0] - 1) * 1000 | round / 10) %"' -r "$dir"/*.out
