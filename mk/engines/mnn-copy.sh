#!/usr/bin/env bash
# mnn-copy.sh - a copy of an MNN tree and its build that make can go on with.
#
# usage: mnn-copy.sh ROOT BUILD DIR      DIR/tree and DIR/build
#
# Makefiles and their like name the copy instead; all times stay, so that nothing
# is made anew that was made.
set -euo pipefail
root=$(realpath "$1") build=$(realpath "$2") copy=$3
mkdir -p "$copy"
copy=$(realpath "$copy")
cp -a "$root" "$copy/tree"
cp -a "$build" "$copy/build"
grep -rlIF -e "$root" -e "$build" "$copy/build" | while read -r f; do
	touch -r "$f" "$copy/stamp"
	sed -i "s#$build#$copy/build#g; s#$root\\b#$copy/tree#g" "$f"
	touch -r "$copy/stamp" "$f"
done
rm -f "$copy/stamp"
