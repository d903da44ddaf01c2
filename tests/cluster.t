#!/usr/bin/env bash
# A sweep on two hosts that are network namespaces with an sshd and a home of
# their own: one joins, one is cut off, and make is killed in the middle.
# shellcheck disable=SC2016
if [ -z "${CLUSTER_INSIDE:-}" ] && unshare -nm true 2>/dev/null; then
	CLUSTER_INSIDE=1 exec unshare -nm "$0"
fi
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hosts.sh"
need() {
	skip 'cluster' "$1"
	finish
}

# records come and go with their order, also those of one moment
mkdir "$tmp/records"
for f in 'xcompile 100.5' 'devrun 100.5' 'unpack 100.4' 'score 100.6'; do touch -d "@${f#* }" "$tmp/records/${f% *}"; done
(cd "$tmp" && "$top/mk/order.sh" records) >"$tmp/got"
printf 'records/%s\n' unpack devrun xcompile score >"$tmp/want"
same 'records in the order of their times' "$tmp/want" "$tmp/got"
find "$tmp/records" -type f -printf '%T@ %f\n' | sort -n |
	awk '{ print $2, (NR > 1 && $1 == was) ? "equal" : "later", (120 > '"$EPOCHSECONDS"' - $1) ? "now" : "then"; was = $1 }' >"$tmp/got"
printf '%s\n' 'unpack later now' 'devrun later now' 'xcompile equal now' 'score later now' >"$tmp/want"
same 'and their times are of now, in that order' "$tmp/want" "$tmp/got"

why=$(hosts_lack) && need "$why"
hosts
trap 'hosts_end; rm -rf "$tmp"' EXIT
for n in 1 2; do
	host $n || need 'needs to make network namespaces (ip netns, veth)'
done
for n in 1 2; do
	ok "host $n is there and does not see this tree" $MKBENCH_SSH h$n "test ! -e $top/GNUmakefile"
done

# tree NAME: a project of its own, with a model that writes down what it is asked
tree() {
	"$top/mk/tree.sh" "$tmp/$1"
	jq -n --arg log "$tmp/$1/asked" --arg model "$top/tests/moka/model.py" '{note:"scripted",provider:"exec",output:"text",
		command:["bash","-c","q=$(cat); sha256sum <<<\"$q\" >>\"$0\"; python3 \"$1\" <<<\"$q\"",$log,$model]}' \
		>"$tmp/$1/mk/models/scripted.json"
}
seed=$(printf '%064d' 7)
# sweep NAME ...: in that tree
sweep() {
	local dir=$tmp/$1
	shift
	(cd "$dir" && MKBENCH_ROOT=$dir MKBENCH_STORE=$dir/store exec env -u MAKEFLAGS make sweep SUITE=first \
		TASKS="relu_4d abs_4d sin_4d" METHOD=moka COUNT=3 MODEL=scripted RUN=t SEED="$seed" \
		DEVRUN=--quick JOBS=2 "$@")
}
verdicts() {
	jq -c '[.task.name, .request.role, .candidate.sha256, .run.status, .run.verify.max_abs,
		.run.heldout.status, .verdict.class, .verdict.correct]' "$tmp/$1"/results/t/*/*/score.json
}
# until HOST has built the second attempt of a task and measures it: no question
# is under way then, which would rightly be asked again if make were killed
atwork() {
	for _ in $(seq 600); do
		compgen -G "$tmp/$1/home/.cache/mkbench/jobs/*/results/t/*/2/xcompile.json" >/dev/null && return
		kill -0 "$first" || return
		sleep 0.1
	done
	return 1
}
tree alone
tree many
status 0 'a sweep on this machine' sweep alone
verdicts alone >"$tmp/want"

echo 1/h2 >"$tmp/hosts"
many() { setsid env "$@" >"$tmp/many.out" 2>"$tmp/many.err" & }
export -f sweep
export tmp seed
many bash -c 'sweep many HOSTS="$tmp/hosts"'
first=$!
ok 'host 2 is at work' atwork h2
kill -9 -- -$first
wait $first 2>/dev/null
# what parallel started ends with it or holds the lock until it has ended
records() { (cd "$tmp/many" && find results store -name '*.json' -printf '%p %i\n' | sort); }
flock "$tmp/many/results/t/lock" true
records >"$tmp/before"

many bash -c 'sweep many HOSTS="$tmp/hosts"'
first=$!
ok 'after kill -9, host 2 is at work again' atwork h2
status 75 'a lock is held meanwhile' flock -n -E 75 "$tmp/many/results/t/lock" true
sleep 1.1
echo 1/h1 >>"$tmp/hosts"
ok 'a host that joins gets work' atwork h1
ip link set v2 down
status 0 'a second make' sweep many
ok 'waits' grep -q 'another make is at work' "$tmp/err"
wait $first
result $? 'the sweep ends well with a host cut off' <"$tmp/many.err"
verdicts many >"$tmp/got"
same 'the results are those of one machine' "$tmp/want" "$tmp/got"
ok 'what was there is as it was' test -z "$(records | comm -23 "$tmp/before" -)"
ok 'no question was asked twice' test -z "$(sort "$tmp/many/asked" | uniq -d)"
ok 'the host that joined did some' bash -c 'cut -f2 "$1" | grep -qx h1' - "$tmp/many/build/cluster/joblog"
ok 'no key and no store left this machine' bash -c '! find "$1"/h?/home/.cache -path "*store*" | grep -q .' - "$tmp"

ip link set v2 up
$MKBENCH_SSH h1 'ls -A .cache/mkbench/jobs; ls /tmp' >"$tmp/left" 2>&1
ok 'a job leaves nothing but the programs' bash -c '! grep -q -e mkbench-ask -e "^[0-9]*$" "$1"' - "$tmp/left"
sleep 3
$MKBENCH_SSH h2 'pgrep -f [m]kbench/jobs || :' >"$tmp/left" 2>&1
same 'and on the host that was cut off no process stays' /dev/null "$tmp/left"
finish
