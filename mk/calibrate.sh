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
members=$(jq -r '.members[]?' "$conf")
for member in $members; do
	echo "$member"
	"$0" "$member"
done
[ -z "$members" ] || exit 0
arch=$(jq -r .arch "$conf")
[ "$arch" = native ] && arch=$(uname -m)
program=build/arch/$arch/roofline
[ -x "$program" ] || make -s "$program"
mkdir -p build/calibration
bin/device -d "$device" run "$program" >"$out.tmp"
kernel=$(bin/device -d "$device" shell 'uname -r')
jq -c --arg d "$device" --arg m "$kernel" '{device:$d,kernel:$m}+.' "$out.tmp" >"$out.new"
rm "$out.tmp"
mv "$out.new" "$out"
jq -r '.threads[] | "\(.threads) \(if .threads == 1 then "thread " else "threads" end)  " +
	"\(.macs / 1e9 * 10 | round / 10) Gmac/s" +
	(.levels | map("   \(if .bytes < 1048576 then "\(.bytes / 1024) KiB" else "\(.bytes / 1048576) MiB" end): " +
		"read \(.read / 1e9 | round), copy \(.copy / 1e9 | round) GB/s") | join(""))' "$out"
