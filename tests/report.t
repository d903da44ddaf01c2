#!/usr/bin/env bash
# report, export: pages of made-up runs, hostile answers, numbers, examples.
. "$(dirname "$0")/lib.sh"

root=$tmp/root
mkdir -p "$root"
python3 "$top/mk/fake-runs.py" "$root" 2 12 3
real=$MKBENCH_ROOT
export MKBENCH_ROOT=$root
cd "$root" || exit 1

# what a hostile model answers: markup, script, SVG, ANSI, bidi, zero width
evil=$'</pre></details><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)><svg onload=alert(3)></svg>\e[31mred\u202eturned\u200bhidden\u2066\x7f"\'&amp;'
victim=results/run0/task_0/1
for f in llm-call:response.text prompt:request.messages[0].content score:verdict.reason score:verdict.evidence \
	xcompile:build.log xcompile:candidate.files[0].text score:run.candidate.log; do
	stage=$root/$victim/${f%%:*}.json
	jq -c --arg e "$evil" ".${f#*:} = \$e" "$stage" >"$tmp/x" && cp "$tmp/x" "$stage"
done
jq -c --arg e "$evil" '.verdict.class="flagged" | .response.answered_by=$e' "$victim/score.json" >"$tmp/x" && cp "$tmp/x" "$victim/score.json"
jq -c --arg e "$evil" '.model=$e' results/run0/run.json >"$tmp/x" && cp "$tmp/x" results/run0/run.json

status 0 'a report of one run' report -o "$tmp/one" results/run0
status 0 'a report of two' report -o "$tmp/two" results/run0 results/run1
page=$tmp/two/run0/task_0.html
ok 'the answer is there, as text' grep -qF '&lt;script&gt;alert(1)&lt;/script&gt;' "$page"
grep -rhoiE '<(script|img|svg|iframe|object|link)\b[^>]*' "$tmp/two" --include=*.html |
	grep -vE '^<script src="(\.\./)?sort.js" defer$|^<link rel="(icon" href="data:,"|stylesheet" href="(\.\./)?style.css")$|^<svg' >"$tmp/tags"
same 'no tag but our own' /dev/null "$tmp/tags"
grep -rhoE '<[a-z]+ [^>]*\bon[a-z]+=[^>]*' "$tmp/two" --include=*.html >"$tmp/handlers"
same 'no handler' /dev/null "$tmp/handlers"
grep -rlP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]' "$tmp/two" --include=*.html >"$tmp/raw"
same 'no control, no bidi mark' /dev/null "$tmp/raw"
ok 'bidi is named' grep -qF '[U+202E]turned' "$page"
grep -rhoE '(src|href)="[^"]*"' "$tmp/two" --include=*.html | grep -E '"(https?:)?//' >"$tmp/external"
same 'no external reference' /dev/null "$tmp/external"

# each link and each anchor is there
(cd "$tmp/two" && find . -name '*.html' | while read -r f; do
	grep -oE '(href|src)="[^"]*"' "$f" | sed 's/^[^"]*"//;s/"$//' | sort -u | while read -r to; do
		case $to in data:* | \#f[0-9]*-*) continue ;; esac
		file=${to%%#*} id=${to#"${to%%#*}"}
		at=$(dirname "$f")/$file
		[ -n "$file" ] || at=$f
		[ -e "$at" ] || echo "$f: $to"
		[ -z "$id" ] || grep -q "id=\"${id#\#}\"" "$at" || echo "$f: $to"
	done
done) >"$tmp/broken"
same 'links resolve' /dev/null "$tmp/broken"

# one summary: the same numbers in JSON, CSV, the leaderboard's feed and HTML
xargs cat <results/run1/goals | score -s -f json >"$tmp/j"
jq -S .summary "$tmp/j" >"$tmp/want"
jq -S '.leaderboard.runs[1].summary' "$tmp/two/leaderboard.json" >"$tmp/got"
same 'the feed is the summary' "$tmp/want" "$tmp/got"
xargs cat <results/run1/goals | score -s -f csv | awk -F, 'NR > 1 {
	for (i = 3; i < 18; i += 3) print $i }' >"$tmp/want"
sed -n '/id="results"/,/<\/table>/p' "$tmp/two/run1/index.html" | grep '^<\(tfoot\|tr\|/tbody\)' |
	sed 's/<th class.*//' | grep -o '<tr><th scope="row">.*' |
	awk '{ n = 0; while (match($0, /data-v="[0-9.]+"/) && n++ < 5) {
		print substr($0, RSTART + 8, RLENGTH - 9); $0 = substr($0, RSTART + RLENGTH) } }' >"$tmp/got"
same 'HTML has the numbers of CSV' "$tmp/want" "$tmp/got"
ok 'and there are some' test -s "$tmp/want"
xargs cat <results/run1/goals | score -s | sed -n 's/^overall  *[0-9]*  //p' | tr -s ' ' '\n' | grep . >"$tmp/want"
sed -n '/id="results"/,/<\/table>/p' "$tmp/two/run1/index.html" | grep '>overall<' |
	grep -oE '"[0-9.]+">[0-9.]+ <small>[0-9-]+' | head -5 | sed 's/.*">//;s/<small>//' | tr ' ' '\n' >"$tmp/got"
same 'HTML has the cells of the table' "$tmp/want" "$tmp/got"

# pages are made once, and again when the verdict changes
find "$tmp/two" -name 'task_*.html' -printf '%p %T@\n' | sort >"$tmp/before"
report -o "$tmp/two" results/run0 results/run1 >"$tmp/out"
find "$tmp/two" -name 'task_*.html' -printf '%p %T@\n' | sort >"$tmp/after"
same 'task pages are made once' "$tmp/before" "$tmp/after"
jq -c '.verdict.reason="new"' results/run1/task_3/2/score.json >"$tmp/x" && cp "$tmp/x" results/run1/task_3/2/score.json
report -o "$tmp/two" results/run0 results/run1 >"$tmp/out"
find "$tmp/two" -name 'task_*.html' -printf '%p %T@\n' | sort | diff "$tmp/after" - | grep -c '^>' >"$tmp/got"
echo 1 >"$tmp/want"
same 'and again when a verdict changed' "$tmp/want" "$tmp/got"

# runs of others, no gnuplot, faults
status 0 'a run from a file' report -o "$tmp/three" results/run0 "$tmp/two/leaderboard.json"
ok 'is on the board' grep -q '<td>run1</td>' "$tmp/three/index.html"
MKBENCH_GNUPLOT=/nonexistent/gnuplot status 0 'no gnuplot is no failure' report -o "$tmp/plain" results/run0
errline 'it is said' 'no figures'
ok 'on the page, too' grep -q 'No figures' "$tmp/plain/index.html"
status 69 'no such run' report -o "$tmp/none" results/nothing
errline 'it is named' 'results/nothing/goals'
status 64 'no run' report

# examples to train on
provenance='.meta|(.kind|IN("kernel","repair","preference")) and (.prompt_sha256|test("^[0-9a-f]{64}$")) and
	has("run") and has("task") and has("suite") and has("engine") and has("device") and .prompt_licence=="Apache-2.0"'
status 0 'sft' env export sft results/run0 results/run1
cp "$tmp/out" "$tmp/sft"
ok 'some of both kinds' jq -se 'map(.meta.kind)|unique==["kernel","repair"]' "$tmp/sft"
ok 'Alpaca' jq -se 'all(.[]; ([.instruction,.input,.output,.system]|all(type=="string")) and (.output|startswith("kernel.c\n```\n"))
	and (.meta.answer|.verdict.correct and .verdict.class=="clean" and has("licence") and has("sha256")))' "$tmp/sft"
ok 'its provenance' jq -se "all(.[]; $provenance)" "$tmp/sft"
status 0 'chat' env export -f chat sft results/run0
ok 'its messages' jq -se 'length>0 and all(.[]; .messages|map(.role)|.[-2:]==["user","assistant"])' "$tmp/out"
status 0 'prefs' env export prefs results/run0 results/run1
ok 'pairs by verdict' jq -se 'length>0 and all(.[]; .chosen!=.rejected and (.meta|
	(.chosen.verdict|[.compiled,.correct,(.low//0)]) > (.rejected.verdict|[.compiled,.correct,(.high//0)])))' "$tmp/out"
ok 'their provenance' jq -se "all(.[]; $provenance)" "$tmp/out"
status 64 'export what?' env export everything results/run0
if [ -w /dev/full ]; then
	env export sft results/run0 >/dev/full 2>"$tmp/err"
	ok 'a full disk' test $? = 74
fi

# the trainer's snippet of mkbench-training(7), with the oracle as the policy
export MKBENCH_ROOT=$real
cd "$top" || exit 1
if [ "${MKBENCH_SANITIZED:-}" ]; then
	skip 'the reward in Python' 'the programs as they are built by default'
else
	{ mandoc -Tutf8 man/mkbench-training.7 | col -bx | sed -n '/^     import json/,/^     return verdict\|^         return verdict/p' | sed 's/^     //'
	  cat <<'P'
asked = ask("tasks/activation/relu_4d.json")
answer = json.loads(run(["bin/llm-call", "--model", "oracle"], json.dumps(asked)))
r, v = reward(asked, answer["response"]["text"])
assert v["correct"] and r > 0.6, v
r, v = reward(asked, "no code")
assert r == 0 and not v["compiled"], v
P
	} >"$tmp/snippet.py"
	ok 'the reward in Python' python3 "$tmp/snippet.py"
fi
finish
