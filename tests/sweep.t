#!/usr/bin/env bash
# The whole: the pipe by hand, a sweep, what a change makes again, and kill -9.
. "$(dirname "$0")/lib.sh"

# a tree of its own, so that tasks can be changed and results thrown away
tree() {
	"$top/mk/tree.sh" "$tmp"
	cd "$tmp" || exit 1
	export MKBENCH_ROOT=$tmp MKBENCH_STORE=$tmp/store
}
# make sweep quietly: it must say nothing on stderr
# shellcheck disable=SC2120
sweep() {
	env -u MAKEFLAGS make sweep SUITE=first TASKS="$tasks" RUN=t DEVRUN=--quick JOBS=2 "$@"
}
files() { find results/t -mindepth 3 -name '*.json' -printf '%P %T@\n' | sort; }
# the stage files that changed since $tmp/before, one a line
changed() { files | comm -13 "$tmp/before" - | cut -d' ' -f1; }
tree

tasks="relu_4d reduce_max_last_3d equal_int32_4d"

# DESIGN's pipe, as printed
spec2onnx <tasks/activation/relu_4d.json >relu.onnx
status 0 'the pipe by hand' bash -c 'set -o pipefail
	bin/onnx2spec <relu.onnx | bin/prompt --role coder --engine ort | bin/llm-call --model oracle |
	bin/unpack | bin/xcompile --device host | bin/devrun --device host | bin/score'
ok 'ends in a right kernel with a speedup' jq -e '.verdict|.compiled and .correct and
	.speedup>0 and .low<=.speedup and .speedup<=.high' "$tmp/out"

status 0 'a sweep' sweep
cp "$tmp/out" "$tmp/table"
ok 'prints its table' grep -Eq '^overall +3 +100 44-100 +100 44-100' "$tmp/table"
ok 'says where details lie' grep -q 'results/t/TASK/ATTEMPT' "$tmp/table"
ok 'is quiet when stderr is no terminal' test ! -s "$tmp/err"
ok 'each chain has each stage' test "$(find results/t -mindepth 3 -name '*.json' | wc -l)" = 21

files >"$tmp/before"
sleep 0.01
status 0 'once more' sweep
same 'the same table' "$tmp/table" "$tmp/out"
changed >"$tmp/got"
: >"$tmp/want"
same 'nothing was made again' "$tmp/want" "$tmp/got"
ok 'and make knows without asking each task' make -q -f results/t/run.mk

sed -i '/"heldout"/!b' tasks/activation/relu_4d.json
jq -c '.task.tolerance={absolute:2e-4,relative:2e-4}' "$top/tasks/activation/relu_4d.json" \
	>tasks/activation/relu_4d.json
status 0 'after a change of one task' sweep
changed | grep -v '^relu_4d/1/' >"$tmp/got"
same 'no other chain is touched' "$tmp/want" "$tmp/got"
ok 'its own is made again' grep -q '^relu_4d/1/score.json' <(changed)

files >"$tmp/before"
touch "$(readlink -f bin/unpack)" "$(readlink -f bin/llm-call)" "$(readlink -f bin/devrun)"
status 0 'after programs were rebuilt' sweep
changed >"$tmp/got"
same 'nothing is asked or measured again' "$tmp/want" "$tmp/got"

status 0 'the graph of a task' mk/graph.sh results/t relu_4d
ok 'has its stages, with outcomes' grep -qF '"1/score" [label="score\nok"' "$tmp/out"
status 0 'the graph of the run' mk/graph.sh results/t
ok 'counts' grep -qF '"devrun" [label="devrun\n3 of 3"]' "$tmp/out"
ok 'with what follows what' grep -qxF '"xcompile" -> "devrun";' "$tmp/out"

status 0 'rescore' env -u MAKEFLAGS make rescore RUN=t
ok 'says the same' grep -Eq '^overall +3 +100 44-100 +100 44-100' "$tmp/out"
json=results/t/relu_4d/1/score.json
jq -c '.verdict.correct=false' $json >"$tmp/wrong"
cp "$tmp/wrong" $json
status 0 'a sweep after another verdict' sweep
ok 'prints the table of it' grep -Eq '^overall +3 +100 44-100 +66.7 21-94' "$tmp/out"
rm -r results/t/relu_4d/1/score.json
status 0 'status' env -u MAKEFLAGS make status RUN=t
ok 'counts' grep -q '2 of 3 done, not running' "$tmp/out"
ok 'names the longest resource' grep -Eq '^  longest: (device host|builds), [0-9]+ s at work' "$tmp/out"
ok 'again from what it kept' cmp "$tmp/out" <("$top/bin/status" results/t)
status 0 'why' env -u MAKEFLAGS make why TARGET=results/t/relu_4d/1/score.json
ok 'says what is missing' grep -q "score.json' does not exist$" "$tmp/out"
touch results/t/relu_4d/1/unpack.json
status 0 'why' env -u MAKEFLAGS make why TARGET=results/t/relu_4d/1/score.json
ok 'says what is newer' grep -q "1/xcompile.json' is older than results/t/relu_4d/1/unpack.json$" "$tmp/out"
status 2 'a run that is none' env -u MAKEFLAGS make why TARGET=results/none/relu_4d/1/score.json
errline 'is named, with those that are' "no run 'none' under results/; there are: t"

# what could not be made is counted, and why
plan -s first -m gpt-5 -r b relu_4d equal_int32_4d >"$tmp/out"
status 2 'a sweep that fails' env -u MAKEFLAGS -u OPENAI_API_KEY make sweep SUITE=first MODEL=gpt-5 RUN=b \
	TASKS='relu_4d equal_int32_4d'
ok 'ends with where it stands' grep -q '^  2 failed in llm-call: an outside thing is missing$' "$tmp/out"
stages() { env -u MAKEFLAGS -u OPENAI_API_KEY "$@" make -k -f results/b/run.mk 2>"$tmp/err"; }
status 2 'a model whose key is missing' stages
status 0 'status' "$top/bin/status" results/b
ok 'says what failed' grep -q '^  2 failed in llm-call: an outside thing is missing$' "$tmp/out"
status 2 'answers by batch' stages MKBENCH_BATCH=1 OPENAI_API_KEY=none
status 0 'status' "$top/bin/status" results/b
ok 'says what waits' grep -q '^  2 wait for a batch$' "$tmp/out"
"$top/bin/status" -j results/b >"$tmp/out"
ok 'also as JSON' jq -e '.waiting_for_batch == 2 and .failed == {} and .at == {}' "$tmp/out"
rm -r results/b

# kill -9 at several moments: the next make carries on, nothing is asked twice
rm -rf results store
for wait in 0.05 0.3 0.7 1.5; do
	setsid env -u MAKEFLAGS make sweep SUITE=first TASKS="$tasks" RUN=t \
		DEVRUN=--quick JOBS=2 >"$tmp/kill.out" 2>&1 &
	pid=$!
	sleep $wait
	kill -9 -- -$pid 2>/dev/null
	wait $pid 2>/dev/null
	mkdir -p results
	find results -name '*.json' -print0 2>/dev/null | xargs -0 -r jq -e . >/dev/null 2>"$tmp/broken" ||
		echo "broken after $wait" >>"$tmp/ok.broken"
	find results -name llm-call.json -printf '%P %i\n' 2>/dev/null | sort >"$tmp/asked"
	status 0 "a make after kill -9 at $wait s, planning only" plan -s first -r t $tasks
	find results -name llm-call.json -printf '%P %i\n' 2>/dev/null | sort | comm -23 "$tmp/asked" - >>"$tmp/again"
done
status 0 'after four kills' sweep
ok 'the table is that of an undisturbed run' grep -Eq '^overall +3 +100 44-100 +100 44-100' "$tmp/out"
ok 'no record was ever broken' test ! -e "$tmp/ok.broken"
ok 'no answer was asked twice' test ! -s "$tmp/again"
ok 'no process stays' test -z "$(pgrep -f "$tmp" | grep -v "^$$\$")"
ok 'no lock stays' flock -n results/t/lock true

# two makes on one run: one after the other
rm -rf results store
sweep >"$tmp/a" 2>"$tmp/a.err" &
first=$!
sleep 0.2
status 0 'a second make' sweep
wait $first
same 'waits and finds all done' "$tmp/a" "$tmp/out"
ok 'and says so' grep -q 'another make is at work' "$tmp/err" "$tmp/a.err"
finish
