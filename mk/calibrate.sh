#!/usr/bin/env bash
# calibrate.sh DEVICE - what the device can do at most
#
# Writes build/calibration/DEVICE.json, which devrun holds times against, and
# prints it as a table.  The device's lock is held meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."
device=$1 out=build/calibration/$1.json
conf=mk/devices/$device.json
[ -e "$conf" ] || {
	echo "calibrate: no device '$device'; there are: $(cd mk/devices && echo *.json)" >&2
	exit 69
}
arch=$(jq -r .arch "$conf")
[ "$arch" = native ] && arch=$(uname -m)
mapfile -t via < <(jq -r '.run.via[]?' "$conf")
program=build/arch/$arch/roofline
[ -x "$program" ] || make -s "$program"
mkdir -p build/calibration
lock=/tmp/mkbench-device-$device.lock
[ -e "$lock" ] || (umask 0; : >"$lock")
flock "$lock" "${via[@]}" "$program" >"$out.tmp"
jq -c --arg d "$device" --arg m "$(uname -r)" '{device:$d,kernel:$m}+.' "$out.tmp" >"$out.new"
rm "$out.tmp"
mv "$out.new" "$out"
jq -r '.threads[] | "\(.threads) \(if .threads == 1 then "thread " else "threads" end)  " +
	"\(.macs / 1e9 * 10 | round / 10) Gmac/s" +
	(.levels | map("   \(if .bytes < 1048576 then "\(.bytes / 1024) KiB" else "\(.bytes / 1048576) MiB" end): " +
		"read \(.read / 1e9 | round), copy \(.copy / 1e9 | round) GB/s") | join(""))' "$out"
