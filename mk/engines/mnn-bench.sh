#!/usr/bin/env bash
# mnn-bench.sh - candidates per minute, from answer to verdict without timing.
#
# usage: mnn-bench.sh ROOT BUILD [COPY]
#
# Ours: N candidates at JOBS jobs (the tree's own file of the operator, each time
# with another first line) through xcompile, devrun's verification and score, up to
# ten through one pipe but with all jobs at work, from a tree and build that are only
# read; their checksums before and after.
# By hand, the way of an operator file put into the tree: in COPY, a copy of tree and
# build (made if it is not there): the file is replaced, library, converter and the
# program that runs it are made anew (all hold the operator), the model is converted
# and run, the file is put back.  What comes out is compared with nothing.  ROUNDS
# times; without COPY that side is left out.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
root=$(realpath "$1") build=$(realpath "$2") copy=${3-}
n=${N:-40} jobs=${JOBS:-2} rounds=${ROUNDS:-3}
batch=$((n <= jobs ? 1 : n / jobs < 10 ? n / jobs : 10))
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export MNN_ROOT=$root MNN_BUILD=$build PATH=$top/bin:$PATH top tmp root

sum() {
	find "$root" "$build" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

# candidate NAME: one that nobody has compiled before
candidate() {
	jq -nc --slurpfile t "$top/tasks/activation/relu_4d.json" --arg n "$1 $$ $RANDOM" \
		--rawfile k "$root/source/backend/cpu/CPURelu.cpp" \
		'$t[0] + {request: {engine: "mnn", files: []}, response: {},
		candidate: {status: "ok", files: [{name: "kernel.cpp", text: ("// \($n)\n" + $k)}]}}' \
		>"$tmp/$1.candidate"
}

# some candidates, one after the other through the stages
some() {
	xcompile "${@/%/.candidate}" | devrun --untimed --no-heldout | score >"$1.json"
}
export -f some

minute() {
	echo "$1 * 60 / ($3 - $2)" | bc -l
}

ours() {
	local i start end right
	for i in warm $(seq "$n"); do candidate "$i"; done
	some "$tmp/warm"
	start=$EPOCHREALTIME
	seq -f "$tmp/%g" "$n" | xargs -P"$jobs" -n"$batch" bash -c 'some "$@"' -
	end=$EPOCHREALTIME
	right=$(cat "$tmp"/[0-9]*.json | jq -s '[.[] | select(.verdict.correct)] | length')
	rate=$(minute "$n" "$start" "$end")
	printf 'ours: %d candidates, %d right, %.1f a minute with %d jobs\n' "$n" "$right" "$rate" "$jobs"
	[ "$n" = "$right" ]
}

byhand() {
	local i start end file=$copy/tree/source/backend/cpu/CPURelu.cpp rate2 run=
	[ -d "$copy/build" ] || "$top/mk/engines/mnn-copy.sh" "$root" "$build" "$copy"
	[ ! -e "$copy/build/MNNV2Basic.out" ] || run=MNNV2Basic.out
	cp "$file" "$tmp/saved"
	jq -c . "$top/tasks/activation/relu_4d.json" | spec2onnx >"$tmp/model.onnx"
	start=$EPOCHREALTIME
	for ((i = 0; i < rounds; i++)); do
		{ echo "// $i $RANDOM"; cat "$tmp/saved"; } >"$file"
		make -s -C "$copy/build" -j"$jobs" MNN MNNConvert $run >"$tmp/log" 2>&1 || { tail -3 "$tmp/log" >&2; exit 1; }
		"$copy/build/MNNConvert" -f ONNX --modelFile "$tmp/model.onnx" --MNNModel "$tmp/model.mnn" --bizCode x >"$tmp/log" 2>&1
		if [ "$run" ]; then
			(cd "$tmp" && "$copy/build/$run" model.mnn 1) >"$tmp/log" 2>&1
		fi
		cp "$tmp/saved" "$file"
	done
	end=$EPOCHREALTIME
	rate2=$(minute "$rounds" "$start" "$end")
	printf 'by hand: %d candidates, %.1f a minute\nratio: %.1f\n' \
		"$rounds" "$rate2" "$(echo "$rate / $rate2" | bc -l)"
}

before=$(sum)
ours
if [ "$before" != "$(sum)" ]; then
	echo "tree or build has CHANGED"
	exit 1
fi
echo "tree and build: unchanged"
[ -z "$copy" ] || byhand
