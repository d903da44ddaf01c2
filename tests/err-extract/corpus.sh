#!/usr/bin/env bash
# corpus.sh - one log of a kernel with a planted mistake.
#
# usage: corpus.sh DIR NUMBER COMPILER	(gcc, json or clang)
#
# Makes DIR/NUMBER.COMPILER.{log,want} from line NUMBER of the mutations:
# what the compiler prints, and the mistake's kind, file and line.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$1 number=$2 compiler=$3
IFS=$'\t' read -r sample kind file script shows < <(sed -n "${number}p" "$here/mutations")
include=$here/../../build/ort/include
name=$number.$compiler work=$dir/$number.$compiler.d

mkdir -p "$work"
case $sample in
relu*) cp "$here/relu.c" "$here/kernel.h" "$work"; main=relu.c ;;
scale*) cp "$here/scale.cc" "$here/kernel.h" "$work"; main=scale.cc ;;
leaky*) cp "$here"/mnn/* "$work"; main=CPULeaky.cpp ;;
esac
sed -i "$script" "$work/$file"
if [ -n "${shows:-}" ]; then
	line=$(grep -n -- "${shows#*:}" "$work/${shows%%:*}" | sed -n '1s/:.*//p')
	file=${shows%%:*}
else
	original=$(find "$here" -name "$file" | head -1)
	line=$({ diff "$original" "$work/$file" || :; } | sed -nE '1s/^[0-9,]+[acd]([0-9]+).*/\1/p')
fi
[ -n "$line" ] || { echo "mutation $number changes nothing" >&2; exit 1; }

case $compiler-$main in
clang-*.c) cc=(clang) ;;
clang-*) cc=(clang++) ;;
*.c) cc=(gcc) ;;
*) cc=(g++) ;;
esac
[ "$compiler" != json ] || cc+=(-fdiagnostics-format=json)
case $sample in
*-link) cc+=(-g -shared -fPIC "-Wl,-z,defs" -o out.so) ;;
*) cc+=(-fsyntax-only) ;;
esac
if (cd "$work" && "${cc[@]}" -Wall -I. "-I$include" "-I$here/engine" "$main") \
	>"$dir/$name.log" 2>&1; then
	echo "mutation $number is no mistake for ${cc[0]}" >&2
	exit 1
fi
printf '%s\t%s\t%s\t%s\n' "$name" "$kind" "$file" "$line" >"$dir/$name.want"
