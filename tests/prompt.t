#!/usr/bin/env bash
# prompt: templates are filled, whole or not at all.
. "$(dirname "$0")/lib.sh"
task=$top/tasks/activation/relu_4d.json

status 0 'a task' prompt "$task"
cp "$tmp/out" "$tmp/p"
ok 'two messages' jq -e '[.request.messages[].role]==["system","user"]' "$tmp/p"
ok 'engine, role, attempt, sample' jq -e '.request|.engine=="ort" and
	.role=="coder" and .attempt==1 and .sample==0' "$tmp/p"
ok 'the operator is named' jq -e '.request.messages[1].content|test("Operator: Relu")' "$tmp/p"
ok 'the twin is shown' jq -e '.request.messages[1].content|test("class Model")' "$tmp/p"
ok 'no field is left' jq -e '.request.messages[1].content|test("\\{\\{[a-z]")|not' "$tmp/p"
ok 'how inputs are drawn is not told' jq -e '.request.messages[1].content|test("\"values\"|heldout|\"kind\"")|not' "$tmp/p"
ok 'no path of this tree' jq -e --arg t "$top" '.request.messages[1].content|contains($t)|not' "$tmp/p"
jq -c '.job={attempt:3,sample:7}' "$task" | status 0 'a job' prompt
ok 'says which attempt' jq -e '.request.attempt==3 and .request.sample==7' "$tmp/out"


# what the compiler may use, and whose answer is kept
vectors() { prompt --device "$1" "$task" | jq -r '.request.messages[1].content' | grep -A1 'is compiled with' | tail -1; }
cp -r "$top/prompts" "$top/mk" "$top/tasks" "$tmp/"
echo '{"name":"d","title":"d","arch":"x86_64","transport":"local","compilers":{"c++":"'"$tmp/cc"'"},"flags":["-x"]}' \
	>"$tmp/mk/devices/d.json"
printf '#!/bin/sh\necho "$*" >>%s/calls\necho "#define __x86_64__ 1"; cat %s/defines\n' "$tmp" "$tmp" >"$tmp/cc"
chmod +x "$tmp/cc"
printf '#define __SSE2__ 1\n#define __AVX__ 1\n#define __AVX2__ 1\n#define NO__FMA__ 1\n' >"$tmp/defines"
export MKBENCH_ROOT=$tmp
ok 'the vector instructions are named' test "$(vectors d)" = '  d, x86-64 with SSE2, AVX2,'
ok 'once more' test "$(vectors d)" = '  d, x86-64 with SSE2, AVX2,'
ok 'for which the compiler was asked once, with the flags' test "$(cat "$tmp/calls")" = '-x -dM -E -xc++ /dev/null'
printf '#!/bin/sh\nexit 1\n' >"$tmp/cc"
ok 'another compiler, which says nothing' test "$(vectors d)" = '  d, an unknown processor,'
export MKBENCH_ROOT=$top

# of MNN's kinds, what holds of the operator's alone
for pair in unary/floor_2d:onResize tensor/concat_channels:MEMORY_VIRTUAL activation/softsign_4d:setName; do
	prompt -e mnn "$top/tasks/${pair%:*}.json" |
		jq -r '.request.messages[1].content | split("# What MNN")[0]' >"$tmp/shown"
	ok "mnn: ${pair%:*}" test "$(grep -oE 'onResize|MEMORY_VIRTUAL|setName' "$tmp/shown" | sort -u)" = "${pair#*:}"
done

status 69 'an unknown role' prompt --role nosuch "$task"
errline 'says which there are' "no role 'nosuch' .*there are: .*coder"
status 69 'an unknown engine' prompt --engine nosuch "$task"
errline 'says which there are' "there are: .*ort"
status 69 'an unknown device' prompt --device nosuch "$task"

printf '%%%% user\nok\n{{task.nosuch}}\n' >"$tmp/prompts/ort/broken.md"
printf 'text\n' >"$tmp/prompts/ort/headless.md"
printf '%%%% user\n{{include ../secret}}\n' >"$tmp/prompts/ort/outside.md"
export MKBENCH_ROOT=$tmp
status 65 'an unknown field' prompt --role broken "$task"
errline 'names template and line' "broken.md:3: no field 'task.nosuch'"
status 65 'text before a message' prompt --role headless "$task"
status 65 'an include from outside' prompt --role outside "$task"
export MKBENCH_ROOT=$top

jq -c '.task.name="../../etc/passwd"' "$task" | status 65 'a hostile task name' prompt
finish
