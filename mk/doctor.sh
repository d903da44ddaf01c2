#!/usr/bin/env bash
# doctor.sh - say what is there, what is missing and what it would enable.
#
# usage: doctor.sh [DEVICE...]
# One line a thing: "ok", "--" (missing; what to do), or "!!" (broken).  With
# devices, what each can do, which one task measured on it shows.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 69
missing=0

say() { printf '%-3s %-22s %s\n' "$1" "$2" "$3"; }

# have NAME TEST ENABLES FIX
have() {
	if eval "$2" >/dev/null 2>&1; then
		say ok "$1" "$3"
	else
		say -- "$1" "missing: $4; enables: $3"
		missing=$((missing + 1))
	fi
}
command_() { command -v "$1" >/dev/null; }

# device NAME: its own words, then a task on it, native against native
device() {
	local conf=mk/devices/$1.json out=build/doctor-$1.json member
	echo "Device $1"
	member=$(jq -r '.members[]?' "$conf" 2>/dev/null)
	if [ -n "$member" ]; then
		say ok pool "of: ${member//$'\n'/, }"
		for member in $member; do device "$member"; done
		return
	fi
	bin/device -d "$1" doctor || { missing=$((missing + 1)); return; }
	jq -c . tasks/activation/relu_4d.json | bin/devrun -q -A -d "$1" -o "$out" ||
		{ missing=$((missing + 1)); return; }
	jq -r 'def r: . * 100 | round / 100; .run |
		if .status != "ok" then "!!  measuring              \(.status): \(.reason // "") \(.candidate.log // "" | .[:200])"
		elif .speedup == null then "--  measuring              right, but it is too busy for times"
		else "ok  measuring              native against native: \(.speedup | "\(.ratio | r) x, \(.low | r) to \(.high | r)"); " +
			"a call takes \(.native.median_ns / 1000 | round) us, the bell \(.bell_ns) ns, all \(.seconds | r) s"
		end' "$out"
	rm "$out"
	if [ -e "build/calibration/$1.json" ]; then say ok roofline "calibrated"
	else say -- roofline "not calibrated: make calibrate DEVICE=$1"; fi
}

if [ $# -gt 0 ]; then
	for d; do device "$d"; done
	exit $((missing > 0 ? 69 : 0))
fi

echo "Building and running"
for c in gcc g++ jq parallel protoc-c; do
	have "$c" "command_ $c" "building and running" "make setup"
done
have "ONNX Runtime" "test -e build/ort/lib/$(uname -m)/libonnxruntime.so.1" \
	"references, engine ort" "make setup, or ORT_DIR="
have "ONNX Runtime headers" "test -e build/ort/include/onnxruntime_c_api.h" \
	"candidates for engine ort" "make setup, or ORT_DIR="
have "C++ grammar" "test -e build/npm/node_modules/tree-sitter-cpp/src/parser.c" \
	"repo-tree, err-extract, kernel-lint" "make setup"
have "programs" "test -x bin/devrun" "everything" "make programs"

echo "Sandbox"
have bwrap "command_ bwrap" "building and running candidates apart" "make setup"
have "user namespaces" "bwrap --ro-bind / / --unshare-all true" \
	"bubblewrap as this user" "run as root, or sysctl kernel.unprivileged_userns_clone=1"

if [ -n "${MNN_ROOT:-}${MNN_BUILD:-}" ]; then
	mk/engines/mnn-doctor.sh || missing=$((missing + 1))
else
	say -- "engine mnn" "missing: MNN_ROOT= and MNN_BUILD=; enables: kernels for MNN (man mkbench-mnn)"
fi

echo "Measuring"
cpus=$(nproc)
have "two cores" "test $cpus -ge 2" "a spinning doorbell (one core: futex, coarser)" "a machine with two"
governor=/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
if [ -r $governor ]; then
	have "performance governor" "grep -q performance $governor" "steadier times" \
		"echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"
else
	say ok "frequency" "not ours to set here (virtual machine or fixed)"
fi

echo "Tests and extras"
have clang-format "clang-format --version | grep -q 'version 14\.'" "the formatting check" "Debian 12's clang-format"
have shellcheck "command_ shellcheck" "make check" "mk/setup.sh test"
have mandoc "command_ mandoc" "make check" "mk/setup.sh test"
have PyTorch "/usr/bin/python3 -c 'import torch'" "make check-pairs" "mk/setup.sh pairs"
have "aarch64 compiler" "command_ aarch64-linux-gnu-gcc" "DEVICE=qemu-aarch64" "mk/setup.sh cross"
have qemu-aarch64 "command_ qemu-aarch64 || command_ qemu-aarch64-static" "DEVICE=qemu-aarch64" "mk/setup.sh cross"
have adb "command_ adb" "Android devices" "mk/setup.sh adb"
have gnuplot "command_ gnuplot" "make report, make graph" "mk/setup.sh report"

echo "Models"
for f in mk/models/*.json; do
	key=$(jq -r '.key_env // empty' "$f")
	name=$(basename "$f" .json)
	[ -n "$key" ] || continue
	if [ -n "${!key:-}" ]; then say ok "$name" "its key is in \$$key"
	else say -- "$name" "no key: export $key=..."; fi
done

for extra in mk/doctor/*.sh; do
	# shellcheck disable=SC1090
	[ -e "$extra" ] && . "$extra"
done
[ $missing = 0 ] || echo "$missing things are missing; what works does not need them."
