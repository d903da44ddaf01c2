#!/usr/bin/env bash
# A run's manifest, and its verdicts once more on another machine from the
# answers that were recorded, asking no model.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"

# at NAME COMMAND...: there
at() {
	local dir=$tmp/$1
	shift
	(cd "$dir" && MKBENCH_ROOT=$dir MKBENCH_STORE=$dir/store env -u MAKEFLAGS "$@")
}
"$top/mk/tree.sh" "$tmp/a"
"$top/mk/tree.sh" "$tmp/b"

# three answers: a right one, one that does not build, a wrong one
answers=$tmp/answers
mkdir "$answers"
prompt "$top/tasks/activation/relu_4d.json" | llm-call -m oracle | jq -r .response.text >"$answers/relu_4d.1.0.md"
sed 's/^UNARY(/nonsense UNARY(/' "$answers/relu_4d.1.0.md" >"$answers/relu_4d.1.1.md"
sed 's/(x) < 0/(x) < 1/' "$answers/relu_4d.1.0.md" >"$answers/relu_4d.1.2.md"
status 0 'a run from a machine' at a env MKBENCH_ANSWERS="$answers" \
	make sweep SUITE=first TASKS=relu_4d MODEL=replay METHOD=sample COUNT=3 RUN=t DEVRUN=--quick JOBS=2
verdicts() { jq -c '[.task.name, .candidate.sha256, .verdict.status, .build.lint.class, .run.seed,
	.run.verify.max_abs, .run.heldout.status]' "$tmp/$1/results/$2"/*/*/score.json; }
verdicts a t >"$tmp/want"
ok 'has three outcomes' test "$(cut -d, -f3 "$tmp/want" | sort -u | wc -l)" = 3

m=$tmp/a/results/t/manifest.json
ok 'its manifest says what it was made with' jq -e '.manifest | .start and .mkbench.sha256 and
	.mkbench.formats.xcompile == "1" and .engine.version and .tools.gcc and .tools.make and
	.device.flags and .suite.tasks.relu_4d and .prompts.sha256 and .model.sha256 and .machine.cpus' "$m"
ok 'and nothing of where' bash -c '! grep -qF -e "$1" -e "$2" "$3"' - "$top" "$tmp/a" "$m"
stat -c '%i %y' "$m" >"$tmp/stat"
sleep 1
at a plan -M sample -k 3 -r t -m replay -x --quick -s first relu_4d >/dev/null
stat -c '%i %y' "$m" >"$tmp/got"
same 'planned again it is left alone' "$tmp/stat" "$tmp/got"

# what another machine gets: no model's file, no kernels to copy from
mkdir -p "$tmp/b/results"
(cd "$tmp/a" && find results/t \( -name goals -o -name run.json -o -name manifest.json -o -name model.json \
	-o -name llm-call.json -o -name devrun.json \) -print0 | tar -c --null -T -) | tar -x -C "$tmp/b"
rm -r "$tmp/b/mk/models" "$tmp/b/tasks/oracle"
status 0 'a replay elsewhere' at b make replay RUN=t JOBS=2
verdicts b t.replay >"$tmp/got"
same 'gives the same verdicts on the same inputs' "$tmp/want" "$tmp/got"
ok 'of which none was asked' test ! -e "$tmp/b/store"
status 0 'once more' at b make replay RUN=t JOBS=2
verdicts b t.replay >"$tmp/got"
same 'nothing changes' "$tmp/want" "$tmp/got"

echo '#' >>"$tmp/b/mk/help.mk" # another version of mkbench
status 0 'with new inputs' at b make replay RUN=t AS=new SEED=new JOBS=2
verdicts b new | jq -c '.[:4]' >"$tmp/got"
jq -c '.[:4]' "$tmp/want" >"$tmp/short"
same 'the verdicts are the same' "$tmp/short" "$tmp/got"
verdicts b new | jq -r '.[4] // empty' | sort >"$tmp/seeds"
ok 'the seeds are not' bash -c '! jq -r ".[4] // empty" "$1" | grep -qFf "$2"' - "$tmp/want" "$tmp/seeds"
status 0 'the two compared' at b make diff RUN1=t.replay RUN2=new
ok 'what changed is told' grep -Eq '^mkbench.sha256 +[0-9a-f]{64} \| [0-9a-f]{64}$' "$tmp/out"
status 0 'as JSON' at b versus -j results/t.replay results/new
ok 'too' jq -e '.changed | map(.key) | index("mkbench.sha256")' "$tmp/out"
status 0 'a report' at b report -o "$tmp/page" results/new
ok 'shows the manifest' grep -q "$(jq -r '.manifest.prompts.sha256[:12]' "$tmp/b/results/new/manifest.json")" "$tmp/page/index.html"

# a run from anywhere may hold anything
bad() {
	jq -c "$2" "$tmp/a/results/t/run.json" >"$tmp/b/results/t/run.json"
	status 65 "$1" at b plan -R results/t -r bad
	errline 'is refused' "$3"
}
bad 'options that open the sandbox' '.devrun = "--no-sandbox"' 'not taken over'
bad 'options that are commands' '.devrun = "$(shell touch x)"' 'not taken over'
bad 'an engine with a path' '.engine = "../x"' 'not a name'
cp "$tmp/a/results/t/run.json" "$tmp/b/results/t/"
echo 'results/t/../1/score.json' >"$tmp/b/results/t/goals"
status 65 'goals that lead elsewhere' at b plan -R results/t -r bad
status 69 'no such run' at b plan -R results/none
finish
