#!/usr/bin/env bash
# A device behind adb: Debian's adbd, to a verdict; cut off in mid-push and in
# mid-run; its server killed; a full disk; a far server; a sweep while it is away.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/board.sh"
boards adb ssh ip tc bwrap
export TMPDIR=$tmp HOME=$tmp
trap 'netns us adb kill-server; boards_end; rm -rf "$tmp" /tmp/mkbench-device-t$$-*' EXIT

# device_file NAME PORT [JQ]: the device's file
device_file() {
	jq -n --arg n "t$$-$1" --arg p "$2" '{name:$n,title:"a device",arch:"native",transport:"adb",
		compilers:{c:"gcc","c++":"g++"},flags:["-O3","-march=native"],
		adb:{connect:("198.18.0.2:"+$p)},dir:"/data/mkbench",wait_s:20}'" | ${3:-.}" \
		>"$tmp/$1.json"
}
run() { netns us devrun -q -d "$tmp/${board:-one}.json" "$@" 2> >(tee "$tmp/said" >&2); }

board one
status 0 'adbd' adbd_start one 5555
device_file one 5555 '.facts={battery_percent:"echo 77",temperature_c:{command:"echo 305",scale:0.1}}
	|.prepare=["echo fixed >/data/mode","false"]|.restore=["mv /data/mode /data/was"]
	|.thermal={command:"echo 305",scale:0.1,below:38}'

for i in {0..255}; do printf "\\x$(printf %02x "$i")"; done >"$tmp/bytes"
cat "$tmp"/bytes{,,,,,,,} | tr 'a' '\n' >"$tmp/more"
status 0 'all bytes through a program there' netns us device -d "$tmp/one.json" run /bin/cat <"$tmp/more"
same 'come back as they went' "$tmp/more" "$tmp/out"
status 7 'its status' netns us device -d "$tmp/one.json" run /bin/sh -c 'exit 7'
status 3 'a script' netns us device -d "$tmp/one.json" shell "echo \"a  'b' \$(cat)\"; exit 3"
echo "a  'b' " >"$tmp/want"
same 'what it prints' "$tmp/want" "$tmp/out"

# one task to its verdict
prompt "$top/tasks/activation/relu_4d.json" | llm-call --model oracle | unpack |
	xcompile -d "$tmp/one.json" | small >"$tmp/small"
status 0 'a task' run "$tmp/small"
is 'is right there' '.run|.status=="ok" and .verify.failed==0'
is 'its state is in the record' '.run.machine|.facts=={battery_percent:77,temperature_c:30.5} and
	.prepared==[{command:"echo fixed >/data/mode",ok:true},{command:"false",ok:false}]'
ok 'what was prepared is put back' test -e "$tmp/one/data/was" -a ! -e "$tmp/one/data/mode"
score <"$tmp/out" >"$tmp/verdict"
is 'has a verdict' '.verdict|.compiled and .correct' "$tmp/verdict"
device_file hot 5555 '.thermal={command:"echo 395",scale:0.1,below:38,wait_s:0.2,poll_s:0.1}'
board=hot status 75 'one that is too hot' run "$tmp/small"
errline 'is not measured on' "device 't$$-hot' is too hot: 39.5, it must be below 38"

# cut off in mid-push: over a slow line, with nothing there yet
rm -r "$tmp/one/data/mkbench"
line slow
run "$tmp/small" >"$tmp/cut" & pid=$!
ok 'a push' within 10 sh -c "[ -s $tmp/one/data/mkbench/new.*/libonnxruntime.so.1 ]"
board_stop one
ok 'is cut off' test -n "$(ls -d "$tmp"/one/data/mkbench/new.*)"
line sound
adbd_start one 5555
wait $pid
is 'the device comes back: it is sent again, and right' '.run.status=="ok"' "$tmp/cut"
ok 'without a word' test ! -s "$tmp/said"
ok 'what was half sent is gone' test -z "$(ls -d "$tmp"/one/data/mkbench/new.* 2>/dev/null)"

# in mid-run
measuring() { pgrep -f "^/data/mkbench/store/.*/supervise"; }
running() { run -t 3 "$tmp/small" >"$tmp/cut" & pid=$!; within 10 measuring && sleep 0.3; }
ok 'a run' running
board_stop one
adbd_start one 5555
wait $pid
is 'the device falls and comes back: it is measured again' '.run.status=="ok"' "$tmp/cut"
ok 'a run' running
netns us adb kill-server
wait $pid
is 'the server is killed: likewise' '.run.status=="ok"' "$tmp/cut"

# a full disk
board three
adbd_start three 5556 --size 30000000 --tmpfs /data
device_file three 5556
board=three status 75 'a disk with too little room' run "$tmp/small"
errline 'is named, with the place' "device 't$$-three': /data/mkbench: .*([Nn]o space|write)"
board_stop three
adbd_start three 5556 --size 80000000 --tmpfs /data
status 0 'one that is full of what was used once' netns us device -d "$tmp/three.json" \
	shell 'mkdir /data/mkbench/store/old && head -c 60000000 /dev/zero >/data/mkbench/store/old/x'
board=three status 0 'is made room on' run "$tmp/small"
is 'and it is right' '.run.status=="ok"'
board_stop three

# a board for aarch64, which qemu, named in its file, makes of this machine's
lacks=
qemu=$(command -v qemu-aarch64-static) || lacks='qemu-user-static; '
[ -e "$top/build/arch/aarch64/runner-ort" ] || lacks+='make device-aarch64'
if [ -n "$lacks" ]; then
	skip 'a board for aarch64' "needs $lacks"
else
	board arm
	adbd_start arm 5558 --ro-bind "$qemu" /qemu --ro-bind /usr/aarch64-linux-gnu /sysroot
	device_file arm 5558 '.arch="aarch64"|.machine="'"$(uname -m)"'"|.emulated=true|.flags=["-O3","-march=armv8.2-a"]
		|.compilers={c:"aarch64-linux-gnu-gcc","c++":"aarch64-linux-gnu-g++"}
		|.run={hang_ms:60000,via:["/qemu","-L","/sysroot"]}'
	prompt "$top/tasks/activation/relu_4d.json" | llm-call --model oracle | unpack |
		xcompile -d "$tmp/arm.json" | small >"$tmp/foreign"
	board=arm status 0 'a board for aarch64' run "$tmp/foreign"
	is 'is right there, and marked' '.run|.status=="ok" and .verify.failed==0 and .emulated'
	board_stop arm
fi

# the server is far away, beside the device: across the network, and through ssh
netns us adb kill-server
netns them adb -a nodaemon server start >"$tmp/far.log" 2>&1 &
far=$!
within 10 netns us bash -c '</dev/tcp/198.18.0.2/5037'
device_file far 5555 '.adb={options:["-H","198.18.0.2","-P","5037"],connect:"127.0.0.1:5555"}'
board=far status 0 'a far server' run "$tmp/small"
is 'right' '.run.status=="ok"'
board two
sshd_start two 2202
netns us ssh -N -F none -i "$tmp/key" -oStrictHostKeyChecking=accept-new -oUserKnownHostsFile="$tmp/known" \
	-L 15037:127.0.0.1:5037 -p 2202 root@198.18.0.2 >"$tmp/bridge.log" 2>&1 &
bridge=$!
within 10 netns us bash -c '</dev/tcp/127.0.0.1/15037'
device_file bridge 5555 '.adb={options:["-P","15037"],connect:"127.0.0.1:5555"}'
status 0 'a far server behind ssh' netns us device -d "$tmp/bridge.json" run /bin/cat <"$tmp/more"
same 'every byte' "$tmp/more" "$tmp/out"
kill $bridge
pkill -P $far
wait $far $bridge 2>/dev/null
board_stop two

# a sweep while it is away: the others go on; another make carries on
"$top/mk/tree.sh" "$tmp"
cd "$tmp" || exit 1
export MKBENCH_ROOT=$tmp MKBENCH_STORE=$tmp/store
board_stop one
jq ".name=\"t$$-phone\"|.wait_s=0.5|del(.thermal,.prepare,.restore)" one.json >"mk/devices/t$$-phone.json"
sweep() {
	netns us env -u MAKEFLAGS make sweep SUITE=first TASKS=equal_int32_4d DEVRUN=--quick \
		JOBS=2 DEVICE="t$$-phone host"
}
stages() { find results -name '*.json' -printf '%P\n' | sort; }
status 2 'a sweep on a device that is away, and on host' sweep
stages >"$tmp/stages"
ok 'is done on host' grep -q '\.host\..*/score.json' "$tmp/stages"
ok 'waits for the device' test "$(grep -c 'phone.*/xcompile.json' "$tmp/stages") $(grep -c 'phone.*/devrun.json' "$tmp/stages")" = '1 0'
ok 'as status says' grep -q '^  1 failed in devrun: later it may succeed$' <(MKBENCH_ROOT=$tmp "$top/bin/status")
ok 'in one line' test "$(grep -c "device 't$$-phone': gave up" "$tmp/err")" = 1
find results -name '*.json' -printf '%i %P\n' | sort >"$tmp/before"
adbd_start one 5555
status 0 'it comes back' sweep
ok 'it is done there, too' grep -q "phone.*/score.json" <(stages)
ok 'and nothing else again' test -z "$(find results -name '*.json' -printf '%i %P\n' | sort | comm -13 "$tmp/before" - |
	grep -v 'phone.*/\(devrun\|score\)')"
finish
