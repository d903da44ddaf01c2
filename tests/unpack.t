#!/usr/bin/env bash
# unpack: hostile answers become files of the schema, or a refusal.
. "$(dirname "$0")/lib.sh"

# answer TEXT: the record that unpack gets
answer() {
	jq -nc --arg t "$1" '{task:{op:"Relu"},request:{engine:"ort",messages:[]},
		response:{outcome:"ok",text:$t,reasoning:"hm"}}'
}

# gives NAME TEXT FILES: the files that come of it, as NAME=LENGTH
gives() {
	answer "$2" | unpack >"$tmp/out" 2>"$tmp/err"
	jq -r '[.candidate.files[] | "\(.name)=\(.text|length)"] | join(" ")' \
		"$tmp/out" >"$tmp/got"
	echo "$3" >"$tmp/want"
	same "$1" "$tmp/want" "$tmp/got"
}

# refuses NAME PATTERN, the record on stdin
refuses() {
	status 0 "$1" unpack
	ok "$1: the reason" jq -e --arg p "$2" \
		'.candidate.status=="refused" and .candidate.files==[] and
		(.candidate.reason|test($p))' "$tmp/out"
}

gives 'a name above the fence' $'kernel.c\n```c\nint x;\n```' kernel.c=7
gives 'in bold' $'**`kernel.c`**\n\n```c\nint x;\n```' kernel.c=7
gives 'as a heading' $'### File: kernel.c\n```c\nint x;\n```' kernel.c=7
gives 'behind the fence' $'```c kernel.c\nint x;\n```' kernel.c=7
gives 'with a title' $'```cpp title="kernel.cc"\nint x;\n```' kernel.cc=7
gives 'in a comment' $'```c\n// kernel.c\nint x;\n```' kernel.c=19
gives 'bare within' $'```\nkernel.c\nint x;\n```' kernel.c=7
gives 'by its language' $'```cpp\nint x;\n```' kernel.cc=7
gives 'another name, by its language' $'relu.cpp\n```cpp\nint x;\n```' kernel.cc=7
gives 'two files' $'kernel.c\n```c\nint x;\n```\nkernel.h\n```c\nint yy;\n```' \
	'kernel.c=7 kernel.h=8'
gives 'a shell block is none of ours' $'```sh\nmake\n```\n```c\nint x;\n```' kernel.c=7
gives 'a longer fence' $'````c\n```\nint x;\n````' kernel.c=11
gives 'CRLF' $'kernel.c\r\n```c\r\nint x;\r\n```\r\n' kernel.c=8
gives 'the same block twice' $'kernel.c\n```c\nint x;\n```\nkernel.c\n```c\nint x;\n```' kernel.c=7

answer 'I cannot do that.' | refuses 'no code block' 'no code block'
answer $'../../kernel.c\n```c\nint x;\n```' | refuses 'a path upwards' 'path'
answer $'/etc/kernel.c\n```c\nint x;\n```' | refuses 'an absolute path' 'path'
answer $'kernel.c\n```c\nint x;' | refuses 'an unfinished block' 'unfinished'
answer $'kernel.c\n```c\nint x;\n```\nkernel.c\n```c\nint y;\n```' |
	refuses 'two blocks for one file' 'two blocks'
answer $'kernel.h\n```c\nint x;\n```' | refuses 'the source is missing' 'missing file'
answer $'Makefile\n```make\nall:\n```' | refuses 'a wrong file alone' 'missing file'
answer $'kernel.c\n```c\nint x;\n```\nkernel.cc\n```cpp\nint x;\n```' |
	refuses 'both of a group' 'more files'
answer "$(head -c 4096 /dev/zero | tr '\0' a).c/x
\`\`\`c
int x;
\`\`\`" | refuses '4 KiB of name' 'path'
jq -nc '{task:{op:"Relu"},request:{engine:"ort"},response:{outcome:"ok",text:("a"*9000000)}}' |
	refuses '9 MB of text' 'more than 8 MiB'
jq -nc '{task:{op:"Relu"},request:{engine:"ort"},response:{outcome:"ok",
	text:("kernel.c\n```c\n"+("a"*1100000)+"\n```")}}' |
	refuses 'a file of more than 1 MiB' 'more than 1 MiB'
jq -nc '{task:{op:"Relu"},request:{engine:"ort"},response:{outcome:"filtered",text:"x"}}' |
	refuses 'no answer' 'no answer: filtered'

{ printf '{"task":{"op":"Relu"},"request":{"engine":"ort"},"response":{"outcome":"ok","text":"'
	head -c 104857600 /dev/zero | tr '\0' a
	printf '"}}'; } | refuses '100 MiB of text' 'more than 8 MiB'

answer $'kernel.c\n```c\nint x;\n```' | unpack >"$tmp/out"
ok 'messages, text and reasoning are dropped' jq -e \
	'(.request|has("messages")|not) and (.response|keys)==["outcome"]' "$tmp/out"
ok 'the hash is that of the files' test \
	"$(jq -r .candidate.sha256 "$tmp/out")" = \
	"$(jq -c .candidate.files "$tmp/out" | tr -d '\n' | sha256sum | cut -c1-64)"

answer x | sed 's/"ort"/"nosuch"/' | status 69 'an unknown engine' unpack
errline 'says which there are' "no engine 'nosuch' .*there are: .*ort"
answer x >"$tmp/in"
status 74 'a full disk' sh -c 'unpack >/dev/full' <"$tmp/in"
status 64 'an unknown flag' unpack --nonsense
status 69 'a missing file' unpack /nonexistent
finish
