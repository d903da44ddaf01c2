#!/usr/bin/env bash
# bench-reward.sh - rewards a minute, and how far two of one candidate differ.
#
# usage: bench-reward.sh [-n candidates] [-j jobs] [-b batch] [-q 'devrun options'] [task]
# Each candidate is the hand-written kernel with a comment of its own, so each is
# compiled, checked and timed; a tenth of them are then scored once more.  A batch
# goes through one pipe of stages, as a trainer's group of answers does (-b 1: each
# through stages of its own).
set -euo pipefail
cd "$(dirname "$0")/.."
n=100 jobs=2 batch=10 options='--quick --no-heldout'
while getopts n:j:b:q: o; do
	case $o in
	n) n=$OPTARG ;;
	j) jobs=$OPTARG ;;
	b) batch=$OPTARG ;;
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

# some candidates, one after the other through the stages
some() {
	local out=$1
	shift
	# shellcheck disable=SC2086
	bin/xcompile "$@" | bin/devrun $options | bin/score -R >"$out"
}
export -f some
export options dir
# round NAME N: so many, each judged in NAME.*
round() {
	seq -f "$dir/%g.in" "$2" | xargs -P "$jobs" -n "$batch" bash -c 'some "$dir/'"$1"'.$$" "$@"' -
}
from=$EPOCHREALTIME
round out "$n"
awk -v a="$from" -v b="$EPOCHREALTIME" -v n="$n" -v j="$jobs" -v each="$batch" 'BEGIN {
	printf "%d candidates with -j%d, %d a pipe, in %.1f s: %.0f a minute\n", n, j, each, b - a, 60 * n / (b - a) }'
jq -rs '"each: compiling \(map(.build.seconds) | add / length * 1000 | round / 1000) s"' "$dir"/out.*
jq -rs 'map(.run) | "measuring: \(map(.seconds) | add / length * 1000 | round / 1000) s; native \(
	map(.native.median_ns) | sort[length / 2 | floor] / 1e6) ms; not right: \(map(select(.status != "ok")) | length)"' "$dir"/out.*
round again $(((n + 9) / 10))
jq -rs 'group_by(.candidate.sha256)[] | select(length == 2) | map(.verdict.reward) | .[0] / .[1] | log | fabs * 100' \
	"$dir"/out.* "$dir"/again.* | sort -g | awk '{ v[NR] = $1 } END {
	printf "the same candidate twice: median %.2f %%, largest %.2f %% of %d\n", v[int((NR + 1) / 2)], v[NR], NR }'
# the same kernel in all of them
jq -s 'map(.verdict.reward) | sort | [.[length * 0.05 | floor], .[length / 2 | floor], .[length * 0.95 | floor]] |
	"all of them: reward \(.[1]), nine of ten within \((.[2] / .[0] - 1) * 1000 | round / 10) %"' -r "$dir"/out.*
