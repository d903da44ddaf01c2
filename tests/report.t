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
jq -n --arg e "$evil" '{inspect: {frames: [{file: $e, line: 3, function: $e}], mix: $e,
	loops: [{file: "kernel.c", line: 12, vectorised: false, why: $e}, {file: "kernel.c", line: 19, vectorised: true}],
	model: {node: {op: $e}, operators: [], differences: [$e]}}}' >$victim/inspect.json
for r in run0 run1; do
	jq -c --arg e "$evil" '.model=$e' results/$r/run.json >"$tmp/x" && cp "$tmp/x" results/$r/run.json
done

# an answer without a kernel, and an attempt that a stop rule kept from being made
spoil() { jq -c "$2" "$1" >"$tmp/x" && cp "$tmp/x" "$1"; }
spoil results/run1/task_5/2/score.json 'del(.run) | .candidate={status:"refused",reason:"no code block"} |
	.build.status="skipped" | .verdict={compiled:false,correct:false,status:"skipped",class:"clean"}'
spoil results/run1/task_5/3/score.json '{task,skipped:{reason:"attempt 1 reached the target"}}'

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
ok 'what inspect found is there' grep -qF 'kernel.c:12: not vectorised: &lt;' "$page"
ok 'bidi is named' grep -qF '[U+202E]turned' "$page"
grep -rhoE '(src|href)="[^"]*"' "$tmp/two" --include=*.html | grep -E '"(https?:)?//' >"$tmp/external"
same 'no external reference' /dev/null "$tmp/external"

# each link and each anchor is there
for pages in one two; do
	cd "$tmp/$pages" && find . -name '*.html' | while read -r f; do
	grep -oE '(href|src)="[^"]*"' "$f" | sed 's/^[^"]*"//;s/"$//' | sort -u | while read -r to; do
		case $to in data:* | \#f[0-9]*-*) continue ;; esac
		file=${to%%#*} id=${to#"${to%%#*}"}
		at=$(dirname "$f")/$file
		[ -n "$file" ] || at=$f
		[ -e "$at" ] || echo "$f: $to"
		[ -z "$id" ] || grep -q "id=\"${id#\#}\"" "$at" || echo "$f: $to"
	done
	done
done >"$tmp/broken"
cd "$root" || exit 1
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

table() { xargs cat <results/run1/goals | score -s -f "$1"; }
words() { tr -s ' ' '\n' | grep .; }
table plain | sed '1d;/^$/,$d' | words >"$tmp/want"
table markdown | sed '1,2d;s/|/ /g' | words >"$tmp/got"
same 'Markdown has the cells of the table' "$tmp/want" "$tmp/got"
table latex | grep '&' | sed '1d;s/&/ /g;s/\\\\//' | words >"$tmp/got"
same 'and so has LaTeX' "$tmp/want" "$tmp/got"

# what gnuplot is told to draw is the summary, too
cat >"$tmp/gnuplot" <<'P'
#!/bin/sh
cat >"$PLOTTED"
sed -n 's/^set output "\(.*\)"$/\1/p' "$PLOTTED" | while read -r f; do echo '<svg></svg>' >"$f"; done
P
chmod +x "$tmp/gnuplot"
export PLOTTED=$tmp/plotted
MKBENCH_GNUPLOT=$tmp/gnuplot status 0 'a report of figures' report -o "$tmp/figures" results/run1
# drawn BLOCK AWK: numbers of a data block; figures JQ AWK: those of the summary
drawn() { sed -n "/^\\\$$1 << EOD/,/^EOD/{/EOD/d;/^\$/d;p}" "$tmp/plotted" | awk "{ printf $2 }" >"$tmp/got"; }
figures() { jq -r "$1 | @tsv" "$tmp/j" | awk "{ printf $2 }" >"$tmp/want"; ok "there is $1" test -s "$tmp/want"; }
rates='"%.3f %.3f %.3f\n", 100*$1, 100*$2, 100*$3'
metrics='("CSR","FCR","fast_0.5","fast_1.0","fast_1.5")'
figures ".summary.overall[$metrics] | [.rate,.low,.high]" "$rates"
drawn s0 '"%.3f %.3f %.3f\n", $2, $3, $4'
same 'bars by stage' "$tmp/want" "$tmp/got"
figures ".summary.overall[$metrics] | [.rate]" '"%.1f\n", 100*$1'
drawn run0 '"%.1f\n", sqrt($1*$1+$2*$2)'
sed -i '$d' "$tmp/got" # it comes back to its first corner
same 'the radar' "$tmp/want" "$tmp/got"
for k in 0:CSR 1:FCR 2:fast_1.0; do
	figures ".summary.categories[] | .[\"${k#*:}\"] | [.rate,.low,.high]" "$rates"
	drawn "c${k%:*}" '"%.3f %.3f %.3f\n", $2, $3, $4'
	same "bars by category, ${k#*:}" "$tmp/want" "$tmp/got"
done
figures '.summary.after[] | [.attempts,.compiled,.correct,."fast_1.0"]' '"%d %d %d %d\n", $1, $2, $3, $4'
drawn k '"%d %d %d %d\n", $1, $2, $3, $4'
same 'success by attempt' "$tmp/want" "$tmp/got"
figures '[.summary.overall | .cost, .tasks, .FCR.rate]' '"%.5f %.3f\n", $1/$2, 100*$3'
drawn y0 '"%.5f %.3f\n", $1, $2'
same 'cost against success' "$tmp/want" "$tmp/got"
jq -r '.leaderboard.runs[1].tasks | map(select(.speedup)) | sort_by(.speedup)[].speedup' "$tmp/two/leaderboard.json" |
	awk '{ printf "%.4g\n", $1 }' >"$tmp/want"
drawn v '"%.4g\n", $2'
same 'speedups' "$tmp/want" "$tmp/got"
ok 'after the last attempt it is the overall count' jq -e '.summary | .after[-1] as $a | .overall |
	[$a.compiled,$a.correct,$a."fast_1.0",$a."fast_1.5"] == [.CSR.count,.FCR.count,."fast_1.0".count,."fast_1.5".count]' "$tmp/j"
xargs cat <results/run1/goals | jq -s '[.[] | select(.response) | (.response.cost, .planning[].cost) | tonumber] | add * 1e6 | round' >"$tmp/want"
jq '.summary.overall.cost | tonumber * 1e6 | round' "$tmp/j" >"$tmp/got"
same 'planning is paid for, too' "$tmp/want" "$tmp/got"

# why it failed is told by the page alone
broken=$(grep -l build-failed results/run1/*/*/score.json | head -1)
page=$tmp/two/run1/$(cut -d/ -f3 <<<"$broken").html
ok 'what does not build says where' grep -qF 'kernel.c:40: &#39;y&#39; undeclared' "$page"
ok 'beside its line' grep -qF '<mark>     ^ &#39;y&#39; undeclared</mark>' "$page"
wrong=$(grep -l '"status": "wrong"' results/run1/*/*/score.json | head -1)
page=$tmp/two/run1/$(cut -d/ -f3 <<<"$wrong").html
ok 'what is wrong says how' grep -qF '7 of 64 elements of y are wrong: all of the last position of axis 1 (size 8)' "$page"
page=$tmp/two/run1/task_5.html
ok 'an answer without a kernel says so' grep -qF 'no kernel to build: no code block' "$page"
ok 'what a stop rule held back says which' grep -qF 'attempt 1 reached the target' "$page"
ok 'and is not made' grep -qF 'Attempt 3: <span class="dim">not made</span>' "$page"
ok 'what it goes without is compared' grep -qF '<h2>Ablation: run0</h2>' "$tmp/two/index.html"

# who is best is said first, and whether it is certain
jq -r '.leaderboard.runs | sort_by(.summary.overall | -."fast_1.0".rate, -.FCR.rate, -.CSR.rate)[].run' \
	"$tmp/two/leaderboard.json" >"$tmp/want"
sed -n '/id="board"/,/<\/table>/p' "$tmp/two/index.html" | grep -o '^<tr><td><a href="[^/]*' | sed 's/.*"//' >"$tmp/got"
same 'the board is in order of success' "$tmp/want" "$tmp/got"
ok 'its first is named above it' grep -qF "faster than native: <strong>$(head -1 "$tmp/want")</strong>" "$tmp/two/index.html"
jq -r '.leaderboard.runs | sort_by(-.summary.overall."fast_1.0".rate) | map(.tasks) | . as [$a, $b] | [$a | keys[] |
	[($a[.]["fast_1.0"] // 0) > 0, ($b[.]["fast_1.0"] // 0) > 0]] |
	"\(map(select(. == [true, false])) | length) tasks that only it has, \(map(select(. == [false, true])) | length) that only"' \
	"$tmp/two/leaderboard.json" >"$tmp/want"
ok 'with its lead over the next' grep -qF "$(cat "$tmp/want")" "$tmp/two/index.html"
status 69 'a run that is not there, beside one that is' report -o "$tmp/none" results/run0 results/nothing
errline 'is named, too' 'results/nothing/goals'

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

# what failed comes before what was flagged
flagged=results/run0/task_7/2/score.json
jq -c '.verdict = {compiled: true, correct: false, status: "wrong", class: "flagged", evidence: "a static buffer"} |
	.run.status = "wrong" | .run.verify.mismatch = {output: "y", failed: 3, count: 8, pattern: ["odd ones"],
	axes: [{axis: 0, size: 8, positions: 3, wrong: [1, 3]}], examples: []}' $flagged >"$tmp/x" && cp "$tmp/x" $flagged
report -o "$tmp/one" results/run0 >"$tmp/out"
ok 'what failed, then what was flagged' grep -qF '3 of 8 elements of y are wrong: odd ones; a static buffer' "$tmp/one/run0/task_7.html"
ok 'a map that is cut short says so' grep -qF 'The first 2 of 3 wrong positions are drawn.' "$tmp/one/run0/task_7.html"

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
# valid FORM FILE: each line has the members that export(1) states for the form,
# of the types it states, all that are not conditional, and no others
cat >"$tmp/valid.py" <<'P'
import json
import re
import sys

page, form, file = sys.argv[1:]
kinds = {"string": str, "number": (int, float), "boolean": bool,
         "object": dict, "array": list}
stated = {}
for section in re.split(r"^\.Ss ", open(page).read(), flags=re.M)[1:]:
    items = re.findall(r"^\.It Va (\S+)\n(\w+): ((?:[^.].*\n|\.Fl.*\n)+)", section, re.M)
    stated[section.split("\n")[0]] = {k: (kinds[t], "if " in w or "only" in w) for k, t, w in items}
said = {**stated[form], **stated["meta"]}
for name in ("answer", "chosen", "rejected"):
    for key, what in stated["answer, chosen, rejected"].items():
        said[key.replace("answer.", f"meta.{name}.", 1)] = what


def walk(v, at=""):
    for k, x in v.items():
        path = f"{at}.{k}".lstrip(".")
        yield path, x
        if isinstance(x, dict):
            yield from walk(x, path)
        for y in x if isinstance(x, list) else []:
            yield path + "[]", x
            yield from walk(y, path + "[]")


lines = [json.loads(s) for s in open(file)]
assert lines and len(said) > 20
for line in lines:
    members = list(walk(line))
    for path, x in members:
        assert path in said or path + "[]" in said, f"{path} is not stated"
        kind = said.get(path, said.get(path + "[]"))[0]
        assert isinstance(x, kind) and (kind is bool) == (type(x) is bool), f"{path}: {x!r}"
    there = {p for p, _ in members}
    for path, (_, sometimes) in said.items():
        parent = path.rsplit(".", 1)[0] if "." in path else ""
        if not sometimes and (not parent or parent in there):
            assert path in there, f"{path} is not there"
assert {"meta.answer"} <= {p for s in lines for p, _ in walk(s)} or form == "prefs"
P
valid() { ok "$1 is as export(1) says" python3 "$tmp/valid.py" "$top/man/export.1" "$1" "$2"; }
# invalid NAME FORM FILTER FILE: the same, spoilt, is not
invalid() {
	jq -c "$3" "$4" >"$tmp/spoilt"
	status 1 "$1 is seen" python3 "$tmp/valid.py" "$top/man/export.1" "$2" "$tmp/spoilt"
}

provenance='.meta|(.kind|IN("kernel","repair","preference")) and (.prompt_sha256|test("^[0-9a-f]{64}$")) and
	has("run") and has("task") and has("suite") and has("engine") and has("device") and .prompt_licence=="Apache-2.0"'
status 0 'sft' env export sft results/run0 results/run1
cp "$tmp/out" "$tmp/sft"
valid 'sft, alpaca' "$tmp/sft"
invalid 'a member that is not stated' 'sft, alpaca' '.meta.more = 1' "$tmp/sft"
invalid 'one that is not there' 'sft, alpaca' 'del(.meta.answer.licence)' "$tmp/sft"
invalid 'a wrong type' 'sft, alpaca' '.meta.answer.verdict.compiled = 1' "$tmp/sft"
ok 'some of both kinds' jq -se 'map(.meta.kind)|unique==["kernel","repair"]' "$tmp/sft"
ok 'Alpaca' jq -se 'all(.[]; ([.instruction,.input,.output,.system]|all(type=="string")) and (.output|startswith("kernel.c\n```\n"))
	and (.meta.answer|.verdict.correct and .verdict.class=="clean" and has("licence") and has("sha256")))' "$tmp/sft"
ok 'its provenance' jq -se "all(.[]; $provenance)" "$tmp/sft"
status 0 'chat' env export -f chat sft results/run0
valid 'sft, chat' "$tmp/out"
ok 'its messages' jq -se 'length>0 and all(.[]; .messages|map(.role)|.[-2:]==["user","assistant"])' "$tmp/out"
status 0 'prefs' env export prefs results/run0 results/run1
valid prefs "$tmp/out"
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
	{ mandoc -Tutf8 man/mkbench-training.7 | sed 's/.\x08//g' | sed -n '/^     import json/,/^     return verdict\|^         return verdict/p' | sed 's/^     //'
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
