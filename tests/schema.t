#!/usr/bin/env bash
# Every key that a stage writes is stated in mkbench-json(5).
. "$(dirname "$0")/lib.sh"

sed -n 's/^\.It Va //p' "$top/man/mkbench-json.5" | sort -u >"$tmp/stated"

# stated NAME FILE: each path of the record, or one above it, is in the manual
stated() {
	jq -r 'paths | map(if type=="number" then "[]" else "."+. end) |
		join("") | ltrimstr(".")' "$2" | sort -u >"$tmp/paths"
	awk 'NR==FNR { gsub(/\.\*$/, ".", $0); said[$0]; next }
	{
		path = $0
		while (path != "") {
			if (path in said) next
			if (!match(path, /(\.[^.[]*|\[\])$/)) break
			path = substr(path, 1, RSTART - 1)
			if ((path ".") in said) next
		}
		# an object on the way to what is stated
		for (s in said) if (index(s, $0 ".") == 1 || index(s, $0 "[") == 1) next
		print
	}' "$tmp/stated" "$tmp/paths" >"$tmp/unstated"
	result "$(test -s "$tmp/unstated" && echo 1 || echo 0)" "$1" <"$tmp/unstated"
}

task=$top/tasks/convolution/conv_3x3_s1.json
spec2onnx <"$task" | onnx2spec >"$tmp/0"; stated onnx2spec "$tmp/0"
prompt "$task" >"$tmp/1"; stated prompt "$tmp/1"
llm-call --model oracle <"$tmp/1" >"$tmp/2"; stated llm-call "$tmp/2"
unpack <"$tmp/2" >"$tmp/3"; stated unpack "$tmp/3"
xcompile <"$tmp/3" >"$tmp/4"; stated xcompile "$tmp/4"
devrun --quick <"$tmp/4" >"$tmp/5"; stated devrun "$tmp/5"
score -R <"$tmp/5" >"$tmp/6"; stated score "$tmp/6"
score -s -f json <"$tmp/6" >"$tmp/7"; stated 'score --summary' "$tmp/7"

# and a candidate that ends badly
jq -c '.candidate.files=[{name:"kernel.c",text:"int RegisterCustomOps(void){return *(volatile int*)0;}"}]' \
	"$tmp/3" | xcompile | devrun --quick | score >"$tmp/8"
ok 'a crash is a result' jq -e '.verdict.compiled and (.verdict.correct|not)' "$tmp/8"
stated 'devrun of a crash' "$tmp/8"
echo '{"task":{"nosuch":1},"run":{"other":2}}' >"$tmp/9"
ok 'an unstated key is seen' bash -c "$(declare -f stated result)
	count=0 failed=0 tmp=$tmp; stated x $tmp/9 | grep -q '^not ok' && grep -qx task.nosuch $tmp/unstated"
finish
