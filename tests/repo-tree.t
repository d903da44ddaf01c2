#!/usr/bin/env bash
# shellcheck source=tests/lib.sh disable=SC2016,SC2317
. "$(dirname "$0")/lib.sh"

# an index of its own
mkdir -p "$tmp/root/mk" "$tmp/tree"
ln -s "$top/mk/engines" "$tmp/root/mk/engines"
mkdir -p "$tmp/root/build"
ln -s "$top/build/ort" "$tmp/root/build/ort"
export MKBENCH_ROOT=$tmp/root
cp -r "$top"/tests/err-extract/engine/* "$tmp/tree"
R=(repo-tree -r "$tmp/tree")

stat() {
	"${R[@]}" -S | awk -v k="$1" '$1 == k { print $2 }'
}

status 0 "a tree is indexed" "${R[@]}" -S
cp "$tmp/out" "$tmp/got"
ok "each file is parsed" grep -qx 'parsed	2' "$tmp/got"
ok "once" test "$(stat parsed)" = 0
hash=$(stat hash)
touch "$tmp/tree/core/Execution.hpp"
ok "a new time alone parses nothing" test "$(stat parsed)" = 0
ok "nor does it change the hash" test "$(stat hash)" = "$hash"
printf '\nint added(float x);\n' >>"$tmp/tree/core/Execution.hpp"
ok "new content does" test "$(stat parsed)" = 1
ok "and the hash is another" test "$(stat hash)" != "$hash"
ok "what was added is found" grep -q ':[0-9]*: function added (declared)' <("${R[@]}" -w added)
echo 'void more();' >"$tmp/tree/core/more.h"
ok "a new file, too" test "$("${R[@]}" -w more)" = "core/more.h:1: function more (declared)"
rm "$tmp/tree/core/more.h"
ok "and it goes" test -z "$("${R[@]}" -w more)"
head -c 400000 /dev/zero | tr '\0' 'x' >"$tmp/tree/big.h"
ok "over 300 kB a file is listed" test "$(stat listed)" = 1
ok "and not parsed" grep -q 'big.h (400 kB, not parsed)' <("${R[@]}" -t)
rm "$tmp/tree/big.h"
index=$(echo "$tmp"/root/build/index/*.idx)
head -c 1000 "$index" >"$tmp/cut" && cp "$tmp/cut" "$index"
ok "a damaged index is made anew" test "$(stat parsed)" = 2

"${R[@]}" -w onExecute Tensor REGISTER_CPU_OP_CREATOR NOT_SUPPORT alpha >"$tmp/got"
cat >"$tmp/want" <<'E'
core/Execution.hpp:65: function MNN::Execution::onExecute (declared)
core/Execution.hpp:10: class MNN::Tensor
backend/cpu/CPUBackend.hpp:27: macro REGISTER_CPU_OP_CREATOR
core/Execution.hpp:7: value MNN::NOT_SUPPORT (declared)
core/Execution.hpp:77: field MNN::Op::alpha (declared)
E
sed -i 's/^\(core.*\):[0-9]*: /\1: /' "$tmp/got" "$tmp/want"
same "where" "$tmp/want" "$tmp/got"

"${R[@]}" -D MNN::Backend::onAcquireBuffer >"$tmp/got"
tail -n +2 "$tmp/got" >"$tmp/decl"
printf '\t%s\n\t%s\n\n' "// Memory for a tensor's life; false if there is none." \
	'virtual bool onAcquireBuffer(const Tensor *tensor, int storage) = 0;' >"$tmp/want"
same "a declaration with its comment" "$tmp/want" "$tmp/decl"

for pair in onAllocateBuffer:onAcquireBuffer elementCount:elementSize \
	REGISTER_CPU_OP:REGISTER_CPU_OP_CREATOR NOT_SUPPORTED:NOT_SUPPORT \
	getThreadNumber:threadNumber; do
	ok "near ${pair%:*}" grep -q "::${pair#*:}\$\|^${pair#*:}\$" \
		<("${R[@]}" -n "${pair%:*}" | cut -f1)
done

"${R[@]}" -H MNN::Execution CPUBackend >"$tmp/got"
"${R[@]}" -H Tensor >>"$tmp/got"
printf 'backend/cpu/CPUBackend.hpp\ncore/Execution.hpp\n' >"$tmp/want"
same "headers, those that others bring in apart" "$tmp/want" "$tmp/got"

"${R[@]}" -t >"$tmp/full"
ok "the tree shows signatures" grep -q 'function int length(int index) const' "$tmp/full"
"${R[@]}" -t -b 60 >"$tmp/small"
ok "within a budget" test "$(wc -c <"$tmp/small")" -le 180
ok "fewer levels then" grep -q 'Execution.hpp' "$tmp/small"
ok "under a folder" test "$("${R[@]}" -t -d 1 -u core)" = "core/ (1 files)"

# every invented function of ONNX Runtime leads to the right one
cat >"$tmp/pairs" <<'E'
KernelInfo_GetFloatAttribute KernelInfoGetAttribute_float
KernelContext_AllocateOutput KernelContext_GetOutput
KernelContextGetInput KernelContext_GetInput
GetTensorElementCount GetTensorShapeElementCount
GetTensorMutableRawData GetTensorMutableData
GetDims GetDimensions
CustomOpDomainAdd CustomOpDomain_Add
SessionOptionsAddCustomOpDomain AddCustomOpDomain
E
while read -r wrong right; do
	ok "$wrong: $right" grep -qx "OrtApi::$right" \
		<(repo-tree -e ort -i OrtApi -n "$wrong" | cut -f1)
done <"$tmp/pairs"

cat >"$tmp/record.json" <<'E'
{"task":{"name":"t","op":"Relu"},"request":{"engine":"ort"},
"candidate":{"files":[{"name":"kernel.cc","text":"struct Kernel { int x; };"}]},
"errors":{"list":[{"message":"m","symbols":["OrtApi","KernelContext_AllocateOutput","Kernel"]},
{"message":"n","symbols":["KernelContext_GetInput"]}]}}
E
status 0 "a record" repo-tree "$tmp/record.json"
jq -c '.context | [(.declarations[] | .name), .unknown[0].symbol,
	(.unknown | length), .unknown[0].near[0].name, .headers]' "$tmp/out" >"$tmp/got" 2>&1
echo '["OrtApi","OrtApi::KernelContext_GetInput","KernelContext_AllocateOutput",1,"OrtApi::KernelContext_GetOutput",["onnxruntime_c_api.h"]]' >"$tmp/want"
same "declarations, near names, headers; its own names apart" "$tmp/want" "$tmp/got"
status 0 "in a small budget" repo-tree -b 600 "$tmp/record.json"
cp "$tmp/out" "$tmp/got"
ok "which holds" jq -e '.context | .tokens <= 600 and .tokens > 0' "$tmp/got"
ok "no path of this machine" bash -c 'grep -q "index" "$2" && ! grep -q "$1" "$2"' - "$top" "$tmp/got"

# a member of the candidate's own class is looked for in what that derives from
cat >"$tmp/own.json" <<'E'
{"task":{"name":"t","op":"Relu"},"candidate":{"files":[{"name":"kernel.cc","text":"class Mine : public MNN::Execution {\n};\n"}]},
"errors":{"list":[{"message":"m","symbols":["Mine","MNN::Mine::onExecute","std::vector"]},
{"message":"n","symbols":["MNN::Tensor","elementCount"]}]}}
E
status 0 "the candidate's own class" "${R[@]}" "$tmp/own.json"
jq -c '.context | [(.declarations[] | .name), .unknown[0].symbol, .unknown[0].near[0].name, (.unknown | length)]' "$tmp/out" >"$tmp/got" 2>&1
echo '["MNN::Execution::onExecute","MNN::Tensor","elementCount","MNN::Tensor::elementSize",1]' >"$tmp/want"
same "its base is shown, the standard library is not" "$tmp/want" "$tmp/got"

status 64 "two queries" repo-tree -t -w
status 64 "unknown flag" repo-tree --nonsense
status 69 "no such engine" repo-tree -e none -S
errline "those that exist are listed" 'ort'
status 69 "no such tree" repo-tree -r "$tmp/none" -S
errline "names it" "$tmp/none"
status 65 "no record" repo-tree <<<'[]'
status 74 "a full disk" bash -c 'repo-tree -t >/dev/full'

# random bytes are no C
mkdir "$tmp/random"
head -c 100000 /dev/urandom >"$tmp/random/a.c"
printf '{{{(((#if\n"' >"$tmp/random/b.c"
: >"$tmp/random/c.h"
status 0 "a tree of random bytes" repo-tree -r "$tmp/random" -S

if [ -d "${MNN_ROOT:-}" ] && command -v ctags >/dev/null; then
	TIMEFORMAT='%R %U'
	rm -f "$tmp"/root/build/index/*
	read -r cold coldcpu < <({ time repo-tree -r "$MNN_ROOT" -S >/dev/null; } 2>&1)
	read -r tags tagscpu < <({ time ctags -R --languages=C,C++ -f "$tmp/tags" "$MNN_ROOT"; } 2>&1)
	read -r warm _ < <({ time repo-tree -r "$MNN_ROOT" -n onAllocateBuffer >/dev/null; } 2>&1)
	echo "# cold index $cold s ($coldcpu s of processor), ctags $tags s ($tagscpu s), warm query $warm s"
	ok "MNN: no more time than ctags" perl -e 'exit !($ARGV[0] <= $ARGV[1])' "$coldcpu" "$tagscpu"
	ok "MNN: a warm query in 50 ms" perl -e 'exit !($ARGV[0] < 0.05)' "$warm"
else
	skip "MNN: no more time than ctags" "needs MNN_ROOT and ctags"
	skip "MNN: a warm query in 50 ms" "needs MNN_ROOT and ctags"
fi

finish
