#!/bin/sh
# version.sh PROGRAM - keep build/version/NAME, what a stage's output depends on:
# rewritten only when the stage says another version of its format.
set -eu
file=build/version/$(basename "$1")
mkdir -p build/version
"$1" --version >"$file.tmp" 2>/dev/null </dev/null || echo none >"$file.tmp"
if cmp -s "$file.tmp" "$file"; then rm "$file.tmp"; else mv "$file.tmp" "$file"; fi
