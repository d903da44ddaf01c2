#!/usr/bin/env bash
# bench-sweep.sh - how near a sweep's wall time comes to that of its longest
# resource: a model that takes a second, a kernel of some 20 ms, each answer
# another build.
#
# usage: [DEVRUN=--quick] bench-sweep.sh [TASKS [ANSWERS [SIDE]]]   (12 tasks, 3 answers
# each; the kernel multiplies two matrices of SIDE x SIDE, 1344 by default: some 20 ms)
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
tasks=${1:-12} answers=${2:-3} side=${3:-1344}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/bench-sweep.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
"$top/mk/tree.sh" "$tmp"
cd "$tmp"
export MKBENCH_ROOT=$tmp MKBENCH_STORE=$tmp/store

for i in $(seq "$tasks"); do
	jq -c --arg n "bench_$i" --argjson side "$side" '.task |= (.name = $n | .inputs[].shape = [$side, $side] |
		.outputs[0].shape = [$side, $side] | del(.heldout, .macs, .bytes))' \
		tasks/matrix/matmul_2d.json >"tasks/matrix/bench_$i.json"
done
jq -n --argjson n "$tasks" '{name: "bench", version: "1", tasks: [range($n) |
	{name: "bench_\(. + 1)", category: "matrix"}]}' >tasks/bench.json
# each answer is another text, so another build
bin/prompt tasks/matrix/bench_1.json | bin/llm-call --model oracle | jq -j .response.text >answer
# shellcheck disable=SC2016
jq -n --arg answer "$tmp/answer" '{provider: "exec", output: "text", command: ["bash", "-c",
	"cat >/dev/null; sleep 1; sed \"2a /* $RANDOM$RANDOM */\" \"$0\"", $answer]}' >mk/models/second.json

start=$EPOCHREALTIME
make -s sweep SUITE=bench MODEL=second METHOD=sample COUNT="$answers" RUN=bench SEED="$(printf '%064d' 1)" \
	DEVRUN="${DEVRUN:-}" >"$tmp/out"
wall=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
bin/status results/bench
bin/status -j results/bench | jq -r --argjson wall "$wall" --arg n "$tasks tasks x $answers answers" '
	"\($n): \($wall | round) s, \(.longest) \(.longest_seconds | round) s: \($wall / .longest_seconds * 100 | round / 100) x"'
jq -s -r '"kernel: \([.[].run.native.median_ns] | add / length / 1e6 | . * 10 | round / 10) ms native"' results/bench/*/*/score.json
