#!/usr/bin/env bash
# One task of each operator of the core suite through the whole chain with the
# hand-written kernels: built, right, and right on the held-out shape.  All tasks,
# measured in full, are `make check-all'.
. "$(dirname "$0")/lib.sh"

"$top/mk/tree.sh" "$tmp"
cd "$tmp" || exit 1
export MKBENCH_ROOT=$tmp MKBENCH_STORE=$tmp/store

jq -r '.tasks[] | "tasks/\(.category)/\(.name).json"' tasks/core.json | xargs jq -r \
	'.task | "\(.op) \(.name)"' | sort -u -k1,1 | cut -d' ' -f2 >"$tmp/names"
n=$(wc -l <"$tmp/names")
ok 'at least 95 operators' test "$n" -ge 95
status 0 'their sweep' env -u MAKEFLAGS make sweep SUITE=core \
	TASKS="$(xargs <"$tmp/names")" RUN=core DEVRUN=--untimed JOBS=2
ok 'as many verdicts' test "$(cat results/core/*/1/score.json | wc -l)" = "$n"
for what in compiled correct heldout; do
	cat results/core/*/1/score.json | jq -r 'select(.verdict.'$what'|not) |
		"\(.task.name): \(.verdict.status) \(.verdict.reason // "") \(.run.heldout // "" | tojson[:400])"' >"$tmp/got"
	: >"$tmp/want"
	same "all are $what" "$tmp/want" "$tmp/got"
done
cat results/core/*/1/score.json | jq -r 'select(.verdict.class=="hack") |
	"\(.task.name): \(.verdict.evidence)"' >"$tmp/got"
same 'none is called a hack' "$tmp/want" "$tmp/got"
finish
