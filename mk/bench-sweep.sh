#!/usr/bin/env bash
# bench-sweep.sh - how near a sweep's wall time comes to that of its longest
# resource: a model that takes a second, a kernel of some 20 ms, each answer
# another build.
#
# usage: bench-sweep.sh [TASKS [ANSWERS]]     (12 tasks, 3 answers each)
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
tasks=${1:-12} answers=${2:-3}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/bench-sweep.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
"$top/mk/tree.sh" "$tmp"
cd "$tmp"
export MKBENCH_ROOT=$tmp MKBENCH_STORE=$tmp/store

for i in $(seq "$tasks"); do
	jq -c --arg n "bench_$i" '.task |= (.name = $n | .inputs[0].shape = [1, 16, 512, 512] |
		.outputs[0].shape = .inputs[0].shape | del(.heldout, .macs, .bytes))' \
		tasks/unary/exp_4d.json >"tasks/unary/bench_$i.json"
done
jq -n --argjson n "$tasks" '{name: "bench", version: "1", tasks: [range($n) |
	{name: "bench_\(. + 1)", category: "unary"}]}' >tasks/bench.json
# each answer is another text, so another build
# shellcheck disable=SC2016
jq -n --arg c tasks/oracle/ort/Exp.c --arg h tasks/oracle/ort/kernel.h '{provider: "exec", output: "text",
	command: ["bash", "-c", "cat >/dev/null; sleep 1; f=$(printf \"\\\\140%.0s\" 1 2 3)
		printf \"%s\\n\" kernel.c ${f}c \"/* $RANDOM$RANDOM */\"; cat \"$0\"
		printf \"%s\\n\" $f kernel.h ${f}c; cat \"$1\"; echo $f", $c, $h]}' >mk/models/second.json

start=$EPOCHREALTIME
make -s sweep SUITE=bench MODEL=second METHOD=sample COUNT="$answers" RUN=bench SEED="$(printf '%064d' 1)" >"$tmp/out"
wall=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
bin/status results/bench
bin/status -j results/bench | jq -r --argjson wall "$wall" --arg n "$tasks tasks x $answers answers" '
	"\($n): \($wall | round) s, \(.longest) \(.longest_seconds | round) s: \($wall / .longest_seconds * 100 | round / 100) x"'
jq -s -r '"kernel: \([.[].run.native.median_ns] | add / length / 1e6 | . * 10 | round / 10) ms native"' results/bench/*/*/score.json
