#!/usr/bin/env bash
# What holds of every program alike: --help, its options on the man page, and an
# option that there is not.
. "$(dirname "$0")/lib.sh"

# options that a text names, one a line
options() { grep -oE '(^|[^-a-zA-Z])--[a-z][a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u; }

for source in "$top"/src/*.c; do
	p=$(basename "$source" .c)
	status 0 "$p --help" env "$p" --help </dev/null
	ok "$p: which begins with its usage" grep -q "^usage: $p" "$tmp/out"
	ok "$p: and says what it does" test "$(wc -l <"$tmp/out")" -ge 3
	options <"$tmp/out" >"$tmp/helped"
	mandoc -Tascii "$top/man/$p.1" | sed 's/.\x08//g' | options >"$tmp/paged"
	comm -23 "$tmp/helped" "$tmp/paged" >"$tmp/lacks"
	ok "$p: its page has all options of --help" diff /dev/null "$tmp/lacks"
	status 74 "$p: a full disk" bash -c 'env "$1" --help >/dev/full' - "$p" </dev/null
	status 64 "$p: an unknown option" env "$p" --nosuch </dev/null
	ok "$p: is named" grep -q -- "--nosuch" "$tmp/err"
done

# a pipe that is named as the output stays one, and gets it
mkfifo "$tmp/pipe"
through() {
	local reader
	timeout 20 cat "$tmp/pipe" >"$tmp/through" &
	reader=$!
	timeout 20 "$@" -o "$tmp/pipe" <"$tmp/in" && wait $reader && [ -p "$tmp/pipe" ] && [ -s "$tmp/through" ]
}
jq -c . "$top/tasks/activation/relu_4d.json" >"$tmp/in"
ok 'spec2onnx -o a pipe' through spec2onnx
ok 'prompt -o a pipe' through prompt
cp "$tmp/through" "$tmp/in"
ok 'llm-call -o a pipe' through llm-call -m oracle
finish
