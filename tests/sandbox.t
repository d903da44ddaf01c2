#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2154
# The sandbox: what must not get out, and what it costs.  Every way to be locked
# up that this machine permits is tested; as nobody too, when we are root.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

chmod 755 "$tmp"
mkdir -m 777 "$tmp/rw" "$tmp/ro"
echo secret >"$tmp/ro/file"
echo other >"$tmp/other"
echo 'int main(void) { return 7; }' >"$tmp/ro/a.c"

# as another user, if we can
as() {
	if [ "$user" = self ]; then "$@"; else
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	fi
}

box() {
	as "$top/bin/sandbox" --mode "$mode" --read "$tmp/ro" --write "$tmp/rw" "$@"
}

says() {
	local name=$1 want=$2
	shift 2
	box /bin/bash -c "$1" >"$tmp/out" 2>&1 </dev/null
	grep -qE -- "$want" "$tmp/out"
	result $? "$mode, $user: $name" <"$tmp/out"
}

untouched() {
	cat "$tmp/out"
	[ "$(cat "$tmp/other")" = other ] && [ ! -e "$tmp/new" ]
}

battery() {
	local pid

	rm -rf "$tmp/rw/"*
	says 'a command runs and its output is kept' '^42$' 'echo $((6*7))'
	says 'named paths are read' secret "cat $tmp/ro/file"
	says 'but not written' 'Permission denied|Read-only' "echo >$tmp/ro/new"
	says 'others are not read' 'No such file|Permission denied' \
		"cat $tmp/other"
	box /bin/bash -c "echo new >$tmp/other; echo new >$tmp/new" >"$tmp/out" 2>&1
	ok "$mode, $user: nothing outside is written" untouched
	says 'nor the system' 'Permission denied|Read-only' 'echo >/usr/lib/x'
	says 'the writable directory is' '^in$' "echo in >$tmp/rw/f; cat $tmp/rw/f"
	says 'no network' 'Operation not permitted' 'exec 3<>/dev/tcp/127.0.0.1/9'
	says 'no setuid' 'NoNewPrivs:.1' 'cat /proc/self/status'
	says 'a filter is on' 'Seccomp:.2' 'cat /proc/self/status'
	says 'no core dump' '^0$' 'ulimit -c'
	says 'descriptors are closed' '^[0123 ]*$' 'cd /proc/self/fd; echo *'
	sleep 60 &
	pid=$!
	says 'processes outside cannot be signalled' 'No such process|not permitted' \
		"kill -9 $pid"
	kill $pid
	wait $pid 2>/dev/null

	status 124 "$mode, $user: wall time, with all that was started" \
		box --wall 1 /bin/bash -c "sleep 4711.$$ & sleep 4711.$$"
	# killed is not yet gone on a busy machine
	for _ in {1..50}; do
		pgrep -x -f "sleep 4711.$$" >"$tmp/out" || break
		sleep 0.1
	done
	ok "$mode, $user: nothing is left running" test ! -s "$tmp/out"
	status 137 "$mode, $user: CPU time" \
		box --cpu 1 --wall 300 /bin/bash -c 'while :; do :; done'
	says 'much memory is to be had' '^300000000$' "$eater"
	box --memory 100000000 /bin/bash -c "$eater" >"$tmp/out" 2>&1
	grep -q 'Out of memory' "$tmp/out"
	result $? "$mode, $user: but no more than the limit" <"$tmp/out"
	status 153 "$mode, $user: file size" box --file 65536 /bin/bash -c \
		"exec head -c 1000000 /dev/zero >$tmp/rw/big"
	status 0 "$mode, $user: output is cut, not waited for" box --output 10 /bin/bash \
		-c 'head -c 10000000 /dev/zero | tr "\0" x'
	ok "$mode, $user: at the bound" test "$(head -1 "$tmp/out" | tr -d '\n' | wc -c)" = 10
	status 139 "$mode, $user: a crash is told" box /bin/bash -c 'kill -SEGV $$'
	if [ "$mode" = bubblewrap ]; then
		says 'there are no other processes' '^1 [23] ' 'cd /proc; echo [0-9]* " "'
		says '/tmp is its own' '^mkbench.[^ ]*$' 'echo $(ls /tmp)'
	fi
	if [ "$(as id -u)" != 0 ]; then
		says 'processes are bounded' 'temporarily unavailable' \
			'for i in {1..200}; do sleep 1 & done; wait'
	else
		skip "$mode, $user: processes are bounded" 'root has no process limit'
	fi
	ok "$mode, $user: gcc compiles" box /usr/bin/gcc -o "$tmp/rw/a" "$tmp/ro/a.c"
	status 7 "$mode, $user: what it made runs" "$tmp/rw/a"
	box --runner --read /usr/bin/bash /usr/bin/bash -c /usr/bin/true \
		>"$tmp/out" 2>&1
	grep -qE 'No such file|Permission denied' "$tmp/out"
	result $? "$mode, $user: a runner sees no programs" <"$tmp/out"
}

eater='/usr/bin/perl -e "print length(q(a) x 300000000), qq(\n)"'
users=self
[ "$(id -u)" != 0 ] || users='self nobody'
for user in $users; do
	for mode in bubblewrap jail; do
		as "$top/bin/sandbox" --probe --mode "$mode" >"$tmp/out" 2>"$tmp/err"
		if [ $? = 69 ]; then
			skip "$mode, $user" "$(tail -1 "$tmp/err")"
		else
			battery
		fi
	done
done

BWRAP=$tmp/nosuch status 69 'no bubblewrap' "$top/bin/sandbox" --mode bubblewrap true
errline 'says so, and what helps' 'bwrap is not installed.*install bubblewrap and permit user namespaces, or pass --no-sandbox'
if "$top/bin/sandbox" --probe --mode jail >/dev/null 2>&1; then
	BWRAP=$tmp/nosuch status 0 'then the jail is taken' "$top/bin/sandbox" \
		/bin/cat /proc/self/status
	ok 'with its filter' grep -q '^Seccomp:.2' "$tmp/out"
	printf '#!/bin/sh\necho "bwrap: No permissions" >&2\nexit 1\n' >"$tmp/bwrap"
	chmod +x "$tmp/bwrap"
	BWRAP=$tmp/bwrap status 0 'also where bubblewrap is not permitted' \
		"$top/bin/sandbox" /bin/cat /proc/self/status
	ok 'with its filter too' grep -q '^Seccomp:.2' "$tmp/out"
	BWRAP=$tmp/bwrap status 69 'unless it must be bubblewrap' \
		"$top/bin/sandbox" --mode bubblewrap true
	errline 'with its own words' 'bwrap: No permissions'
fi

# what a bubblewrap leaves that was killed before its child was told to go on
cp /bin/sleep "$tmp/bwrap"
mkdir -p "$tmp/tree/below"
map=()
[ "$(id -u)" = 0 ] || map=(--user --map-root-user)
stray() {
	(cd "$1" && exec unshare "${map[@]}" --pid --fork "$tmp/bwrap" "$2") 2>/dev/null &
	parent=$!
	for _ in $(seq 100); do
		child=$(pgrep -P $parent -x bwrap) && break
		sleep 0.02
	done
}
gone() { for _ in $(seq 100); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.02; done; return 1; }
if unshare "${map[@]}" --pid --fork true 2>/dev/null; then
	for dir in "$tmp/tree" "$tmp/tree/below"; do
		stray "$dir" 300
		kill -9 "$parent" && wait "$parent" 2>/dev/null
		"$top/mk/strays.sh" "$tmp/tree/below"
		[ "$dir" = "$tmp/tree/below" ] || ok 'a stray of another tree is let be' kill -0 "$child"
		"$top/mk/strays.sh" "$tmp/tree"
		ok 'a stray is ended' gone "$child"
	done
	(cd "$tmp/tree" && exec "$top/bin/sandbox" /bin/sh -c 'sleep 0.5; echo lives') >"$tmp/lives" &
	parent=$!
	sleep 0.2
	"$top/mk/strays.sh" "$tmp/tree"
	wait $parent
	ok 'what has its parent is none' grep -qx lives "$tmp/lives"
else
	skip 'strays' 'needs a namespace of processes (unshare --pid)'
fi

user=self mode=none
status 3 'none: the status is passed on' box /bin/bash -c 'exit 3'
status 64 'no command' sandbox
status 0 'a command without a path' sandbox true
status 64 'an unknown mode' sandbox --mode moon /bin/true
errline 'lists those there are' 'bubblewrap, jail, none'
status 74 'a full disk' sh -c 'exec "$@" >/dev/full' - sandbox /bin/echo x
finish
