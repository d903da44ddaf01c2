#!/usr/bin/env bash
# bench-stages.sh - what each stage costs over the work it does: wall time of a
# whole process on a record of an empty kernel, median of 30.  The compiler's own
# time is not xcompile's (its result is kept after the first run), nor is the
# measuring devrun's: for it the time beside run.seconds counts.  The first line
# is a process that does nothing, which is in all others.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d "${TMPDIR:-/tmp}/bench-stages.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
task=tasks/activation/relu_4d.json

bin/spec2onnx <$task >"$tmp/model.onnx"
bin/prompt $task >"$tmp/prompt"
bin/llm-call --model oracle <"$tmp/prompt" >"$tmp/llm-call"
bin/unpack <"$tmp/llm-call" | bin/xcompile >"$tmp/real"
jq -c '.response.text = "```c\nint RegisterCustomOps(void) { return 0; }\n```"' \
	"$tmp/llm-call" >"$tmp/answer"
bin/unpack <"$tmp/answer" >"$tmp/unpack"
bin/xcompile <"$tmp/unpack" >"$tmp/xcompile"
bin/devrun --quick <"$tmp/xcompile" >"$tmp/devrun"

# NAME INPUT COMMAND...
cost() {
	local name=$1 input=$2 start
	shift 2
	for _ in $(seq 30); do
		start=$EPOCHREALTIME
		"$@" <"$input" >"$tmp/out"
		echo "${start/./} ${EPOCHREALTIME/./}"
	done | awk '{ print ($2 - $1) / 1000 }' | sort -n |
		awk -v n="$name" '{ v[NR] = $1 } END { printf "%-10s %6.1f ms\n", n, v[int(NR / 2) + 1] }'
}
cost 'a process' $task /bin/true
cost spec2onnx $task bin/spec2onnx
cost onnx2spec "$tmp/model.onnx" bin/onnx2spec
cost prompt $task bin/prompt
cost llm-call "$tmp/prompt" bin/llm-call --model oracle
cost unpack "$tmp/answer" bin/unpack
cost xcompile "$tmp/unpack" bin/xcompile
cost score "$tmp/devrun" bin/score
for _ in 1 2 3 4 5; do
	start=$EPOCHREALTIME
	bin/devrun --quick <"$tmp/real" >"$tmp/out"
	echo "$(((${EPOCHREALTIME/./} - ${start/./}))) $(jq '.run.seconds * 1e6 | round' "$tmp/out")"
done | awk '{ print ($1 - $2) / 1000 }' | sort -n |
	awk '{ v[NR] = $1 } END { printf "%-10s %6.1f ms beside measuring\n", "devrun", v[int(NR / 2) + 1] }'
