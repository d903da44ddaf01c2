#!/usr/bin/env bash
# plan: files of a run, rewritten only when they change.
. "$(dirname "$0")/lib.sh"
cp -r "$top/mk" "$top/tasks" "$tmp/"
export MKBENCH_ROOT=$tmp

stamp() { find "$tmp/results" -type f -printf '%p %i %T@\n' | sort; }

status 0 'the suite first' plan
run=results/first.ort.host.oracle.single
ok 'names the run' grep -qx "$run" "$tmp/out"
ok '24 goals' test "$(wc -l <"$tmp/$run/goals")" = 24
ok 'each task has its job' test "$(find "$tmp/$run" -name job.json | wc -l)" = 24
stamp >"$tmp/want"
plan >/dev/null
stamp >"$tmp/got"
same 'a second plan touches nothing' "$tmp/want" "$tmp/got"

touch "$tmp/tasks/activation/relu_4d.json"
plan >/dev/null
stamp >"$tmp/got"
same 'nor does a task of a new time' "$tmp/want" "$tmp/got"
sed -i 's/"opset": 20/"opset": 19/' "$tmp/tasks/activation/relu_4d.json"
plan >/dev/null
stamp >"$tmp/got"
diff "$tmp/want" "$tmp/got" | grep '^>' | cut -d' ' -f2 >"$tmp/changed"
printf '%s\n' "$tmp/$run/"{manifest.json,relu_4d/1/job.json} >"$tmp/want"
same 'a changed task changes its job and the manifest alone' "$tmp/want" "$tmp/changed"

status 0 'a task by name' plan relu_4d
ok 'one goal' test "$(cat "$tmp/results/some.ort.host.oracle.single/goals")" = \
	results/some.ort.host.oracle.single/relu_4d/1/score.json
status 0 'three samples' plan --method sample --count 3 relu_4d
ok 'three goals' test "$(wc -l <"$tmp/$(cat "$tmp/out")/goals")" = 3
ok 'told apart' jq -e '.job.sample==2' "$tmp/$(cat "$tmp/out")/relu_4d/3/job.json"

status 0 'a seed of few digits' plan --seed 2a --run seeded relu_4d
ok 'is a whole one' grep -rq "$(printf '%062d2a' 0)" "$tmp/results/seeded"
status 64 'a seed that is none' plan --seed 2A relu_4d
status 64 'nor that' plan --seed "$(printf '%065d' 1)" relu_4d
status 69 'an unknown task' plan nosuch
errline 'lists those that exist' "no task 'nosuch' .*relu_4d"
status 69 'an unknown suite' plan --suite nosuch
errline 'lists those that exist' 'there are: .*first'
status 69 'an unknown engine' plan --engine nosuch
status 69 'an unknown model' plan --model nosuch
errline 'lists those that exist' 'there are: .*oracle'
status 69 'an unknown device' plan --device nosuch
status 69 'an unknown method' plan --method nosuch
status 64 'a run name with a path' plan --run ../x
status 64 'a count of nothing' plan --method sample --count 0
rm "$tmp/tasks/activation/relu_4d.json"
status 69 'a task whose file is gone' plan
finish
