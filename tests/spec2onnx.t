#!/usr/bin/env bash
# spec2onnx: tasks to models and back; bad records; what travels in metadata.
. "$(dirname "$0")/lib.sh"

cat >"$tmp/conv" <<'EOF'
{"task":{"name":"conv_a","category":"convolution","op":"Conv","domain":"","opset":20,"attributes":{"pads":{"ints":[1,1,1,1]}},"inputs":[{"name":"x","dtype":"float","shape":[1,2,4,4],"values":{"kind":"normal","mean":0,"std":0.30000000000000004}},{"name":"w","dtype":"float","shape":[3,2,3,3],"constant":true,"values":{"kind":"uniform","low":-1,"high":1}},{"name":"b","dtype":"float","shape":[3],"constant":true,"data":[1,-2.5,0.1]}],"outputs":[{"name":"y","dtype":"float","shape":[1,3,4,4]}],"macs":"864","bytes":"548","tolerance":{"absolute":0.001,"relative":0.001,"reason":"it \"is\" so\n"},"heldout":{"inputs":[[1,2,8,8],null,{"data":[3,4,5]}],"outputs":[[1,3,8,8]]}}}
EOF
# back NAME: the record in $tmp/conv comes back as it is
back() {
	jq -S . "$tmp/$1" >"$tmp/want"
	spec2onnx <"$tmp/$1" >"$tmp/model" && onnx2spec "$tmp/model" >"$tmp/got"
	jq -S . "$tmp/got" >"$tmp/got.sorted"
	same "$2" "$tmp/want" "$tmp/got.sorted"
}
back conv 'a task comes back from its model'
same 'with its keys in their order' "$tmp/conv" "$tmp/got"
ok 'weights are there' test "$(stat -c %s "$tmp/model")" -gt 216
spec2onnx <"$tmp/conv" >"$tmp/again"
same 'and always the same' <(od -c "$tmp/model") <(od -c "$tmp/again")
sed 's/conv_a/conv_b/' "$tmp/conv" | spec2onnx >"$tmp/again"
ok 'other weights for a task of another name' test "$(cmp -l "$tmp/model" "$tmp/again" | wc -l)" -gt 150
find "$top/tasks" -path '*/oracle' -prune -o -mindepth 3 -name '*.json' -print 2>/dev/null |
	awk 'NR % 5 == 1' >"$tmp/tasks"
find "$top/tasks" -mindepth 2 -name '*.json' | sort | awk 'NR % 5 == 1' >"$tmp/tasks"
n=0 good=0
while read -r task; do
	n=$((n + 1))
	spec2onnx "$task" | onnx2spec >"$tmp/got" &&
		jq -e -n 'input == input' "$task" "$tmp/got" >/dev/null && good=$((good + 1)) ||
		echo "# $task does not come back"
done <"$tmp/tasks"
ok "$n of our tasks come back" test "$good" = "$n"

# hostile text in every place of a task's own
jq -c '.task.category="\u0001\u2028\"\\" | .task.extra={a:[1,{b:null}]} | .task.macs="1"' \
	"$tmp/conv" >"$tmp/odd"
back odd 'odd text and unknown keys too'
jq -c 'del(.task.macs,.task.bytes,.task.tolerance,.task.heldout)|.task.category=""|
	.task.inputs|=map(del(.values))' "$tmp/conv" >"$tmp/bare"
back bare 'a bare task'

# options
spec2onnx --domain mkbench <"$tmp/conv" >"$tmp/got"
ok '--domain moves the node' jq -e '.task|.domain=="mkbench" and .opset==1' <(onnx2spec "$tmp/got")
status 0 '--heldout' spec2onnx --heldout -o "$tmp/sub" "$tmp/conv"
ok 'has the other shapes' jq -e '.task|.inputs[0].shape==[1,2,8,8] and
	.inputs[2].data==[3,4,5] and .outputs[0].shape==[1,3,8,8] and
	.inputs[1].shape==[3,2,3,3] and (has("heldout")|not)' <(onnx2spec "$tmp/sub")
ok 'nothing but the file is left' test -z "$(ls "$tmp"/sub.* 2>/dev/null)"
status 65 '--heldout of a task without' spec2onnx -H "$tmp/bare"
errline 'says so' 'bare: record 1: task: no held-out shapes'
status 64 'an unknown flag' spec2onnx --nosuch
status 69 'no such file' spec2onnx "$tmp/none"
if [ -w /dev/full ]; then
	spec2onnx <"$tmp/conv" >/dev/full 2>"$tmp/err"
	ok 'a full disk is status 74' test $? = 74
	errline 'and is said' 'stdout'
fi
status 74 'a directory that is not there' spec2onnx -o "$tmp/no/where" "$tmp/conv"

# many dtypes as data
jq -nc '[["float","double","float16","bfloat16"][]|{d:.,v:[0,-1.5,"NaN","Infinity","-Infinity"]}] +
	[{d:"int8",v:[-128,127]},{d:"uint8",v:[0,255]},{d:"int16",v:[-32768]},{d:"uint16",v:[65535]},
	{d:"int32",v:[-2147483648]},{d:"uint32",v:[4294967295]},
	{d:"int64",v:["-9223372036854775808",9007199254740992]},{d:"uint64",v:["18446744073709551615"]},
	{d:"bool",v:[true,false]},{d:"string",v:["a",{base64:"/w=="},""]}] | .[] |
	{task:{name:"t",category:"",op:"Odd",domain:"",opset:20,attributes:{v:{tensor:{dtype:.d,shape:[.v|length],data:.v}}},
	inputs:[{name:"w",dtype:.d,shape:[.v|length],constant:true,data:.v}],outputs:[{name:"y",dtype:.d}]}}' >"$tmp/dtypes"
n=0
while read -r line; do
	n=$((n + 1))
	echo "$line" >"$tmp/dtype"
	back dtype "data of $(jq -r .task.inputs[0].dtype "$tmp/dtype")"
done <"$tmp/dtypes"

# bad NAME FILTER PATTERN
bad() {
	jq -c "$2" "$tmp/conv" >"$tmp/in"
	status 65 "$1" spec2onnx "$tmp/in"
	errline "$1: says where" "/in: record 1: .*$3"
}
bad 'no op' 'del(.task.op)' "task: no 'op'"
bad 'no task' '{a:1}' "no object 'task'"
bad 'an unknown dtype' '.task.inputs[0].dtype="quad"' "inputs\[0\].*unknown dtype 'quad'"
bad 'a negative dim' '.task.inputs[0].shape[1]=-1' 'shape.*not an integer'
bad 'half a dim' '.task.inputs[1].shape[1]=0.5' 'shape.*not an integer'
bad 'a huge shape' '.task.inputs[1].shape=[4294967296,4294967296]' 'too many elements'
bad 'a large shape' '.task.inputs[1].shape=[65536,65536]' 'over 2 GiB'
bad 'too few data' '.task.inputs[2].data=[1]' 'data.*not an array of 3'
bad 'data of another type' '.task.inputs[2].data=["x",1,2]' 'data\[0\].*not a number'
bad 'raw that is no base64' '.task.inputs[2]|=(del(.data)|.raw="*")' 'raw.*not base64 of 12'
bad 'raw of another size' '.task.inputs[2]|=(del(.data)|.raw="AAAA")' 'raw.*not base64 of 12'
bad 'a constant without shape' 'del(.task.inputs[1].shape)' "constant 'w' has no shape"
bad 'an unknown attribute type' '.task.attributes.pads={intz:[1]}' 'pads.*no attribute type'
bad 'two values of an attribute' '.task.attributes.pads.int=1' 'pads.int: a second key'
bad 'an attribute that is no object' '.task.attributes.pads=[1]' 'pads'
bad 'ints that are none' '.task.attributes.pads={ints:[1.5]}' 'ints\[0\].*not an integer'
bad 'an int beyond 64 bits' '.task.attributes.pads={int:"9223372036854775808"}' 'not an integer of 64'
bad 'no opset' 'del(.task.opset)' "no 'opset'"
bad 'values that are no generator' '.task.inputs[1].values={kind:"nosuch"}' 'nosuch'
bad 'a part of a file that is shorter' '.task.inputs[2]|=(del(.data)|
	.external={location:"/dev/null",offset:"0",length:"12",field:"raw_data"})' 'has 0 bytes'
bad 'lost bytes' '.task.inputs[2]|=(del(.data)|
	.external={offset:"0",length:"12",field:"raw_data"})' 'were not kept'
: | status 65 'no record' spec2onnx
errline 'says so' 'stdin: no record'
printf '{"task":' | status 65 'half a record' spec2onnx
cat "$tmp/conv" "$tmp/conv" | status 65 'two tasks' spec2onnx
errline 'says so' 'a model of 1 nodes, not 2'

# several nodes
dpkg -L libonnx-testdata >"$tmp/files"
model=$(grep -m1 'test_elu_example_expanded.*/model.onnx$' "$tmp/files" ||
	grep -m1 'test_celu_expanded/model.onnx$' "$tmp/files")
onnx2spec "$model" >"$tmp/nodes"
ok 'a model of several nodes' test "$(wc -l <"$tmp/nodes")" -gt 1
spec2onnx <"$tmp/nodes" >"$tmp/got"
same 'comes back' <(od -c "$model") <(od -c "$tmp/got")
sed 2d "$tmp/nodes" | status 65 'less a node it does not' spec2onnx
errline 'says so' 'stdin: \[0\].task: a model of'
sed '1{h;d};2G' "$tmp/nodes" | status 65 'nor in another order' spec2onnx
while read -r line; do
	spec2onnx <<<"$line" >"$tmp/got" && onnx2spec "$tmp/got" >/dev/null || echo "$line"
done <"$tmp/nodes" >"$tmp/rest"
same 'each record alone is a model' /dev/null "$tmp/rest"
finish
