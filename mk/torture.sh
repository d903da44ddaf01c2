#!/usr/bin/env bash
# torture.sh - kill -9 at random moments of a sweep: of a make, of any stage or of
# what it started, of the supervisor, of a runner, or of all at once; then make
# again.
#
# usage: torture.sh [KILLS [SEED]]      (100; SEED repeats the same choices)
#
# WHERE=adb: kernels run on a board behind adb; adb's server and the board's
# programs are among the killed, and so is the board as a whole, which comes back.
# WHERE=hosts: chains run on two hosts, which are killed likewise.
# WHERE=everywhere: the hand-written kernels of SUITE (first) or TASKS on this
# machine, an emulated aarch64, a board behind ssh and one behind adb, all at once;
# a second tree replays what was answered, which is the undisturbed run.
# COUNT=n: attempts of each task (4).
# PAUSE=s: so many seconds at most between two kills.
# DEVRUN=--untimed: candidates are verified only, which is quicker.
# KEEP=dir: what went wrong is moved there.
#
# In the end the results equal those of an undisturbed run, times aside; what was
# recorded is as it was, so nothing was asked or measured twice; no record was
# ever broken; no lock, no process and nothing that make gc leaves stays.
set -uo pipefail
for n in "$@"; do
	[[ $n =~ ^[0-9]+$ ]] || { echo "torture: '$n' is not a number (torture.sh [KILLS [SEED]])" >&2; exit 64; }
done
if [ "${WHERE:-}" = hosts ] && [ -z "${CLUSTER_INSIDE:-}" ] && unshare -nm true 2>/dev/null; then
	CLUSTER_INSIDE=1 exec unshare -nm "$0" "$@"
fi
top=$(cd "$(dirname "$0")/.." && pwd)
kills=${1:-100}
RANDOM=${2:-$((EPOCHSECONDS % 32768))}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/torture.XXXXXX")
export TORTURE=$tmp
unset MAKEFLAGS SEED # of the make that started this
broken=0

# what is at work for this script, of whatever parent: PID COMMAND
ours() {
	grep -lsF "$tmp" /proc/[0-9]*/environ /proc/[0-9]*/cmdline | cut -d/ -f3 | sort -u | grep -vxFf <(place_pids) |
		while read -r p; do echo "$p $(cat "/proc/$p/comm" 2>/dev/null)"; done | grep ' .'
}
# what is at work there, where kernels or chains run
theirs() {
	place_pids | while read -r p; do echo "$p there: $(cat "/proc/$p/comm" 2>/dev/null)"; done | grep ': .'
}
end() {
	local pid _
	place_end 2>/dev/null
	place_pids() { :; }
	for _ in 1 2 3 4 5; do
		ours | while read -r pid _; do kill -9 "$pid" 2>/dev/null; done
	done
	[ $broken = 0 ] || [ -z "${KEEP:-}" ] || mv "$tmp" "$KEEP"
	rm -rf "$tmp"
}
trap end EXIT
fault() {
	echo "torture: $*" >&2
	broken=1
}

# Here: there is nowhere else.  Otherwise
#   place       makes the place, leaves in via what leads there and in how what to
#               tell make
#   place_pids  all processes there
#   place_fall  ends all of it at once
#   place_back  lets what has fallen come back
# and has idle, the names of what is there when nothing is to do, and pause, so many
# seconds at most between two kills.
via=() how=() idle="" pause=1
what=(SUITE=first TASKS="relu_4d abs_4d" METHOD=moka COUNT="${COUNT:-4}" MODEL=scripted RUN=t)
place_pids() { :; }
place_end() { :; }
place_back() { :; }
place() { :; }
skip() { echo "torture: $1 $2" >&2; }
finish() { exit 69; }

# device NAME JQ: a board's file
device() {
	jq -n --arg n "$1" --arg t "$tmp" '{name: $n, title: "a board", arch: "native", dir: "/data/mkbench", wait_s: 20,
		compilers: {c: "gcc", "c++": "g++"}, flags: ["-O3", "-march=native"]} + '"$2" >"$tmp/$1.json"
}

# up BOARD: its daemon lives
up() { [ -e "$tmp/$1/pid" ] && kill -0 "$(cat "$tmp/$1/pid")" 2>/dev/null; }

case ${WHERE:=here} in
here) ;;
adb)
	# shellcheck source=tests/board.sh
	. "$top/tests/board.sh"
	place() {
		boards adb ip bwrap
		trap end EXIT
		export HOME=$tmp
		board one
		adbd_start one 5555 || finish
		device phone '{transport: "adb", adb: {connect: "198.18.0.2:5555"}}'
		# shellcheck disable=SC2154
		via=(nsenter --net="/run/netns/$us") how=(DEVICE=phone)
	}
	# shellcheck disable=SC2154
	place_pids() { ip netns pids "$them"; }
	place_fall() { board_stop one; }
	place_back() { up one || adbd_start one 5555; }
	place_end() {
		netns us adb kill-server
		boards_end
	}
	idle='bwrap|adbd' pause=2 ;;
hosts)
	# shellcheck source=tests/hosts.sh
	. "$top/tests/hosts.sh"
	place() {
		local why
		if why=$(hosts_lack); then
			skip hosts "$why"
			finish
		fi
		hosts
		for n in 1 2; do host $n || finish; done
		printf '2/h%s\n' 1 2 >"$tmp/hosts"
		how=("HOSTS=$tmp/hosts")
	}
	place_pids() { for n in 1 2; do ip netns pids "h$n"; done; }
	place_fall() { host_stop $((RANDOM % 2 + 1)); }
	place_back() {
		for n in 1 2; do
			ip netns pids "h$n" | xargs -I{} cat '/proc/{}/cmdline' 2>/dev/null | grep -qa 'sshd.-D' ||
				host_start "$n"
		done
	}
	place_end() { hosts_end; }
	idle=sshd pause=4 ;;
everywhere)
	# shellcheck source=tests/board.sh
	. "$top/tests/board.sh"
	place() {
		boards ssh adb ip bwrap qemu-aarch64 aarch64-linux-gnu-gcc
		trap end EXIT
		export HOME=$tmp
		board one
		board two
		sshd_start one 2201 && adbd_start two 5555 || finish
		device board '{transport: "ssh", ssh: {host: "root@198.18.0.2", options: ["-F", "none", "-p", "2201",
			"-i", ($t + "/key"), "-oUserKnownHostsFile=" + $t + "/known",
			"-oStrictHostKeyChecking=accept-new", "-oConnectTimeout=2"]}}'
		device phone '{transport: "adb", adb: {connect: "198.18.0.2:5555"}}'
		via=(nsenter --net="/run/netns/$us") how=(DEVICE="host qemu-aarch64 board phone")
	}
	place_pids() { ip netns pids "$them"; }
	place_fall() { board_stop "$(shuf -e -n1 one two)"; }
	place_back() {
		up one || sshd_start one 2201
		up two || adbd_start two 5555
	}
	place_end() {
		netns us adb kill-server
		boards_end
	}
	what=(SUITE="${SUITE:-first}" TASKS="${TASKS:-}" MODEL=oracle)
	idle='bwrap|adbd|sshd' pause=${PAUSE:-2} ;;
*) echo "torture: WHERE=$WHERE: there are here, adb, hosts, everywhere" >&2; exit 64 ;;
esac

# tree NAME: a project of its own, with a model that writes down what it is asked
tree() {
	"$top/mk/tree.sh" "$tmp/$1"
	for d in board phone; do [ ! -e "$tmp/$d.json" ] || cp "$tmp/$d.json" "$tmp/$1/mk/devices/"; done
	# shellcheck disable=SC2016
	jq -n --arg log "$tmp/$1/asked" --arg model "$top/tests/moka/model.py" '{note:"scripted",provider:"exec",output:"text",
		retries: {attempts: 8, base: 0.05}, command:["bash","-c","q=$(cat)
			echo ask $(jq -cS .request.messages <<<\"$q\" | sha256sum) >>\"$0\"
			python3 \"$1\" <<<\"$q\"",$log,$model]}' >"$tmp/$1/mk/models/scripted.json"
}
# sweep NAME: in a process group of its own
sweep() {
	cd "$tmp/$1" && MKBENCH_ROOT=$tmp/$1 MKBENCH_STORE=$tmp/$1/store \
		exec setsid "${via[@]}" make -s sweep "${what[@]}" DEVRUN="${DEVRUN:---quick}" \
		JOBS="${JOBS:-3}" "${how[@]}" >>"$tmp/$1.log" 2>&1
}
# what a verdict is but for times
verdicts() {
	jq -c '[.task.name, .request.role, .candidate.sha256, .build.status, .run.status, .run.verify.failed,
		.run.heldout.status, .verdict.status, .build.lint.class, .verdict.correct]' "$tmp/$1"/results/${2:-*}/*/*/score.json
}
# every record that is there: path, inode and time of change.  What comes back from
# hosts is put in its place once more if that was cut off, and compiled again
# where it is measured: of it, the content of what was asked and measured.
records() {
	local listed=(-name '*.json' -printf '%p %i %C@\n')
	[ "$WHERE" != hosts ] || listed=(\( -name '*-call.json' -o -name devrun.json \) -exec sha256sum {} +)
	(cd "$tmp/kill" && find results store -path '*/back' -prune -o "${listed[@]}" 2>/dev/null | sort)
}
# the questions whose answers are recorded
answered() {
	local f
	[ -e "$tmp/kill/asked" ] || return 0
	for f in "$tmp"/kill/results/*/*/*/{llm,plan,replan}-call.json; do
		[ -e "$f" ] && jq -e .response "$f" >/dev/null || continue
		case ${f##*/} in
		llm-call.json) f=${f%llm-call.json}prompt.json ;;
		plan-call.json) f=${f%plan-call.json}plan-prompt.json ;;
		*) f=${f%replan-call.json}plan.json ;;
		esac
		echo "has $(jq -cS .request.messages "$f" | sha256sum)"
	done
}

look() {
	mkdir -p "$tmp/kill/results" "$tmp/kill/store"
	find "$tmp/kill/results" "$tmp/kill/store" -path '*/back' -prune -o -name '*.json' -print0 |
		xargs -0 -r -n100 jq 'if type == "object" then empty else error("no object") end' 2>"$tmp/bad" ||
		fault "broken JSON: $(head -1 "$tmp/bad")"
	records >>"$tmp/seen"
	answered >"$tmp/answered"
	[ ! -s "$tmp/answered" ] || cat "$tmp/answered" >>"$tmp/kill/asked"
}

# kill one process of a kind that is chosen first, or once in ten all of them
strike() {
	local kinds kind pids
	{ ours; theirs; } >"$tmp/ours"
	mapfile -t kinds < <(cut -d' ' -f2- "$tmp/ours" | sort -u)
	[ ${#kinds[@]} -gt 0 ] || return 0
	kind=${kinds[RANDOM % ${#kinds[@]}]}
	mapfile -t pids < <(awk -v k="$kind" '{ p = $1; sub(/^[0-9]+ /, "") } $0 == k { print p }' "$tmp/ours")
	if [ "$WHERE" != here ] && [ $((RANDOM % 8)) = 0 ]; then
		kind='all there'
		place_fall
		pids=()
	elif [ $((RANDOM % 10)) = 0 ]; then
		kind=everything
		mapfile -t pids < <(cut -d' ' -f1 "$tmp/ours")
	else
		pids=("${pids[RANDOM % ${#pids[@]}]}")
	fi
	[ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null && echo "$kind" >>"$tmp/kinds"
	done=$((done + 1))
}

# after all is done: is it what it would have been?
judge() {
	records >"$tmp/now"
	sort -u "$tmp/seen" | comm -23 - "$tmp/now" >"$tmp/changed"
	[ ! -s "$tmp/changed" ] || fault "recorded, and made again: $(head -3 "$tmp/changed")"
	[ "$WHERE" != everywhere ] || replayed
	verdicts kill >"$tmp/got"
	diff -u "$tmp/want" "$tmp/got" >&2 || fault 'not the results of an undisturbed run'
	awk '$1 == "has" { has[$2] } $1 == "ask" && $2 in has { print $2 }' "$tmp/kill/asked" 2>/dev/null |
		grep -q . && fault 'asked again what was answered'
	[ ! -e "$tmp/phone.json" ] || netns us adb kill-server
	# what lost its parent ends by itself, on a busy machine not at once
	for _ in $(seq 20); do
		stay=$(ours; theirs | grep -vE ": ($idle)$")
		[ -n "$stay" ] || break
		sleep 0.5
	done
	[ -z "$stay" ] || fault "processes stay: $stay"
	for f in "$tmp"/kill/results/*/lock; do flock -n "$f" true || fault "a lock stays: $f"; done
	find "$tmp/kill/results" "$tmp/kill/build" -exec touch -h -d '2 hours ago' {} + 2>/dev/null
	(cd "$tmp/kill" && MKBENCH_ROOT=$tmp/kill MKBENCH_STORE=$tmp/kill/store mk/gc.sh >/dev/null)
	find "$tmp/kill/results" "$tmp/kill/build" \( -name '*tmp' -o -name '*.json.??????' -o -path '*/build/run/*' \
		-o -name 'tmp.*' \) >"$tmp/litter"
	[ ! -s "$tmp/litter" ] || fault "gc leaves $(head -1 "$tmp/litter")"
}

undisturbed() {
	tree ref
	(sweep ref) || { tail -3 "$tmp/ref.log" >&2; echo "torture: the undisturbed run failed" >&2; exit 1; }
	verdicts ref >"$tmp/want"
	[ -s "$tmp/want" ] || { echo "torture: the undisturbed run did nothing" >&2; exit 1; }
}
# A second tree, without models and hand-written kernels, gets the answers and the
# inputs' seeds and judges them again, undisturbed: that is what is wanted.
replayed() {
	local run replays=()
	rm -rf "$tmp/ref"
	tree ref
	rm -r "$tmp"/ref/{mk/models,tasks/oracle}
	(cd "$tmp/kill" && find results \( -name goals -o -name run.json -o -name manifest.json -o -name model.json \
		-o -name llm-call.json -o -name devrun.json \) -print0 | tar -c --null -T -) | tar -x -C "$tmp/ref"
	place_back
	: >"$tmp/ref.log"
	for run in "$tmp"/ref/results/*; do
		(cd "$tmp/ref" && MKBENCH_ROOT=$tmp/ref MKBENCH_STORE=$tmp/ref/store exec "${via[@]}" \
			make -s replay RUN="${run##*/}" DEVRUN="${DEVRUN:---quick}" JOBS="${JOBS:-2}") >"$run.log" 2>&1 ||
			echo "${run##*/}: $(tail -1 "$run.log")" >>"$tmp/ref.log" &
		replays+=($!)
	done
	wait "${replays[@]}" # the boards' daemons are jobs of ours, too
	[ ! -s "$tmp/ref.log" ] || fault "the replay of $(head -1 "$tmp/ref.log")"
	verdicts ref '*.replay' >"$tmp/want"
	echo "torture: replayed on a second tree: $(jq -r '"\(.[7]), held-out \(.[6])"' "$tmp/want" | sort | uniq -c |
		awk '{ n = $1; $1 = ""; printf "%s%d%s", sep, n, $0; sep = "; " }')"
}

place
[ "$WHERE" = everywhere ] || undisturbed

done=0 rounds=0
: >"$tmp/kinds"
while [ "$done" -lt "$kills" ] && [ $broken = 0 ]; do
	rm -rf "$tmp/kill" "$tmp/seen"
	tree kill
	: >"$tmp/seen"
	rounds=$((rounds + 1))
	while :; do
		(sweep kill) &
		pid=$!
		while kill -0 $pid 2>/dev/null; do
			if [ "$done" -ge "$kills" ]; then # what was killed last comes back, too
				sleep 1
				place_back
				continue
			fi
			for _ in $(seq $((RANDOM % pause))); do
				sleep 1
				kill -0 $pid 2>/dev/null || break
			done
			sleep "0.$((RANDOM % 900 + 50))"
			kill -0 $pid 2>/dev/null || break
			place_back
			look
			strike
			[ ! -t 2 ] || printf '\rtorture: %d of %d kills, sweep %d ' "$done" "$kills" $rounds >&2
		done
		wait $pid 2>/dev/null && break
		place_back
	done
	judge
done
[ ! -t 2 ] || echo >&2
echo "torture: $done kills in $rounds sweeps, seed ${2:-random}: $(sort "$tmp/kinds" | uniq -c |
	awk '{ n = $1; sub(/^ *[0-9]+ /, ""); printf "%s%s %s", sep, $0, n; sep = ", " }')"
[ $broken = 0 ] && echo "torture: as if undisturbed"
exit $broken
