#!/usr/bin/env bash
# A device behind ssh: a real sshd in a network of its own, to a verdict; over a
# line that loses packets; cut off in mid-run and coming back; in a pool.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/board.sh"
boards ssh ip nft bwrap
export TMPDIR=$tmp

# device NAME PORT [JQ]: the device's file
device_file() {
	jq -n --arg n "t$$-$1" --arg t "$tmp" --arg p "$2" '{name:$n,title:"a device",arch:"native",transport:"ssh",
		compilers:{c:"gcc","c++":"g++"},flags:["-O3","-march=native"],
		ssh:{host:"root@198.18.0.2",options:["-F","none","-p",$p,"-i",($t+"/key"),
			"-oUserKnownHostsFile="+$t+"/known","-oStrictHostKeyChecking=accept-new",
			"-oServerAliveInterval=1","-oServerAliveCountMax=2","-oConnectTimeout=2"]},
		dir:"/data/mkbench",wait_s:20,
		facts:{kernel:"uname -r",temperature_c:{command:"echo 41500",scale:0.001}}}'" | ${3:-.}" \
		>"$tmp/$1.json"
}
trap 'boards_end; rm -rf "$tmp" /tmp/mkbench-device-t$$-*' EXIT

board one
status 0 'sshd' sshd_start one 2201
device_file one 2201

# every byte, both ways
for i in {0..255}; do printf "\\x$(printf %02x "$i")"; done >"$tmp/bytes"
cat "$tmp"/bytes{,,,,,,,} | tr 'a' '\n' >"$tmp/more"
status 0 'all bytes through a program there' netns us device -d "$tmp/one.json" run /bin/cat <"$tmp/more"
same 'come back as they went' "$tmp/more" "$tmp/out"
status 7 'its status' netns us device -d "$tmp/one.json" run /bin/sh -c 'exit 7'
status 3 'a script' netns us device -d "$tmp/one.json" shell "echo \"a  'b' \$(cat)\"; exit 3"
echo "a  'b' " >"$tmp/want"
same 'what it prints' "$tmp/want" "$tmp/out"
status 0 'doctor' netns us device -d "$tmp/one.json" doctor
ok 'names what is there' grep -q '^ok  *reached .*by ssh' "$tmp/out"
ok 'and how it stands' grep -q '^ok  *temperature_c *41.5' "$tmp/out"

# one task to its verdict
prompt "$top/tasks/activation/relu_4d.json" | llm-call --model oracle | unpack |
	xcompile -d "$tmp/one.json" >"$tmp/built"
small <"$tmp/built" >"$tmp/small"
run() { netns us devrun -q -d "$tmp/${board:-one}.json" "$@"; }
status 0 'a task' run "$tmp/built"
is 'is right there' '.run|.status=="ok" and .verify.failed==0 and .heldout.status=="ok" and .emulated==false'
is 'and so is the native kernel' '.run.native_verify|.calls>0 and .failed==0'
is 'facts are in the record' '.run.machine|.facts.temperature_c==41.5 and .sandbox.kind=="jail" and (.kernel|length)>0'
score <"$tmp/out" >"$tmp/verdict"
is 'has a verdict' '.verdict|.compiled and .correct and .emulated==false' "$tmp/verdict"
# what stays there, by content; the candidate does not
store() { find "$tmp/one/data/mkbench/store" -type f -printf '%i %P\n' | sort; }
ok 'the runner stays there' grep -q '/runner-ort$' <(store)
ok 'the candidate does not' test -z "$(store | grep candidate)"
store | grep -v '\.onnx' >"$tmp/want"
# a busy machine may condemn all rounds of a try
timed() { run "$tmp/small" >"$tmp/timed" && jq -e '.run.speedup.ratio > 0' "$tmp/timed"; }
ok 'once more, and timed' within 30 timed
store | grep -v '\.onnx' >"$tmp/got"
same 'what was there was not sent again' "$tmp/want" "$tmp/got"

# a line that loses every tenth packet
rm -r "$tmp/one/data/mkbench"
if line lossy; then
	status 0 'a task over a line with losses, with all that it needs' run "$tmp/small"
	is 'is right' '.run.status=="ok"'
	line sound
else
	skip 'a line with losses' "needs netem or nf_tables in the kernel"
fi

# cut off in mid-run, and back again
measuring() { pgrep -f "^/data/mkbench/store/.*/supervise"; }
running() { run -t 3 "$tmp/small" >"$tmp/cut" 2>"$tmp/cut.err" & pid=$!; within 10 measuring && sleep 0.5; }
ok 'a run' running
cable down
sleep 3
cable up
wait $pid
ok 'the cable pulled in mid-run: it is measured again' test $? = 0
is 'and is right' '.run.status=="ok"' "$tmp/cut"
ok 'without a word' test ! -s "$tmp/cut.err"
running
pkill -9 -f '^sshd-session' --ns "$(measuring | head -1)" --nslist pid
wait $pid
ok 'its connection killed: likewise' test $? = 0
is 'and is right' '.run.status=="ok"' "$tmp/cut"
running
board_stop one
ok 'the host falls' sshd_start one 2201
wait $pid
ok 'and comes back: likewise' test $? = 0
is 'and is right' '.run.status=="ok"' "$tmp/cut"
running
pkill -9 -P $pid
wait $pid 2>/dev/null
ok 'devrun killed: nothing stays at work there' within 8 bash -c "! pgrep -f '^/data/mkbench/store/.*/(supervise|runner)'"
ok 'nor here' within 3 bash -c "! pgrep -f 'mkbench-[d]evice-t$$-'"
status 0 'the next one' run "$tmp/small"
ok 'nothing half sent is left' test -z "$(ls -d "$tmp"/one/data/mkbench/new.* 2>/dev/null)"

# away for good
board_stop one
device_file gone 2201 '.wait_s=1'
board=gone status 75 'a host that is away' run "$tmp/small"
errline 'is named, with the reason' "^devrun: device 't$$-gone': gave up after 1 s: .*(refused|closed)"
sshd_start one 2201
ssh-keygen -q -t ed25519 -N '' -f "$tmp/other"
device_file key 2201 ".ssh.options|=map(if .==\"$tmp/key\" then \"$tmp/other\" else . end)"
board=key status 69 'a key that is not known there' run "$tmp/small"
errline 'is no matter of waiting' 'Permission denied'
device_file bad 2201 '.wiat_s=1'
board=bad status 65 'a key of the file that is none' run "$tmp/small"
errline 'is named' 'wiat_s: no such key'

# a pool
board two
sshd_start two 2202
device_file two 2202
jq '{name:"pool",title,arch,compilers,flags,wait_s:20,members:[$one,$two]}' --arg one "$tmp/one.json" \
	--arg two "$tmp/two.json" "$tmp/one.json" >"$tmp/pool.json"
member() { jq -r .run.machine.member "$1" | sed "s/^t$$-//"; }
board=pool
run -t 4 "$tmp/small" >"$tmp/a" & a=$!
within 10 measuring
run "$tmp/small" >"$tmp/b"
wait $a
ok 'a pool: two at once, each with a device of its own' test "$(member "$tmp/a") $(member "$tmp/b")" = 'one two'
board_stop one
status 0 'one has gone' run "$tmp/small"
ok 'it is passed over' test "$(member "$tmp/out")" = two
sshd_start one 2201
sleep 3
status 0 'it has come back' run "$tmp/small"
ok 'and is taken again' test "$(member "$tmp/out")" = one
board_stop one
board_stop two
jq '.wait_s=1' "$tmp/pool.json" >"$tmp/empty.json"
board=empty status 75 'all are gone' run "$tmp/small"
errline 'the pool is named' "no member of 'pool' is there: "
finish
