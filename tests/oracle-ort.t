#!/bin/bash
# The hand-written kernels of ONNX Runtime's custom operators: on ONNX's own
# operator tests, on the tasks with their held-out shapes, and on variants of
# attributes and shapes that no task has (tests/oracle-ort/*.json, a record a
# line).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1

check=build/tests/oracle-check
kernels=build/oracle
nodes=/usr/share/libonnx-testdata/data/node


ok 'all kernels compile' make -s -j2 oracles

if [ -d $nodes ]; then
	# not here: training, arithmetic in float16, and types that no task has
	printf '%s\n' $nodes/* | grep -vE '_training_mode$|_(max|min|sign)_float16$|FLOAT8|INT4' \
		>"$tmp/list"
	status 0 'operator tests of ONNX' $check nodes $kernels <"$tmp/list"
	grep '^not' "$tmp/out" | sed 's/^/# /'
	passed=$(grep -c '^ok' "$tmp/out")
	echo "# $passed pass; $(grep -c 'Runtime does not pass' "$tmp/out") that ONNX Runtime does not pass either"
	ok 'at least 500 of them' [ "$passed" -ge 500 ]
else
	skip 'operator tests of ONNX' 'libonnx-testdata is not installed'
fi

ls tasks/*/*.json >"$tmp/list"
status 0 'tasks, and their held-out shapes' $check tasks $kernels <"$tmp/list"
grep '^not' "$tmp/out" | sed 's/^/# /'

while read -r record; do
	name=$(jq -r .task.name <<<"$record")
	echo "$record" >"$tmp/$name.json"
	echo "$tmp/$name.json"
done < <(cat tests/oracle-ort/*.json) >"$tmp/list"
status 0 'variants beyond the tasks' $check tasks $kernels <"$tmp/list"
grep '^not' "$tmp/out" | sed 's/^/# /'

# a checker that finds nothing would pass: a wrong kernel must not
mkdir "$tmp/wrong"
sed 's/#define RELU.*/#define RELU(T, x) ((x) < 0 ? (T)-0.01 : (x))/' \
	tasks/oracle/ort/Relu.c >"$tmp/wrong/Relu.c"
ok 'a wrong kernel compiles' gcc -O1 -std=gnu11 -fPIC -shared \
	-Itasks/oracle/ort -Ibuild/ort/include -o "$tmp/wrong/Relu.so" \
	"$tmp/wrong/Relu.c"
echo tasks/activation/relu_4d.json >"$tmp/list"
status 1 'and is found out' $check tasks "$tmp/wrong" <"$tmp/list"

finish
