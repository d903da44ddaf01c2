#!/usr/bin/env bash
# A few kills of the many that make torture does.
. "$(dirname "$0")/lib.sh"

status 0 'five kills in a sweep' env DEVRUN=--untimed "$top/mk/torture.sh" 5
ok 'were made' grep -q '^torture: 5 kills' "$tmp/out"
ok 'and leave the results of an undisturbed run' grep -q '^torture: as if undisturbed' "$tmp/out"
sed 's/^/# /' "$tmp/out"

# where is known to lack something, the script says what and ends with 69
elsewhere() {
	local rc=0
	WHERE=$1 COUNT=2 DEVRUN=--untimed "$top/mk/torture.sh" 3 >"$tmp/out" 2>"$tmp/err" || rc=$?
	if [ $rc = 69 ]; then
		skip "kills with $1" "$(head -1 "$tmp/err")"
	else
		result $rc "three kills with $1, its server and what runs there among them" <"$tmp/err"
		ok 'leave the results of an undisturbed run' grep -q '^torture: as if undisturbed' "$tmp/out"
	fi
	sed 's/^/# /' "$tmp/out"
}
elsewhere adb
elsewhere hosts
TASKS=relu_4d elsewhere everywhere
finish
