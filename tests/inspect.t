#!/usr/bin/env bash
# inspect: crashes and hangs in the candidate's lines, loops and why they are not
# vector code, FlatBuffers by their schema, the node beside the operator.
. "$(dirname "$0")/lib.sh"
here=$top/tests/inspect

# ---- FlatBuffers ----
python3 "$here/flat.py" "$tmp/flat"
status 0 'a FlatBuffer by its schema' inspect -m "$tmp/flat" -s "$here/schema.fbs"
cat >"$tmp/want" <<'E'
{"a":7,"k":"B","any":{"Leaf":{"v":[1,-2,3],"s":"he\"llo"}},"names":["one","two"],"flag":true,"big":{"count":20,"first":[0,0.5,1,1.5,2,2.5,3,3.5,4,4.5,5,5.5,6,6.5,7,7.5]},"other":"C"}
E
same 'tables, unions, enums, defaults, lists' "$tmp/want" "$tmp/out"
worst=0 refused=0
for ((i = 0; i < 208; i += 4)); do
	python3 "$here/flat.py" "$tmp/broken" $i 2>/dev/null || continue
	rc=0
	inspect -m "$tmp/broken" -s "$here/schema.fbs" >/dev/null 2>&1 || rc=$?
	[ $rc = 0 ] || [ $rc = 65 ] || worst=$rc
	[ $rc = 0 ] || refused=$((refused + 1))
done
for ((i = 0; i < 207; i += 9)); do
	head -c $i "$tmp/flat" >"$tmp/broken"
	rc=0
	inspect -m "$tmp/broken" -s "$here/schema.fbs" >/dev/null 2>&1 || rc=$?
	[ $rc = 65 ] || worst=$rc
done
ok 'offsets that lead out of it, and half of it, are refused' \
	test "$worst" = 0 -a $refused -gt 10
echo 'struct S { x: int; }' >"$tmp/s.fbs"
status 65 'a schema of structs' inspect -m "$tmp/flat" -s "$tmp/s.fbs"
errline 'says so' 's.fbs: .*tables, enums and unions'
status 64 'a model without a schema' inspect -m "$tmp/flat"
status 65 'no record' inspect <<<'[]'
status 74 'a full disk' bash -c 'inspect -m "$1" -s "$2" >/dev/full' - "$tmp/flat" "$here/schema.fbs"

[ -z "${MKBENCH_SANITIZED:-}" ] || finish # what follows is done by bin/

# ---- a candidate's end ----
# a hang is called one soon; nothing else is, however busy the machine
jq '.run.hang_ms=600' "$top/mk/devices/host.json" >"$tmp/hasty.json"
# ended BODY [DEVICE]: what inspect says of a kernel whose loops are these
ended() {
	local device=${2:-host}
	python3 - "$top/tests/moka" "$1" >"$tmp/kernel.cc" <<'E'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import kernels
tensor = [{"shape": [2, 3, 50], "dtype": "float"}]
text = kernels.draft("ort", {"op": "Relu", "inputs": tensor, "outputs": tensor}, {})
text = text.replace("GetOutputTensorFor", "GetOutput")
begin, end = text.index("\tfor (size_t r"), text.index("struct Kernel")
print(text[:begin] + sys.argv[2] + "\n}\n\n" + text[end:], end="")
E
	jq -nc --rawfile t "$tmp/kernel.cc" '{task:{name:"relu",category:"activation",op:"Relu",domain:"",opset:20,
		attributes:{},inputs:[{name:"x",dtype:"float",shape:[2,3,50]}],outputs:[{name:"y",dtype:"float",shape:[2,3,50]}]},
		request:{engine:"ort"},response:{},candidate:{status:"ok",files:[{name:"kernel.cc",text:$t}]}}' |
		xcompile >"$tmp/built"
	devrun --untimed -d "$device" "$tmp/built" >"$tmp/ran"
	inspect -d "$device" -c "$tmp/built" "$tmp/ran" >"$tmp/inspected"
}
# line WORDS: the kernel's line with these
line() { grep -nF -- "$1" "$tmp/kernel.cc" | cut -d: -f1; }

ended "	(void)p, (void)q, (void)cols;
	for (size_t r = 0; r < rows; r++)
		y[r + 2000] = 1; // HERE $$"
ok 'a crash' jq -e '.run.status=="crashed" and .run.candidate.signal==11' "$tmp/ran"
ok '  against the buffer it left' jq -e ".run.candidate.log|test(\"byte [0-9]+ of output 'y', which has 1200 bytes\")" "$tmp/ran"
ok '  is found in its line' jq -e --argjson n "$(line HERE)" \
	'.inspect.frames[0]|.file=="kernel.cc" and .line==$n' "$tmp/inspected"
ended "	(void)p, (void)q, (void)cols, (void)rows;
	static volatile float z$$;
	for (;;)
		z$$ = y[0]; // HERE" "$tmp/hasty.json"
ok 'a hang' jq -e '.run.status=="hung"' "$tmp/ran"
ok '  is found in its loop' jq -e --argjson n "$(line HERE)" \
	'.inspect.frames[0]|.file=="kernel.cc" and (.line-$n|fabs)<=1' "$tmp/inspected"

# ---- loops ----
ended "	(void)q;
	for (size_t i = 0; i < rows * cols; i++) // VECTOR $$
		y[i] = p[i] > 0 ? p[i] : 0;
	for (size_t i = 1; i < rows * cols; i++) { // SCALAR
		volatile float v = p[i] > 0 ? p[i] : 0;
		y[i] = v;
	}"
ok 'a loop that is vector code' jq -e --argjson n "$(line VECTOR)" \
	'.inspect.loops|any(.line==$n and .vectorised)' "$tmp/inspected"
ok 'one that is not, and why' jq -e --argjson n "$(line SCALAR)" \
	'.inspect.loops|any(.line==$n and (.vectorised|not) and (.why|test("volatile")))' "$tmp/inspected"
ok 'instructions by kind' jq -e '.inspect.mix|test("Instructions of `.+`: [0-9]+, of these .*[0-9]+ scalar")' "$tmp/inspected"
ok 'no path of this machine' bash -c '! grep -qF -e "$1" -e "$2" "$3"' - "$top" "$tmp" "$tmp/inspected"

# ---- beside each other ----
# model TASK FILTER
model() {
	jq -c '. + {request:{engine:"mnn"},build:{status:"failed",engine:"mnn"},run:{status:"build-failed"}}' \
		"$top"/tasks/*/"$1".json | inspect >"$tmp/inspected"
	ok "MNN: $1: $2" jq -e ".inspect.model|$2" "$tmp/inspected"
}
if [ -d "${MNN_ROOT:-}" ] && [ -d "${MNN_BUILD:-}" ]; then
	model relu_4d '.engine[0].type=="ReLU" and (.differences|index("the node Relu becomes the operator ReLU"))'
	model leaky_relu_4d '.differences|any(test("attribute alpha = .*the parameter slope has this value"))'
	model reduce_max_channels_4d '.engine[0].parameters.ReductionParam.operation=="MAXIMUM"'
	model transpose_2d '.engine[0].parameters|has("Permute")'
	model arg_max_last_2d '.differences|index("output y is int64 in ONNX, int32 in the engine")'
else
	skip 'MNN: the node beside the operator' 'needs MNN_ROOT and MNN_BUILD'
fi
finish
