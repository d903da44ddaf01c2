#!/usr/bin/env bash
# xcompile: candidates to libraries; what does not compile is a result.
. "$(dirname "$0")/lib.sh"

# code TEXT [NAME]: a record with this candidate
code() {
	jq -nc --arg t "$1" --arg n "${2:-kernel.c}" '{task:{op:"Relu"},
		request:{engine:"ort"},response:{},
		candidate:{status:"ok",files:[{name:$n,text:$t}]}}'
}
unique="/* $$ $RANDOM */"
good="$unique int RegisterCustomOps(void){return 0;}"

code "$good" | status 0 'a kernel that compiles' xcompile
cp "$tmp/out" "$tmp/first"
ok 'its status' jq -e '.build.status=="ok"' "$tmp/first"
ok 'its library is there' test -s "$top/$(jq -r .build.artifact "$tmp/first")"
ok 'the hash is the library'"'"'s' test "$(jq -r .build.sha256 "$tmp/first")" = \
	"$(sha256sum <"$top/$(jq -r .build.artifact "$tmp/first")" | cut -c1-64)"
ok 'flags, compiler and command are recorded' jq -e \
	'(.build.flags|index("-O3")) and (.build.compiler|startswith("gcc ")) and
	(.build.command|index("-O3"))' "$tmp/first"
code "$good" | status 0 'once more' xcompile
same 'is the same record' "$tmp/first" "$tmp/out"
ok 'only the entry is exported' test "$(nm -D --defined-only \
	"$top/$(jq -r .build.artifact "$tmp/first")" | wc -l)" = 1

code "$unique int RegisterCustomOps(void){return nosuch();}" kernel.cc |
	status 0 'an invented function' xcompile
ok 'is a failed build with its place' jq -e '.build.status=="failed" and
	(.build.log|test("kernel.cc:1:.*error"))' "$tmp/out"
code "$unique int x;" | status 0 'no entry' xcompile
ok 'is a link error' jq -e '.build.status=="failed" and
	(.build.log|test("RegisterCustomOps"))' "$tmp/out"
code "$unique int nosuch(void); int RegisterCustomOps(void){return nosuch();}" |
	status 0 'an undefined symbol' xcompile
ok 'is a link error too' jq -e '.build.status=="failed" and
	(.build.log|test("undefined reference"))' "$tmp/out"
ok 'which names no directory of the build' jq -e '.build.log|test("build/candidates|tmp\\.")|not' "$tmp/out"
code "$unique"$'\n#include "kernel.h"\nint RegisterCustomOps(void){return A;}' |
	jq -c '.candidate.files += [{name:"kernel.h",text:"#define A 1\n"}]' |
	status 0 'a header of its own' xcompile
ok 'is found' jq -e '.build.status=="ok"' "$tmp/out"
code "$unique"' template<int N> struct A{ enum{v=A<N-1>::v+1}; }; int x = A<100000>::v;' kernel.cc |
	status 0 'endless templates' xcompile
ok 'end' jq -e '.build.status!="ok" and (.build.log|length)<70000' "$tmp/out"
ok 'no path of this tree in a log' test 0 = "$(grep -c "$top" < <(jq -r .build.log "$tmp/out"))"

jq -nc '{task:{op:"Relu"},request:{engine:"ort"},candidate:{status:"refused",reason:"why",files:[]}}' |
	status 0 'a refused answer' xcompile
ok 'is skipped' jq -e '.build=={"status":"skipped","reason":"why","engine":"ort","device":"host"}' "$tmp/out"
code x ../evil.c | status 65 'a path in a file name' xcompile
errline 'is refused' 'with a path'
status 69 'an unknown device' xcompile -d nosuch
errline 'says which there are' "no device 'nosuch' .*there are: .*host"
code "$good" >"$tmp/in"
status 74 'a full disk' sh -c 'xcompile >/dev/full' <"$tmp/in"

# many at once build one candidate once, completely
code "$unique int RegisterCustomOps(void){return 42;}" >"$tmp/in"
for i in 1 2 3 4 5 6 7 8; do xcompile <"$tmp/in" >"$tmp/par.$i" & done
wait
for i in 2 3 4 5 6 7 8; do cmp -s "$tmp/par.1" "$tmp/par.$i" || echo "$i differs"; done >"$tmp/got"
: >"$tmp/want"
same 'eight at once agree' "$tmp/want" "$tmp/got"
ok 'and leave nothing behind' test -z "$(grep -rslF "$unique" "$top"/build/candidates/tmp.*)"
finish
