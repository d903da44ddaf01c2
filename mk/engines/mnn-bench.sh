#!/usr/bin/env bash
# mnn-bench.sh - candidates per minute, from answer to verdict without timing.
#
# usage: mnn-bench.sh ROOT BUILD [COPY]
#
# Ours: N candidates at two jobs (the tree's own file of the operator, each time with
# another first line) through xcompile and devrun's verification,
# from a tree and build that are only read; their checksums before and after.
# By hand, the way of an operator file put into the tree: in COPY, a writable copy
# of tree and build made by the user (make and its makefiles of the copy must lead
# to the copy): the file is replaced, library and converter are made anew, the model
# is converted and run, the file is put back.  Without COPY that side is left out.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
root=$(realpath "$1") build=$(realpath "$2") copy=${3-} n=${N:-40}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export MNN_ROOT=$root MNN_BUILD=$build PATH=$top/bin:$PATH

sum() {
	find "$root" "$build" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

# a candidate nobody has compiled before
candidate() {
	jq -nc --slurpfile t "$top/tasks/activation/relu_4d.json" --arg n "$1 $$ $RANDOM" \
		--rawfile k "$root/source/backend/cpu/CPURelu.cpp" \
		'$t[0] + {request: {engine: "mnn", files: []}, response: {},
		candidate: {status: "ok", files: [{name: "kernel.cpp", text: ("// \($n)\n" + $k)}]}}'
}

one() {
	candidate "$1" | xcompile | devrun --untimed >"$tmp/$1.json"
}
export -f one candidate
export top tmp root

before=$(sum)
one warm
start=$(date +%s.%N)
seq "$n" | xargs -P2 -I{} bash -c 'one {}'
end=$(date +%s.%N)
ok=$(cat "$tmp"/[0-9]*.json | jq -s '[.[] | select(.run.status == "ok")] | length')
ours=$(echo "$n * 60 / ($end - $start)" | bc -l)
printf 'ours: %d candidates, %d right, %.1f a minute with two jobs\n' "$n" "$ok" "$ours"
if [ "$before" != "$(sum)" ]; then
	echo "tree or build has CHANGED"
	exit 1
fi
echo "tree and build: unchanged"

[ -n "$copy" ] || exit 0
file=$copy/tree/source/backend/cpu/CPURelu.cpp
cp "$file" "$tmp/saved"
jq -c . "$top/tasks/activation/relu_4d.json" | spec2onnx >"$tmp/model.onnx"
start=$(date +%s.%N)
rounds=${ROUNDS:-3}
for ((i = 0; i < rounds; i++)); do
	{ echo "// $i $RANDOM"; cat "$tmp/saved"; } >"$file"
	make -s -C "$copy/build" -j2 MNN MNNConvert >"$tmp/log" 2>&1 || { tail -3 "$tmp/log" >&2; exit 1; }
	"$copy/build/MNNConvert" -f ONNX --modelFile "$tmp/model.onnx" --MNNModel "$tmp/model.mnn" --bizCode x >"$tmp/log" 2>&1
	[ ! -x "$copy/build/MNNV2Basic.out" ] || "$copy/build/MNNV2Basic.out" "$tmp/model.mnn" 1 >"$tmp/log" 2>&1
	cp "$tmp/saved" "$file"
done
end=$(date +%s.%N)
byhand=$(echo "$rounds * 60 / ($end - $start)" | bc -l)
printf 'by hand: %d candidates, %.1f a minute\nratio: %.1f\n' "$rounds" "$byhand" "$(echo "$ours / $byhand" | bc -l)"
