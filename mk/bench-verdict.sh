#!/usr/bin/env bash
# bench-verdict.sh - what a verdict costs: seconds of devrun, and how much of them
# the kernels run (warming up and timed, with the making of their inputs).
#
# usage: bench-verdict.sh [TIMES [TASK]]      (3 times the hand-written kernel of 1 ms)
set -euo pipefail
cd "$(dirname "$0")/.."
times=${1:-3} task=$(find tasks -name "${2:-batch_normalization_2d}.json")
dir=$(mktemp -d "${TMPDIR:-/tmp}/mkbench.XXXXXX")
trap 'rm -rf "$dir"' EXIT

bin/prompt "$task" | bin/llm-call --model oracle | bin/unpack | bin/xcompile >"$dir/in"
for ((i = 0; i < times; i++)); do
	from=$EPOCHREALTIME
	bin/devrun -o "$dir/out" "$dir/in"
	to=$EPOCHREALTIME
	jq -r --argjson wall "$(bc <<<"$to - $from")" '.run | ([.native, .candidate | .rounds[]]) as $all |
		([$all[].wall_ns] | add / 1e9) as $timed | ([$all[].warm_ns] | add / 1e9) as $warm |
		"\(.native.median_ns / 1e3 | round / 1e3) ms native, \(.speedup.pairs) pairs: \($wall * 100 | round / 100) s, " +
		"timed \($timed / $wall * 100 | round) %, warming up \($warm / $wall * 100 | round) %"' "$dir/out"
done
