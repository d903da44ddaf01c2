#!/usr/bin/env bash
# shellcheck source=tests/lib.sh disable=SC2016,SC2317
. "$(dirname "$0")/lib.sh"
here=$top/tests/err-extract

# every mutation by gcc, gcc with JSON and clang; once for all that goes into it
logs=$top/build/tests/err-corpus
corpus() {
	local last c n key
	key=$({ find "$here" -type f | sort | xargs sha256sum; gcc --version; clang --version
		sha256sum "$top"/build/ort/include/*; } | sha256sum)
	[ "$(cat "$logs/key" 2>/dev/null)" != "$key" ] || return 0
	last=$(wc -l <"$here/mutations")
	rm -rf "$logs"
	mkdir -p "$logs"
	for c in gcc json clang; do
		for n in $(seq 2 "$last"); do
			echo "$logs $n $c"
		done
	done | nice xargs -P2 -L1 "$here/corpus.sh" && echo "$key" >"$logs/key"
}

judged() {
	local w name kind file line
	for w in "$logs"/*.want; do
		IFS=$'\t' read -r name kind file line <"$w"
		err-extract --text -r "$here/engine" -l "${w%.want}.log" \
			"${w%.want}.d"/*.[ch]* |
			jq -r --arg name "$name" --arg kind "$kind" \
				--arg file "$file" --argjson line "$line" \
				-f "$here/judge.jq"
	done
}

if command -v clang >/dev/null; then
	ok "a corpus of broken kernels" corpus
	judged >"$tmp/judged" 2>"$tmp/judged.err"
	same "no message while it is read" /dev/null "$tmp/judged.err"
	all=$(wc -l <"$tmp/judged")
	located=$(grep -vc ' missed ' "$tmp/judged")
	exact=$(grep -c ' exact ' "$tmp/judged")
	first=$(grep -c ' first$' "$tmp/judged")
	kinds=$(cut -d' ' -f2 "$tmp/judged" | sort -u | wc -l)
	echo "# $all logs, $kinds kinds: $located located, $exact to the line, $first by the first error"
	ok "200 logs of ten kinds of mistakes" test "$all" -ge 200 -a "$kinds" -ge 10
	grep ' missed ' "$tmp/judged" | sed 's/^/# /'
	ok "98 % of the mistakes located" test $((located * 100)) -ge $((all * 98))
	ok "93 % to the line" test $((exact * 100)) -ge $((all * 93))
	ok "95 % by the first error" test $((first * 100)) -ge $((all * 95))
else
	skip "a corpus of broken kernels" "needs clang"
fi

# cases: NAME.log with its sources in NAME/, and what comes of it
for log in "$here"/cases/*.log; do
	case=${log%.log}
	err-extract --text -r "$here/engine" -l "$log" "$case"/* 2>&1 |
		jq -S . >"$tmp/got"
	same "case $(basename "$case")" "$case.want" "$tmp/got"
done

# a record, and the whole function once
cat >"$tmp/build.json" <<'E'
{"task":{"name":"t"},"candidate":{"files":[{"name":"kernel.c","text":"int f(void)\n{\n\tint a = b;\n\treturn c;\n}\n"}]},
"build":{"status":"failed","log":"kernel.c: In function 'f':\nkernel.c:3:10: error: 'b' undeclared (first use in this function)\nkernel.c:4:9: error: 'c' undeclared (first use in this function)\nkernel.c:3:10: note: each undeclared identifier is reported only once for each function it appears in\n"}}
E
status 0 "a record" err-extract "$tmp/build.json"
jq -c '[(.errors.list[] | [.kind, .line, .in.name, (.in.text | type)]),
	.errors.total, (.build | type)]' "$tmp/out" >"$tmp/got" 2>&1
echo '[["local",3,"f","string"],["local",4,"f","null"],2,"object"]' >"$tmp/want"
same "errors are added, a function is shown once" "$tmp/want" "$tmp/got"

sed 's/"failed"/"ok"/' "$tmp/build.json" >"$tmp/ok.json"
status 0 "a build that went well" err-extract "$tmp/ok.json"
jq -c '.errors | [.total, .list]' "$tmp/out" >"$tmp/got" 2>&1
echo '[0,[]]' >"$tmp/want"
same "has no errors" "$tmp/want" "$tmp/got"

# what a candidate's #line names is not read
echo 'secret' >"$tmp/secret.h"
printf '%s:1:1: error: no\nkernel.c:1:1: error: x\nkernel.c:1:1: note: y\n%s:1:1: note: here\n' \
	"$tmp/secret.h" "$tmp/secret.h" >"$tmp/log"
status 0 "a log that names a file outside" err-extract --text -l "$tmp/log"
cp "$tmp/out" "$tmp/got"
ok "is read" grep -q '"message":"no"' "$tmp/got"
ok "that file is not" bash -c '! grep -q "text.*secret" "$1"' - "$tmp/got"
ok "and its directory is not shown" bash -c '! grep -qF "$1" "$1/got"' - "$tmp"

# the budget
for i in $(seq 400); do
	echo "kernel.c:$i:1: error: unknown type name 'type$i'"
done >"$tmp/log"
status 0 "400 errors in 500 tokens" err-extract --text -b 500 -l "$tmp/log"
cp "$tmp/out" "$tmp/got"
ok "fit" jq -e '.errors | .total == 400 and .tokens <= 500 and (.list | length) > 3' "$tmp/got"
ok "by the printed size" test "$(jq -c .errors.list "$tmp/got" | wc -c)" -le 1530

# cut off anywhere, no harm
case=$(find "$here/cases" -name '*json*.log' | head -1)
rc=0
for n in $(seq 0 37 "$(wc -c <"$case")"); do
	head -c "$n" "$case" | err-extract --text >/dev/null 2>"$tmp/err" || rc=1
done
ok "JSON cut off at any byte" test $rc = 0
head -c 20000 /dev/urandom >"$tmp/random"
status 0 "random bytes" err-extract --text -l "$tmp/random"
cp "$tmp/out" "$tmp/got"
ok "give JSON" jq -e .errors "$tmp/got"

# 10 MB in under half a second (the machine's load aside: processor time)
perl -e 'for (1 .. 60000) { my $l = $_ % 5000; print "kernel.cc: In function \x27void f()\x27:\nkernel.cc:$l:5: error: \x27foo$l\x27 was not declared in this scope\n   12 |     foo();\n      |     ^~~\nkernel.cc:3:1: note: declared here\n" }' >"$tmp/big.log"
[ -n "${MKBENCH_SANITIZED:-}" ] || ok "10 MB in 0.5 s" bash -c '
	TIMEFORMAT=%U; t=$({ time err-extract --text -l "$1" >/dev/null; } 2>&1)
	echo "# $(wc -c <"$1") bytes in $t s"; perl -e "exit !($t < 0.5)"' - "$tmp/big.log"

status 65 "no record" err-extract <<<'{"build":{}}'
errline "says so" 'record 1'
status 65 "no build" err-extract <<<'{"task":{}}'
errline "says so" "no 'build'"
status 64 "unknown flag" err-extract --nonsense
status 69 "no such log" err-extract --text -l "$tmp/none"
errline "names it" "$tmp/none"
status 74 "a full disk" bash -c 'err-extract "$1" >/dev/full' - "$tmp/build.json"

finish
