#!/usr/bin/env bash
# The loop: decisions, plans, and the whole of it with a scripted model.
# shellcheck source=tests/lib.sh disable=SC2016,SC2317
. "$(dirname "$0")/lib.sh"
realroot=${MNN_ROOT-} realbuild=${MNN_BUILD-}
unset MNN_ROOT MNN_BUILD
relu=$top/tasks/activation/relu_4d.json

# ---- decisions, from records made up here ----
chain=$tmp/chain
mkdir -p "$chain"

# attempt N OUTCOME [SPEEDUP] [PARENT] [IDEA]
attempt() {
	local d=$chain/$1 v
	mkdir -p "$d"
	case $2 in
	broken) v='{"compiled":false,"correct":false,"status":"failed"}' ;;
	late) v='{"compiled":false,"correct":false,"status":"timeout"}' ;;
	empty) v='{"compiled":false,"correct":false,"status":"skipped"}' ;;
	wrong) v='{"compiled":true,"correct":false,"status":"wrong","class":"clean"}' ;;
	right) v='{"compiled":true,"correct":true,"status":"ok","class":"'${6:-clean}'","speedup":'$3',"low":'$3',"high":'$3'}' ;;
	esac
	echo "{\"task\":{},\"agent\":{\"code\":\"coder-x\",\"parent\":${4:-0}}}" >"$d/agent.json"
	echo "{\"task\":{},\"plan\":{\"status\":\"ok\",\"idea\":\"${5:-idea $1}\",\"text\":\"t\"},\"planning\":[{\"cost\":\"0.01\"}]}" >"$d/replan.json"
	jq -n -c --arg s "$2" --arg n "$1" '{task:{},candidate:{status:(if $s == "empty" then "refused" else "ok" end),
		files:(if $s == "empty" then [] else [{name:"kernel.c",text:"int code\($n);\n"}] end)},build:{log:"kernel.c:1:1: error: x"}}' >"$d/context.json"
	echo "{\"task\":{},\"response\":{\"cost\":\"0.02\"},\"run\":{\"status\":\"ok\"},\"verdict\":$v}" >"$d/score.json"
}
# decided N FLAGS...: what attempt N would do
decided() {
	local n=$1
	shift
	mkdir -p "$chain/$n"
	jq -c --argjson n "$n" '. + {job:{attempt:$n,sample:0}}' "$relu" >"$chain/$n/job.json"
	moka "$@" "$chain/$n/job.json" >"$tmp/decided" 2>&1
	jq -r 'if .skipped then "skipped: " + .skipped.reason
		else [.agent.plan // "-", .agent.code, .agent.parent, .agent.best] | map(tostring) | join(" ") end' "$tmp/decided"
}
is() {
	printf '%s\n' "$2" >"$tmp/want"
	printf '%s\n' "$3" >"$tmp/is"
	same "$1" "$tmp/want" "$tmp/is"
}

is 'the first is a draft' '- coder 0 0' "$(decided 1)"
attempt 1 empty
is 'without code once more' '- coder 0 0' "$(decided 2)"
attempt 1 late
is 'a build whose time was up says nothing of the code' '- coder 0 0' "$(decided 2)"
attempt 1 broken
attempt 2 late
is 'what is known is what was before it' 'debugger-compile coder-repair 1 0' "$(decided 3)"
jq -r .agent.memory "$tmp/decided" >"$tmp/memory"
ok 'and the history says so' grep -q '^Attempt 2, .*not built: the time was up$' "$tmp/memory"
is 'one that does not build is repaired' 'debugger-compile coder-repair 1 0' "$(decided 2)"
attempt 2 wrong
is 'a wrong one is corrected' 'debugger-function coder-repair 2 0' "$(decided 3)"
attempt 3 right 0.5 2
is 'a right one is made faster' 'accelerator coder-accelerate 3 3' "$(decided 4)"
attempt 4 right 2.0 3
is 'the best is built upon' 'accelerator coder-accelerate 4 4' "$(decided 5)"
attempt 5 right 1.2 4
is 'a regression is not' 'accelerator coder-accelerate 4 4' "$(decided 6)"
jq -r .agent.memory "$tmp/decided" >"$tmp/memory"
ok 'and the history says so' grep -q '^Attempt 5, .*1.20 x native.*no gain: not built upon$' "$tmp/memory"
ok 'as it says which is the best' grep -q '^Attempt 4, .*the best so far$' "$tmp/memory"
attempt 5 right 30 4 x quarantined
is 'nor is what is in quarantine' 'accelerator coder-accelerate 4 4' "$(decided 6)"
attempt 5 broken
is 'a broken change is repaired' 'debugger-compile coder-repair 5 4' "$(decided 6)"
attempt 6 wrong
is 'twice' 'debugger-function coder-repair 6 4' "$(decided 7)"
attempt 7 broken
is 'then the best is gone back to' 'accelerator coder-accelerate 4 4' "$(decided 8)"
is 'the target stops it' 'skipped: attempt 4 reached the target: 2.00 x native at least, 1.50 asked for' "$(decided 8 -t 1.5)"
is 'a higher one does not' 'accelerator coder-accelerate 4 4' "$(decided 8 -t 2.5)"
is 'money stops it' 'skipped: 0.210000 of 0.200000 dollars are spent' "$(decided 8 -s 0.2)"
attempt 8 right 1.0 4 idea
attempt 9 right 1.1 4 idea
is 'so does patience' 'skipped: 2 attempts have gained nothing over attempt 4' "$(decided 10 -p 2)"
is 'more of it does not' 'accelerator coder-accelerate 4 4' "$(decided 10 -p 3)"
jq -r .agent.memory "$tmp/decided" >"$tmp/memory"
ok 'one idea is told once' test "$(grep -c '"idea"' "$tmp/memory")" = 1
decided 10 -m 60 >/dev/null
jq -r .agent.memory "$tmp/decided" >"$tmp/memory"
ok 'a short history' test "$(wc -c <"$tmp/memory")" -le 400
ok 'has the best' grep -q '^Attempt 4' "$tmp/memory"
ok 'and the last' grep -q '^Attempt 9' "$tmp/memory"
decided 10 -n memory >/dev/null
is 'or none' '(none)' "$(jq -r .agent.memory "$tmp/decided")"
family=$tmp/abs_other
mkdir -p "$family"
cp -r "$chain/4" "$family/1"
jq -c '.task.name = "gelu_other" | .task.op = "Gelu"' "$chain/4/job.json" >"$family/1/job.json"
decided 10 --family >/dev/null
jq -r .agent.memory "$tmp/decided" >"$tmp/memory"
ok 'or that of other tasks of the category too' grep -qx -- '- gelu_other (Gelu): "idea 4": 2.00 x native' "$tmp/memory"
jq -c --arg log "$MKBENCH_ROOT/a.h: $tmp/lib.a(x.o): ${HOME:-/nowhere}/k, /nosuch/build/y.cpp: /nosuch/builder" \
	'.build.log = $log' "$chain/9/context.json" >"$tmp/context.json"
mkdir -p "$tmp/leak/1" "$tmp/leak/2"
cp "$tmp/context.json" "$tmp/leak/1/context.json"
cp "$chain/5/score.json" "$chain/5/agent.json" "$chain/5/replan.json" "$tmp/leak/1"
cp "$chain/2/job.json" "$tmp/leak/2"
MNN_ROOT=$tmp/ MNN_BUILD=/nosuch/build/ moka -n err-extract "$tmp/leak/2/job.json" >"$tmp/decided"
jq -r .agent.errors "$tmp/decided" >"$tmp/errors"
ok 'raw output tells no directory, whatever slash ends it' bash -c 'grep -qF "lib.a(x.o)" "$1" &&
	! grep -qF -e "$2" -e "$3" -e "/nosuch/build/" "$1"' - "$tmp/errors" "$tmp" "$MKBENCH_ROOT"
ok 'but what only begins alike' grep -qF /nosuch/builder "$tmp/errors"
moka --target 1.5 -o "$chain/10/score.json" "$chain/10/job.json"
is 'a stop stays' 'skipped: attempt 10 stopped' "$(decided 11)"

# ---- plans ----
cat >"$tmp/agent.json" <<'E'
{"task":{"name":"t"},"job":{"attempt":2},"agent":{"plan":"debugger-compile","code":"coder-repair","source":"x"}}
E
jq -c '. + {request:{role:"debugger-compile",messages:[{role:"system",content:"s"},{role:"user",content:"u"}]}}' \
	"$tmp/agent.json" >"$tmp/asked.json"
# planned ANSWER [ROLE]: status, idea and whether it is asked again
planned() {
	jq -c --arg r "${2:-debugger-compile}" '.agent.plan = $r' "$tmp/agent.json" >"$tmp/a.json"
	jq -c --arg a "$1" '{task,response:{text:$a,cost:"0.5",outcome:"ok"}}' "$tmp/agent.json" >"$tmp/call.json"
	moka --plan -o "$tmp/plan.json" "$tmp/a.json" "$tmp/call.json" "$tmp/asked.json" 2>&1
	jq -r '[.plan.status, .plan.idea // "-", (.request != null)] | map(tostring) | join(" ")' "$tmp/plan.json"
}
is 'a plan' 'ok c false' "$(planned '{"cause":"c","changes":["one","two"]}')"
is 'is told in words' $'Cause: c\nChanges:\n1. one\n2. two' "$(jq -r .plan.text "$tmp/plan.json")"
is 'its cost is kept' '0.5' "$(jq -r '.planning[0].cost' "$tmp/plan.json")"
is 'in a fence, among words' 'ok c false' "$(planned $'Sure {ok}:\n```json\n{"cause":"c","changes":["a } b"]}\n```\nbye')"
is 'no JSON is asked for again' 'bad - true' "$(planned 'no idea')"
is 'with the answer and the reason' 'system user assistant user' "$(jq -r '[.request.messages[].role] | join(" ")' "$tmp/plan.json")"
ok 'which says what is missing' grep -q 'no JSON object in it' "$tmp/plan.json"
is 'a wrong type' 'bad - true' "$(planned '{"cause":"c","changes":"one"}')"
is 'an empty list' 'bad - true' "$(planned '{"cause":"c","changes":[]}')"
is 'thirteen changes' 'bad - true' "$(planned '{"cause":"c","changes":["1","2","3","4","5","6","7","8","9","10","11","12","13"]}')"
is 'half of it' 'bad - true' "$(planned '{"cause":"c","changes":["one"')"
is 'another plan' 'bad - true' "$(planned '{"bottleneck":"b","method":"m","plan":"p"}')"
is 'an acceleration' 'ok m false' "$(planned '{"bottleneck":"b","method":"m","plan":"p"}' accelerator)"
is 'of two bottlenecks' 'bad - true' "$(planned '{"bottleneck":["a","b"],"method":"m","plan":"p"}' accelerator)"
planned 'still none' >/dev/null
cp "$tmp/plan.json" "$tmp/first.json"
jq -c '{task,response:{text:"again nothing",cost:"0.5"}}' "$tmp/agent.json" >"$tmp/call.json"
moka --plan --again "$tmp/first.json" "$tmp/call.json" >"$tmp/replan.json"
is 'the second time it is recorded' 'bad false 2 again nothing' \
	"$(jq -r '[.plan.status, .request != null, (.planning | length), .plan.text] | map(tostring) | join(" ")' "$tmp/replan.json")"
moka --plan --again "$tmp/first.json" "$tmp/agent.json" >"$tmp/replan.json"
same 'without an answer the record is handed on' "$tmp/first.json" "$tmp/replan.json"
perl -e 'print "{" x 100000' >"$tmp/braces"
is 'a hundred thousand braces' 'bad - true' "$(planned "$(head -c 100000 "$tmp/braces")")"

status 64 'no tool of this name' moka -n 'memory nonsense' "$chain/2/job.json"
errline 'those there are' 'err-extract, repo-tree'
status 69 'no such job' moka "$tmp/none/job.json"
status 64 'a target of nothing' moka -t 0 "$chain/2/job.json"
status 69 'a trace of nothing' moka --trace "$tmp/none"
status 74 'a full disk' bash -c 'moka "$1" >/dev/full' - "$chain/2/job.json"

[ -z "${MKBENCH_SANITIZED:-}" ] || finish # what follows is done by bin/

# ---- the whole, with a model that knows only what it is told ----
"$top/mk/tree.sh" "$tmp"
cd "$tmp" || exit 1
export MKBENCH_ROOT=$tmp MKBENCH_STORE=$tmp/store
# a device that no kernel of these comes near
mkdir -p build/calibration
jq -n '{device: "host", threads: [{threads: 1, macs: 1e12, levels: [{bytes: 1, read: 1e12, copy: 1e12}]}]}' \
	>build/calibration/host.json
jq --arg log "$tmp/asked" '.command = ["bash", "-c", "q=$(cat); a=$(python3 tests/moka/model.py <<<\"$q\"); sha256sum <<<\"$q\" >>\"$0\"; printf \"%s\\n\" \"$a\"", $log]' \
	tests/moka/scripted.json >mk/models/scripted.json
sweep() {
	env -u MAKEFLAGS make sweep SUITE=first TASKS=relu_4d METHOD=moka COUNT=5 \
		MODEL=scripted DEVRUN=--quick JOBS=2 "$@"
}
# the outcome of each attempt: failed, wrong, ok
outcomes() { jq -r '.verdict.status // "skipped"' results/"$1"/"${2:-relu_4d}"/*/score.json | paste -sd' '; }
# is the loop vector code in the end?
fast() { grep -q 'Loop at kernel.cc:[0-9]*: vectorised' < <(moka --trace results/"$1"/relu_4d); }

# kill -9 in the middle, twice, while something is measured: a question whose
# answer has not come would rightly be asked again
for file in 2/xcompile.json 4/xcompile.json; do
	setsid env -u MAKEFLAGS make sweep SUITE=first TASKS=relu_4d METHOD=moka COUNT=5 \
		MODEL=scripted DEVRUN=--quick JOBS=2 RUN=t >/dev/null 2>&1 &
	pid=$!
	for _ in $(seq 600); do
		[ -e "results/t/relu_4d/$file" ] && break
		sleep 0.1
	done
	kill -9 -- -$pid
	wait $pid 2>/dev/null
done
status 0 'a run with the scripted model, killed twice' sweep RUN=t
is 'from a broken draft to a right kernel' 'failed wrong ok ok ok' "$(outcomes t)"
ok 'and to vector code' fast t
ok 'which is faster' jq -ne --slurpfile a results/t/relu_4d/3/score.json --slurpfile b results/t/relu_4d/5/score.json \
	'$b[0].verdict.speedup > 1.2 * $a[0].verdict.speedup'
is 'no question was asked twice' '' "$(sort asked | uniq -d)"
is 'a plan that was none was asked for again' '2 ok' "$(jq -r '"\(.planning | length) \(.plan.status)"' results/t/relu_4d/2/replan.json)"
before=$(wc -l <asked)
status 0 'once more' sweep RUN=t
is 'nothing is asked' "$before" "$(wc -l <asked)"
ok 'no prompt is over its budget' jq -es 'all(.[]; .request.tokens < 64000)' \
	<(cat results/t/relu_4d/*/{plan-,}prompt.json | jq -c 'select(.request)')
ok 'nor tells of this machine' bash -c '! grep -qF -e "$1" -e "$2" -e "${HOME:-none}/" results/t/relu_4d/*/prompt.json results/t/relu_4d/*/plan-prompt.json' - "$top" "$tmp"
status 0 'its story' env -u MAKEFLAGS make trace RUN=t TASK=relu_4d
cp "$tmp/out" "$tmp/story"
for words in 'Attempt 2, coder-repair from 1' 'GetOutputTensorFor' 'volatile T' 'cols - 1'; do
	ok "tells of '$words'" grep -qF "$words" "$tmp/story"
done

# a stop rule
status 0 'a run that stops early' sweep RUN=stop COUNT=5 MOKA='--target 0.0001'
is 'what is skipped goes through all stages' 'failed wrong ok skipped skipped' "$(outcomes stop)"
is 'with the reason' 'attempt 4 stopped' "$(jq -r .skipped.reason results/stop/relu_4d/5/score.json)"

# without a tool the script cannot do it
without() {
	status 0 "without $1" sweep RUN="no-$1" NO="$1" COUNT="$2"
	is 'the run says so' "$1" "$(jq -r .no "results/no-$1/run.json")"
}
for tool in err-extract repo-tree; do
	without $tool 3
	is 'it never builds' 'failed failed failed' "$(outcomes no-$tool)"
done
without mismatch 3
is 'it stays wrong' 'failed wrong wrong' "$(outcomes no-mismatch)"
for tool in performance roofline memory; do
	without $tool 5
	is 'it is made right' 'failed wrong ok ok ok' "$(outcomes no-$tool)"
	ok 'it stays slow' bash -c 'moka --trace "$1" >"$2" && grep -q "from 3" "$2" &&
		! grep -q "kernel.cc:[0-9]*: vectorised" "$2"' - "results/no-$tool/relu_4d" "$tmp/slow"
done

# ---- the same for engine mnn: minimnn, an engine of our own of its shape ----
mnn() {
	status 0 "mnn: $1" env -u MAKEFLAGS make sweep SUITE=core METHOD=moka MODEL=scripted \
		DEVRUN=--quick JOBS=2 ENGINE=mnn RUN="$1" "${@:2}"
}
export MNN_ROOT=$top/tests/minimnn MNN_BUILD=$top/build/tests/minimnn.moka
"$MNN_ROOT/build.sh" "$MNN_BUILD" >/dev/null 2>&1
mnn mini COUNT=5 TASKS='floor_2d ceil_3d'
for task in floor_2d ceil_3d; do
	is "mnn: $task: from a broken draft to a right kernel" 'failed wrong ok ok ok' "$(outcomes mini $task)"
	ok "mnn: $task: faster than the native one, confidently" \
		jq -e '.verdict.low > 1' results/mini/$task/5/score.json
done
mk/moka.sh results/mini >tally
ok 'mnn: and so it is counted' grep -Eq 'broken 2 of 2, repaired 2, corrected 2, accelerated [12], confident speedups 2' tally
ok 'mnn: the runner, made through a link, is told by where it lies' bash -c '! grep -lF "$1" "$2"/*/engine.json' - "$tmp" "$top/build/mnn"
mnn mini-no COUNT=2 TASKS=ceil_3d NO=repo-tree
is 'mnn: without repo-tree it never builds' 'failed failed' "$(outcomes mini-no ceil_3d)"

if [ -z "$realroot" ] || [ -z "$realbuild" ]; then
	skip 'MNN itself' 'needs MNN_ROOT and MNN_BUILD (man mkbench-mnn)'
else
	export MNN_ROOT=$realroot MNN_BUILD=$realbuild
	mnn real COUNT=3 TASKS=reduce_max_channels_4d
	is 'MNN: an axis is found' 'failed wrong ok' "$(outcomes real reduce_max_channels_4d)"
	mnn real-no COUNT=3 TASKS=reduce_max_channels_4d NO=model
	is 'MNN: not without the converted operator' 'failed wrong wrong' "$(outcomes real-no reduce_max_channels_4d)"
fi

finish
