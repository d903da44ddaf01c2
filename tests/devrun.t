#!/usr/bin/env bash
# devrun, supervise, runner: kernels honest and not, and what is made of them.
. "$(dirname "$0")/lib.sh"
export TMPDIR=$tmp

jq '.run.hang_ms=3000' "$top/mk/devices/host.json" >"$tmp/host.json"
cat >"$tmp/task" <<'END'
{"name":"relu_small","category":"activation","op":"Relu","domain":"","opset":20,
"attributes":{},"inputs":[{"name":"x","dtype":"float","shape":[2,3,50,50]}],
"outputs":[{"name":"y","dtype":"float","shape":[2,3,50,50]}],
"heldout":{"inputs":[[1,7,33]],"outputs":[[1,7,33]]}}
END

# run MODE [OPTION...]: the record of a kernel that behaves so, measured
run() {
	local mode=$1
	shift
	gcc -O2 -shared -fPIC -w -DMODE="$mode" -isystem "$top/build/ort/include" \
		-o "$tmp/$mode.so" "$top/tests/devrun/kernel.c" || return
	jq -c '{task:.,request:{engine:"ort"},
		build:{status:"ok",engine:"ort"}}' "$tmp/task" >"$tmp/built"
	artifact "$tmp/$mode.so"
	timeout 60 devrun -q -d "$tmp/host.json" "$@" "$tmp/built" >"$tmp/run"
}
# the artifact lies under the project's root
artifact() {
	mkdir -p "$top/build/tests"
	cp "$1" "$top/build/tests/$$.so"
	jq -c --arg so "build/tests/$$.so" '.build.artifact=$so' "$tmp/built" >"$tmp/built.new"
	mv "$tmp/built.new" "$tmp/built"
}
trap 'rm -rf "$tmp" "$top/build/tests/$$.so"' EXIT
# is NAME JQ...
is() {
	ok "$1" jq -e ".run|$2" "$tmp/run"
}

ok 'an honest kernel' run HONEST
is '  is right' '.status=="ok" and .verify.failed==0 and .verify.calls>4'
is '  and so is the native one' '.native_verify.failed==0'
is '  had the device for itself for a part of the time' '0<.alone_seconds and .alone_seconds<.seconds'
ok 'untimed' run HONEST --untimed
is '  has it for itself at no time' '.status=="ok" and (has("alone_seconds")|not)'
ok 'the honest kernel again' run HONEST
is '  has a speedup with its interval' '.speedup|.low<=.ratio and .ratio<=.high and .pairs>=1'
is '  raw samples are integers' '[.candidate.rounds[].ns[]]|length>3 and all(.==floor and .>0)'
is '  set-up is apart' '.candidate.setup_ns>0 and .native.setup_ns>0'
is '  held-out shapes are right' '.heldout.status=="ok" and .heldout.verify.calls==2'
is '  the seed is told afterwards' '.seed|test("^[0-9a-f]{64}$")'
is '  the bell costs little' '.bell_ns>0 and .bell_ns<20000'
is '  emulated is said' '.emulated==false'
ok '  the record is kept' jq -e '.task.name=="relu_small" and .build.status=="ok"' "$tmp/run"
seed=$(jq -r .run.seed "$tmp/run")
ok 'the same seed' run HONEST -s "$seed"
is '  is the one used' ".seed==\"$seed\" and .status==\"ok\""

ok 'a kernel that crashes' run CRASH
is '  is told' '.status=="crashed" and .candidate.signal==11 and (.reason|test("signal 11"))'
is '  where' '.candidate.log|test("address 0x8")'
is '  has no speedup' 'has("speedup")|not'
ok 'a kernel that hangs' run HANG
is '  is told' '.status=="hung" and (.reason|test("run"))'
is '  where' '.candidate.log|test("no answer in time; it is here.*\\n> [^\\n]*\\.so")'
ok 'a kernel whose last element is wrong' run WRONG
is '  is told' '.status=="wrong" and .verify.mismatch.failed==1'
is '  where' '.verify.mismatch.first.index==[1,2,49,49]'
is '  held-out shapes are not tried' 'has("heldout")|not'
ok 'a kernel that writes nothing' run STALE
is '  is told' '.status=="wrong" and .verify.mismatch.unwritten==15000'
ok 'a kernel that writes half' run EARLY
is '  is told' '.status=="wrong" and (.verify.mismatch.pattern|any(test("last position of axis 0")))'
ok 'a kernel that writes beside its output' run OUTSIDE
is '  is told' '.status=="wrong" and (.reason|test("beside an output"))'
ok 'a kernel that writes far beyond its output' run OVERRUN
is '  is told' '.status=="crashed" and (.candidate.log|test("output .y., which has 60000 bytes"))'
ok 'a kernel that writes its input' run READONLY
is '  is told' '.status=="crashed" and (.candidate.log|test("input .x.*read-only"))'
ok 'a kernel that leaves' run LEAVE
is '  has not done well' '.status!="ok" and (has("speedup")|not)'
ok 'a library with another operator' run REFUSE
is '  is refused' '.status=="refused" and (.candidate.log|length>0)'
ok 'a kernel that does its work eight times' run SLOW
is '  is right' '.status=="ok"'
is '  and slower' '.candidate.median_ns>1.5*.native.median_ns'

jq -c '.build.status="failed"' "$tmp/built" >"$tmp/failed"
status 0 'what was not built passes through' devrun "$tmp/failed"
ok '  and says so' jq -e '.run.status=="build-failed"' "$tmp/out"
status 0 'native against native' devrun -qA "$tmp/built"
ok '  is right' jq -e '.run.status=="ok"' "$tmp/out"
# the last of them may be on its way out
gone() {
	local until=$((SECONDS + 3))
	while pgrep -f "$top/build/arch/.*/(supervise|runner)"; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.2
	done
}
ok 'nothing is left' gone
ok 'no directory is left' sh -c "[ -z \"\$(find '$top/build/run' -newer '$tmp/task' -mindepth 1 2>/dev/null)\" ]"

status 69 'no such device' devrun -d nodevice "$tmp/built"
errline '  the ones there are' 'no device .nodevice.*host'
status 64 'a seed that is none' devrun -s 12 "$tmp/built"
status 64 'a time that is none' devrun -t x "$tmp/built"
jq -c '.task.inputs[0].shape=[2,"n"]' "$tmp/built" >"$tmp/bad"
status 65 'a dim that is not known' devrun "$tmp/bad"
jq -c '.task.op="Rely"' "$tmp/built" >"$tmp/bad"
status 65 'an operator that ONNX Runtime does not know' devrun "$tmp/bad"
jq -c '.build.artifact="build/tests/none.so"' "$tmp/built" >"$tmp/bad"
status 65 'an artifact that is not there' devrun "$tmp/bad"
jq -c '.task.inputs[0].values={"kind":"x"}' "$tmp/built" >"$tmp/bad"
status 65 'values that are none' devrun "$tmp/bad"
errline '  their place' 'inputs\[0\].values.kind'

supervise=$top/build/arch/$(uname -m)/supervise
echo nonsense >"$tmp/job"
status 65 'supervise: a bad job' "$supervise" <"$tmp/job"
errline '  its line' 'line 1: unknown key'
printf 'in 0 x float 1,99999999999999 0\n' >"$tmp/job"
status 65 'supervise: a tensor beyond memory' "$supervise" <"$tmp/job"
printf 'arm a\nrunner x\nmodel y\ngo\nround 0 b\n' >"$tmp/job"
status 65 'supervise: an arm that is not there' "$supervise" <"$tmp/job"
printf 'arm a\nrunner x\nmodel y\ngo\ncandidate z\n' >"$tmp/job"
status 65 'supervise: a candidate where there was none' "$supervise" <"$tmp/job"

# a quick pipe of candidates of one task, and of another at last: each its own verdict
group() {
	local mode
	candidates=$1
	mkdir -p "$candidates"
	for mode in HONEST WRONG CRASH HONEST; do
		gcc -O2 -shared -fPIC -w -DMODE="$mode" -isystem "$top/build/ort/include" \
			-o "$candidates/$mode.so" "$top/tests/devrun/kernel.c" || return
		jq -c --arg so "${candidates#"$top"/}/$mode.so" '{task:.,request:{engine:"ort"},
			build:{status:"ok",engine:"ort",artifact:$so}}' "$tmp/task"
	done >"$tmp/built"
	jq -c '.task.inputs[0].shape=[1,7]|.task.outputs[0].shape=[1,7]' "$tmp/built" | head -1 >>"$tmp/built"
	timeout 60 devrun -q --no-heldout -d "$tmp/host.json" "$tmp/built" | jq -cs '{run:map(.run)}' >"$tmp/run"
}
trap 'rm -rf "$tmp" "$top"/build/{candidates,tests}/test.$$ "$top/build/tests/$$.so"' EXIT
for where in candidates tests; do
	ok "a group in build/$where" group "$top/build/$where/test.$$"
	is '  each has its own verdict' 'map(.status)==["ok","wrong","crashed","ok","ok"]'
	is '  each has its own seed' 'map(.seed)|unique|length==5'
done
finish
