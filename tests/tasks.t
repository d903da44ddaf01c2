#!/usr/bin/env bash
# The task set: what the suites promise, and that every task is whole.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

# suites: sound, hashed, and nothing lies beside them
for suite in first core; do
	ok "$suite names each task once, with version and hash" jq -e --arg s $suite '
		.suite == $s and (.version | test("^[0-9]+\\.[0-9]+\\.[0-9]+$"))
		and ([.tasks[].name] | length == (unique | length))
		and all(.tasks[]; (.sha256 | test("^[0-9a-f]{64}$")))' tasks/$suite.json
	mk/tasks.sh files $suite >"$tmp/files"
	while read -r f; do
		printf '%s  %s\n' "$(jq -cS . "$f" | sha256sum | cut -d' ' -f1)" "$f"
	done <"$tmp/files" >"$tmp/got"
	jq -r '.tasks[] | "\(.sha256)  tasks/\(.category)/\(.name).json"' tasks/$suite.json >"$tmp/want"
	same "$suite: hashes are those of the files (a changed task needs a new version)" \
		"$tmp/want" "$tmp/got"
done
find tasks -mindepth 2 -maxdepth 2 -name '*.json' -not -path 'tasks/oracle/*' | sort >"$tmp/got"
mk/tasks.sh files core | sort >"$tmp/want"
same 'core has every task there is' "$tmp/want" "$tmp/got"
jq -r '.tasks[].name' tasks/first.json | sort >"$tmp/first"
jq -r '.tasks[].name' tasks/core.json | sort >"$tmp/core"
comm -23 "$tmp/first" "$tmp/core" >"$tmp/got"
same 'first is a part of core' /dev/null "$tmp/got"

# counts
ok 'first has two tasks of each category' jq -e '[.tasks | group_by(.category)[] | length]
	== [range(12) | 2]' tasks/first.json
ok 'core has as many of each category as it must' jq -e '
	([.tasks | group_by(.category)[] | {(.[0].category): length}] | add) as $n
	| {unary: 11, binary: 8, trigonometry: 12, activation: 12, normalization: 12,
	   pooling: 15, convolution: 21, matrix: 19, reduction: 35, tensor: 28, logic: 13,
	   others: 4}
	| ($n | keys) == keys and all(to_entries[]; $n[.key] >= .value)' tasks/core.json
mapfile -t files < <(mk/tasks.sh files core)
jq -r .task.op "${files[@]}" | sort -u >"$tmp/ops"
ok 'at least 95 operators' test "$(wc -l <"$tmp/ops")" -ge 95
tr ' ' '\n' >"$tmp/must" <<'END'
Abs Ceil Erf Exp Floor Log Neg Reciprocal Round Sign Sqrt Add Sub Mul Div Mod Pow Max Min Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh Relu LeakyRelu Celu Elu Selu HardSigmoid HardSwish Sigmoid Softplus Softsign Gelu Softmax LogSoftmax PRelu BatchNormalization LayerNormalization InstanceNormalization GroupNormalization MaxPool AveragePool GlobalMaxPool GlobalAveragePool Conv ConvTranspose MatMul Gemm Einsum Det ReduceMax ReduceMin ReduceMean ReduceSum ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp ArgMax ArgMin Reshape Concat Split Slice Transpose Tile TopK Gather GatherElements GatherND ScatterElements ScatterND Pad Expand Squeeze Unsqueeze Flatten DepthToSpace SpaceToDepth Resize Where CumSum Trilu OneHot Cast Clip And Or Xor Not Equal Greater GreaterOrEqual Less LessOrEqual BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitShift RNN LSTM GRU STFT RoiAlign GridSample
END
sort -u "$tmp/must" | comm -23 - "$tmp/ops" >"$tmp/got"
same 'every operator that must occur does' /dev/null "$tmp/got"

# each task: the keys, their types, and what belongs together
cat >"$tmp/schema.jq" <<'END'
def dims: type == "array" and all(.[]; type == "number" and . > 0 and . == floor);
def generated: (has("data") | not) and (.values | type == "object" and has("kind"));
def literal: (.data | type == "array") and .constant == true and (has("values") | not)
	and (.data | length) == (reduce .shape[] as $d (1; . * $d));
def entry: (.dtype | IN("float", "int32", "int64", "uint8", "bool")) and (.shape | dims)
	and (.name | length > 0)
	and (keys - ["constant", "data", "dtype", "name", "shape", "values"] == []);
def input: . == {name: ""} or (entry and (generated or literal));
def attribute: (keys | length) == 1 and (keys[0] | IN("int", "float", "string", "ints", "floats", "strings"));
# kept by the held-out shape: rank, and what constants are
def second($of): . == null
	or (type == "array" and dims and length == ($of.shape | length))
	or (type == "object" and (.shape | dims) and (.shape | length) == ($of.shape | length)
		and (keys - ["data", "shape", "values"] == [])
		and (if has("data") then (.data | length) == (reduce .shape[] as $d (1; . * $d)) else true end));
def size: reduce .shape[]? as $d (1; . * $d);
.task as $t | ($file | split("/")) as $path
| ($t.name | test("^[a-z0-9_]+$")) and $path[-1] == $t.name + ".json" and $path[-2] == $t.category
and $t.domain == "" and $t.opset == 20
and ($t.attributes | all(.[]; attribute))
and ($t.inputs | all(.[]; input)) and ($t.inputs | any(.[]; .name != "" and (.constant | not)))
and ($t.outputs | length > 0 and all(.[]; entry))
and ([$t.inputs[], $t.outputs[] | .name | select(. != "")] | length == (unique | length))
and ($t.macs | test("^[0-9]+$")) and ($t.bytes | test("^[0-9]+$"))
and ($t.bytes | tonumber) < 40000000
and (if $t.tolerance then ($t.tolerance.reason | length > 20) else true end)
and ($t.heldout.inputs | length) == ($t.inputs | length)
and ($t.heldout.outputs | length) == ($t.outputs | length)
and all(range($t.inputs | length); . as $i | $t.heldout.inputs[$i] | second($t.inputs[$i]))
and all(range($t.outputs | length); . as $i | $t.heldout.outputs[$i] | second($t.outputs[$i]))
and any($t.heldout.inputs[]; . != null)
# weights are random, no constant of zero or one
and all($t.inputs[] | select(.constant and .values); .values.kind != "literal")
# numbers that any jq prints alike
and all($t | .. | numbers; . == 0 or fabs >= 0.0001)
END
for f in "${files[@]}"; do
	jq -e --arg file "$f" -f "$tmp/schema.jq" "$f" >/dev/null 2>"$tmp/err" || {
		echo "$f"
		cat "$tmp/err"
	}
done >"$tmp/got"
same 'every task has the keys that belong to it' /dev/null "$tmp/got"
jq '.task.heldout.inputs[0] = [1]' tasks/unary/abs_4d.json >"$tmp/abs_4d.json"
status 1 'and a held-out shape of another rank is seen' \
	jq -e --arg file unary/abs_4d.json -f "$tmp/schema.jq" "$tmp/abs_4d.json"

# ONNX Runtime runs both shapes, and gives what the task says
for second in '' -H; do
	# shellcheck disable=SC2086
	reference $second "${files[@]}" >"$tmp/reference" 2>"$tmp/err" </dev/null
	result $? "ONNX Runtime runs all tasks${second:+ on held-out shapes}" <"$tmp/err"
	jq -r '. as $r | .task.outputs | to_entries[]
		| select([.value | .name, .dtype, .shape] != ($r.reference.outputs[.key] | [.name, .dtype, .shape]))
		| "\($r.task.name) \(.value.name)"' "$tmp/reference" >"$tmp/got"
	same "outputs have the stated shapes and dtypes${second:+, held out}" /dev/null "$tmp/got"
done

# twins
cat >"$tmp/twins.py" <<'END'
import ast, os, sys

for path in sys.argv[1:]:
    path = path[:-5] + ".py"
    with open(path) as f:
        tree = ast.parse(f.read(), path)
    names = {n.name for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}
    if not {"Model", "get_inputs", "get_init_inputs"} <= names:
        print(path, "lacks", {"Model", "get_inputs", "get_init_inputs"} - names)
END
ok 'every task has a twin of the right form' bash -c \
	"! python3 '$tmp/twins.py' ${files[*]} 2>&1 | grep ."

# list and show
status 0 'make list' make -s list
ok 'prints a task a line' test "$(wc -l <"$tmp/out")" = "${#files[@]}"
make -s list CATEGORY=pooling OP=MaxPool >"$tmp/got"
ok 'and filters' bash -c "grep -q '^max_pool_3x3_s2 .*float' '$tmp/got' &&
	! grep -v ' pooling  *MaxPool ' '$tmp/got'"
ok 'a filter that fits nothing leaves nothing' test -z "$(make -s list OP=Nosuch)"
status 2 'an unknown suite' make -s list SUITE=nosuch
ok 'is named beside those there are' grep -q "no suite 'nosuch'.*core.*first" "$tmp/err"
status 69 'an unknown task' mk/tasks.sh show nosuch
errline 'is named' "no task 'nosuch'"
status 0 'show' mk/tasks.sh show conv_3x3_s1
ok 'prints attributes, shapes and the twin' bash -c \
	"grep -q 'pads=\[1,1,1,1\]' '$tmp/out' && grep -q 'class Model' '$tmp/out' &&
	grep -q 'conv.weight .*float\[32,32,3,3\] constant' '$tmp/out'"

# reference
status 64 'reference: an unknown flag' reference --nosuch
status 64 'reference: a key that is none' reference -k 12 tasks/unary/abs_4d.json
status 65 'reference: no record' reference <<<'{"nothing":1}'
errline 'says where' 'task'
jq '.task.op = "Nosuch"' tasks/unary/abs_4d.json >"$tmp/nosuch.json"
status 70 'reference: an operator that is none' reference "$tmp/nosuch.json"
errline 'names it' 'Nosuch'
status 74 'reference: a full disk' bash -c 'reference tasks/unary/abs_4d.json >/dev/full'
mkdir "$tmp/d"
mkdir "$tmp/home"
status 0 'reference' env -u XDG_CACHE_HOME HOME="$tmp/home" reference tasks/unary/abs_4d.json
ok 'ONNX Runtime keeps no telemetry in the home' test -z "$(ls -A "$tmp/home")"
reference -d "$tmp/d" -c 3 tasks/matrix/gemm_linear.json >"$tmp/1"
reference -d "$tmp/d" -c 3 tasks/matrix/gemm_linear.json >"$tmp/2"
same 'the same call has the same numbers' "$tmp/1" "$tmp/2"
ok 'and writes them' test "$(stat -c %s "$tmp"/d/gemm_linear.{in.0,constant.1,constant.2,out.0} | tr '\n' ' ')" = \
	'36864 2359296 4096 65536 '
finish
