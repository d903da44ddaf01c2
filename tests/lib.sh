# shellcheck shell=bash
# lib.sh - TAP for the test scripts.  Source it; end with `finish'.
#
#   ok NAME COMMAND...          passes if the command's status is 0
#   status N NAME COMMAND...    passes if it is N; stdout and stderr are kept in
#                               $tmp/out and $tmp/err
#   same NAME WANT GOT          passes if the two files are equal, shows the diff
#   errline NAME PATTERN        the last status' stderr is one line and matches
#   skip NAME REASON            says what a skipped test needs
#   finish                      prints the plan
#
# $tmp is a directory of the script's own, removed at its end; $top the project.
set -uo pipefail
shopt -s lastpipe # so that result counts in the last part of a pipe
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/mkbench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
export MKBENCH_ROOT=${MKBENCH_ROOT:-$top}
count=0 failed=0

result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
		{ echo "not ok $count - $2"; head -40; } | sed 's/^/# /' >&2
	fi
}

ok() {
	local name=$1 rc=0
	shift
	"$@" >"$tmp/ok" 2>&1 </dev/null || rc=$?
	result $rc "$name" <"$tmp/ok"
}

# stdin is passed on
status() {
	local want=$1 name=$2 rc=0
	shift 2
	"$@" >"$tmp/out" 2>"$tmp/err" || rc=$?
	{ echo "status $rc, not $want"; cat "$tmp/err"; } |
		result "$((rc == want ? 0 : 1))" "$name"
}

same() {
	local rc=0
	diff -u "$2" "$3" >"$tmp/diff" 2>&1 || rc=1
	result $rc "$1" <"$tmp/diff"
}

errline() {
	local rc=0
	[ "$(wc -l <"$tmp/err")" = 1 ] && grep -qE -- "$2" "$tmp/err" || rc=1
	result $rc "$1" <"$tmp/err"
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

finish() {
	echo "1..$count"
	exit $((failed > 0))
}
