#!/usr/bin/env bash
# import: a model of 500 nodes becomes a suite that ONNX Runtime runs.
. "$(dirname "$0")/lib.sh"

# a root of our own, with ONNX Runtime in it
mkdir -p "$tmp/root/tasks"
ln -s "$top/build" "$tmp/root/build"
export MKBENCH_ROOT=$tmp/root
tasks=$tmp/root/tasks

python3 "$top/tests/import/model.py" 70 >"$tmp/net.onnx"
python3 "$top/tests/import/model.py" 70 away >"$tmp/away.onnx"
nodes=$(onnx2spec "$tmp/net.onnx" | wc -l)
ok "the model has $nodes nodes" test "$nodes" -gt 500
# ms COMMAND...: its time of the processor, which others on the machine change
# less than that of the clock
ms() {
	local TIMEFORMAT='%U %S'
	{ time "$@" >"$tmp/said" 2>"$tmp/time.err"; } 2>"$tmp/time" || return
	awk '{ printf "%d\n", 1000 * ($1 + $2) }' "$tmp/time"
}
status 0 'it becomes a suite' ms import --dim N=2 --suite net "$tmp/net.onnx"
ms=$(cat "$tmp/out")
echo "# $nodes nodes in $ms ms"
[ -n "${MKBENCH_SANITIZED:-}" ] || ok 'in under 5 s' test "$ms" -lt 5000

suite=$tasks/net.json
cat >"$tmp/want" <<'EOF'
net_add_1 70
net_batchnormalization_1 140
net_conv_1 1
net_conv_2 140
net_gather_1 1
net_matmul_1 1
net_mul_1 1
net_relu_1 140
net_reshape_1 1
net_slice_1 1
net_softmax_1 1
net_sqrt_1 1
net_topk_1 1
EOF
jq -r '.tasks[]|"\(.name) \(.count)"' "$suite" | sort >"$tmp/got"
same 'a task for each operator instance' "$tmp/want" "$tmp/got"
ok 'no node is lost' test "$nodes" = \
	"$(jq '([.tasks[].count]|add) + (.left_out|length)' "$suite")"
ok 'shares are of all multiply-adds' jq -e '[.tasks[].share]|add > 0.999 and add < 1.001' "$suite"
ok 'most are of the convolutions' jq -e '.tasks[]|select(.name=="net_conv_2").share > 0.9' "$suite"
cat >"$tmp/want" <<'EOF'
batch1_Unsqueeze: computes from constants alone
batch_Gather: computes from constants alone
either_If: has a graph of its own
fancy_Fancy: ONNX Runtime: Fatal error: com.example:Fancy(-1) is not a registered function/op
nz_NonZero: a shape is not known before it runs
nzf_Cast: a shape is not known before it runs
sh_Shape: its result is known from shapes and constants
to_Concat: computes from constants alone
unfancy_Neg: takes 'fancy', which a node that is left out makes
EOF
jq -r '.left_out[]|"\(.node): \(.reason)"' "$suite" | sort >"$tmp/got"
same 'what is left out is listed with its reason' "$tmp/want" "$tmp/got"
ok 'and said' grep -q 'left out: either_If (If): has a graph' "$tmp/said"
ok 'a dim without a value is said' grep -q "dim 'len': taken as 1" "$tmp/said"
ok 'one with a value is not' test "$(grep -c "dim 'N'" "$tmp/said")" = 0

# task FILTER: on the task's record
task() {
	local name=$1
	shift
	jq -e "$@" "$tasks/imported/net/$name.json"
}
ok 'shapes are inferred' task net_conv_2 '.task|.inputs[0].shape==[2,16,32,32] and .outputs[0].shape==[2,16,32,32]'
ok 'weights are told by their statistics' task net_conv_2 '.task.inputs[1]|.constant and
	(has("data")|not) and .values.kind=="normal" and .values.std > 0.05 and .values.std < 0.065'
ok 'positive ones stay positive' task net_batchnormalization_1 '.task.inputs[4].values|.kind=="uniform" and .low >= 0.49'
ok 'a computed shape is a literal' task net_reshape_1 '.task.inputs[1]|.constant and .data==[2,-1]'
ok 'starts, ends and axes too' task net_slice_1 '[.task.inputs[1:][].data]==[[1],[5],[1]]'
ok 'and k' task net_topk_1 '.task.inputs[1].data==[3]'
ok 'indices are valid' task net_gather_1 '.task.inputs[1].values=={kind:"indices",size:50}'
ok 'an input that is taken twice is one' task net_mul_1 '.task.inputs|.[0].name==.[1].name'
ok 'roots are of positive numbers' task net_sqrt_1 '.task.inputs[0].values.low > 0'
cat >"$tmp/hashes.py" <<'E'
# members in order, no blanks, numbers as they are written
import hashlib, json, re, sys
for task in json.load(open(sys.argv[1]))["tasks"]:
    path = "%s/%s/%s.json" % (sys.argv[2], task["category"], task["name"])
    record = json.load(open(path), parse_float=lambda s: "\0" + s)
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = re.sub(r'"\\u0000([^"]*)"', r"\1", text) + "\n"
    if hashlib.sha256(text.encode()).hexdigest() != task["sha256"]:
        sys.exit(task["name"])
E
ok 'hashes are of the records' python3 "$tmp/hashes.py" "$suite" "$tasks"
n=0
for f in "$tasks"/imported/net/*.json; do
	spec2onnx <"$f" >"$tmp/model" && onnx2spec "$tmp/model" >"$tmp/got" &&
		jq -e -n 'input==input' "$f" "$tmp/got" >/dev/null && n=$((n + 1))
done
ok 'every task is a model and comes back' test $n = 13
status 0 'ONNX Runtime runs every task' reference -t 1 "$tasks"/imported/net/*.json
ok 'all of them' test "$(jq -s 'map(select(.reference.ns > 0))|length' "$tmp/out")" = 13

cp -r "$tasks" "$tmp/before"
status 0 'once more' import -d N=2 -s net "$tmp/net.onnx"
ok 'is the same' diff -r "$tmp/before" "$tasks"
python3 "$top/tests/import/model.py" 0 >"$tmp/small.onnx"
status 0 'a smaller model in its place' import -s net "$tmp/small.onnx"
ok 'takes away what was' test ! -e "$tasks/imported/net/net_add_1.json"
status 0 'without its weights' ms import -d N=2 -s away "$tmp/away.onnx"
echo "# without weights in $(cat "$tmp/out") ms"
ok 'they are told by their shapes' jq -e '.task.inputs[1].values=={kind:"normal",mean:0,std:0.0833}' \
	"$tasks/imported/away/away_conv_2.json"
ok 'the same instances' test "$(jq -c '[.tasks[].count]' "$tasks/away.json")" = \
	"$(jq -c '[.tasks[].count]' "$tmp/before/net.json")"

echo '{"suite":"own","tasks":[]}' >"$tasks/own.json"
status 64 'a suite that is no import' import -s own "$tmp/net.onnx"
errline 'stays' "suite 'own' is there and is no import"
status 64 'a name with a path' import -s ../x "$tmp/net.onnx"
status 64 'a dim that is none' import -d N -s a "$tmp/net.onnx"
status 64 'no suite' import "$tmp/net.onnx"
status 69 'no such model' import -s a "$tmp/none"
status 65 'no model' import -s a "$tmp/want"
errline 'says where' 'want: byte [0-9]+'
ok 'and leaves no suite' test ! -e "$tasks/a.json"
finish
