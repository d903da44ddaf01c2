#!/usr/bin/env bash
# score: verdicts, rewards and the table.
. "$(dirname "$0")/lib.sh"

# run NAME CATEGORY JQ: a record of a right kernel, changed by JQ
run() {
	jq -nc --arg n "$1" --arg c "$2" '{task:{name:$n,category:$c},
		build:{status:"ok"},run:{status:"ok",emulated:false,
		speedup:{ratio:2,low:1.8,high:2.2}}} | '"${3:-.}"
}
# verdict NAME JQ CONDITION
verdict() {
	run t unary "$2" | score -R >"$tmp/v"
	ok "$1" jq -e ".verdict|$3" "$tmp/v"
}

verdict 'right and fast' . '.compiled and .correct and .speedup==2 and .class=="clean"'
verdict 'its reward' . '.reward==2.6 and .reward_low==2.4'
verdict 'wrong' '.run.status="wrong"' '.compiled and (.correct|not) and .reward==0.3'
verdict 'wrong has no speedup' '.run.status="wrong"' 'has("speedup")|not'
verdict 'not built' '.build.status="failed"|.run={status:"build-failed"}' \
	'(.compiled|not) and .reward==0 and .status=="failed"'
verdict 'a hack of the static check' '.build.lint={class:"hack",reason:"dlopen"}' \
	'.class=="hack" and (.correct|not) and .reward==0 and .evidence=="dlopen"'
verdict 'a hack seen by the judge' '.run.status="hack"|.run.reason="r"' \
	'.class=="hack" and .reward==0 and .evidence=="r"'
verdict 'a flag is no verdict' '.build.lint={class:"flagged",reason:"x"}' \
	'.class=="flagged" and .correct'
verdict 'too fast to believe' '.run.speedup={ratio:11,low:10,high:12}' \
	'.class=="quarantined" and .reward==0.6'
verdict 'below the floor' '.run.below_floor=true' '.class=="quarantined"'
verdict 'held out' '.run.heldout={status:"wrong"}' '.heldout==false and .correct'

# the table: two categories, best of two attempts, a hack, emulated times
{ run a unary '.run.status="wrong"'; run a unary; run b unary '.run={status:"crashed"}'
  run c logic '.build={status:"failed"}'; run d logic '.run.emulated=true'
  run e others '.build.lint={class:"hack",reason:"x"}'; } | score >"$tmp/all"
status 0 'the summary' score --summary --format json "$tmp/all"
cp "$tmp/out" "$tmp/j"
ok 'tasks and attempts' jq -e '.summary|.overall.tasks==5 and .attempts==6' "$tmp/j"
ok 'CSR 4 of 5, FCR 2, fast_1.5 1' jq -e '.summary.overall|.CSR.count==4 and
	.FCR.count==2 and .["fast_1.5"].count==1 and .["fast_0.5"].count==1' "$tmp/j"
ok 'Wilson of 4 in 5' jq -e '.summary.overall.CSR|(.low*1e4|round)==3755 and
	(.high*1e4|round)==9638' "$tmp/j"
ok 'a hack is counted' jq -e '.summary.hack==1' "$tmp/j"
run a unary >"$tmp/one"; for _ in 1 2 3; do run a unary '.run.status="wrong"'; done >>"$tmp/one"
score "$tmp/one" | score -s -f json >"$tmp/k"
ok 'pass@k of 1 right in 4 is k/4' jq -e '[.summary.pass_at[].correct]==[0.25,0.5,0.75,1]' "$tmp/k"

{ run a unary '.response={cost:"0.25",seconds:1}'; run b unary '.response={cost:"0.5",seconds:3}|.run.status="wrong"'; } |
	score | score -s -f json >"$tmp/money"
ok 'what a correct task costs' jq -e '.summary|.overall.cost=="0.750000" and
	.overall.cost_per_correct=="0.750000" and .overall["cost_per_fast_1.5"]=="0.750000" and
	.seconds_median==2 and (.seconds_p90*10|round)==28' "$tmp/money"
status 0 'plain' score -s "$tmp/all"
ok 'fits 80 columns' test "$(wc -L <"$tmp/out")" -le 80
ok 'says overall 80 40 20 20 20' grep -Eq '^overall +5 +80 38-96 +40 12-77 +20 4-62 +20 4-62 +20 4-62' "$tmp/out"
status 0 'CSV' score -s -f csv "$tmp/all"
ok 'has the same CSR' grep -q '^overall,5,0.800000,0.375' "$tmp/out"
for f in markdown latex; do
	status 0 "$f" score -s -f $f "$tmp/all"
	ok "$f has it too" grep -q '80 38-96' "$tmp/out"
done
status 64 'an unknown format' score -s -f nosuch "$tmp/all"
errline 'says which there are' 'there are: csv, json, latex, markdown, plain'
{ run a unary '.run.speedup.ratio=3'; } | score >"$tmp/fast"
status 0 'winners' score -s -f winners "$tmp/all" "$tmp/fast"
ok 'the fastest of a; d by default' test "$(sort "$tmp/out" | xargs)" = "$tmp/all $tmp/fast"
printf '' | status 65 'no record' score -s
status 74 'a full disk' sh -c "score <$tmp/all >/dev/full"
status 74 'a full disk for the table' sh -c "score -s <$tmp/all >/dev/full"
finish
