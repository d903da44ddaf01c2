#!/usr/bin/env bash
# setup.sh - install what mkbench needs from the machine's package managers.
#
# usage: setup.sh GROUP...
#   base    what building and running needs; npm packages; ONNX Runtime
#   test    what make check needs besides
#   pairs   PyTorch, for make check-pairs
#   cross   the aarch64 compilers and emulator, for DEVICE=qemu-aarch64
#   mnn     what makes engine mnn compile and link faster: a linker, gcc's plugins
#   adb     Android's debug bridge, for adb devices
#   report  gnuplot and graphviz, for make report and make graph
#   cluster rsync and ssh, for HOSTS=
#   slurm   Slurm on one machine, for tests/slurm.t
#
# Debian packages go onto the machine, by name; all else lies under build/.
# Mirrors and registries are those the machine is configured for.
# ORT_DIR=DIR uses an ONNX Runtime the user has (DIR/include, DIR/lib).
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022

packages() {
	local plugins
	case $1 in
	base) echo gcc g++ make libc6-dev pkg-config libcjson-dev libmd-dev \
		libtree-sitter-dev libprotobuf-c-dev protobuf-c-compiler \
		libonnx-dev libcurl4-openssl-dev parallel jq \
		bubblewrap ca-certificates util-linux
		[ -n "${ORT_DIR:-}" ] && [ -d build/npm/node_modules/tree-sitter-cpp ] ||
			command -v npm >/dev/null || echo npm ;;
	test) echo clang-format clang shellcheck mandoc perl libonnx-testdata \
		libcap2-bin iproute2 openssl python3 \
		gnuplot-nox chromium fonts-dejavu-core \
		adb openssh-client openssh-server rsync nftables mmdebstrap ;;
	pairs) echo python3-torch python3-numpy ;;
	cross) echo gcc-aarch64-linux-gnu g++-aarch64-linux-gnu qemu-user ;;
	mnn) plugins=gcc-$(gcc -dumpversion | cut -d. -f1)-plugin-dev
		echo mold "$plugins"
		! command -v aarch64-linux-gnu-g++ >/dev/null || echo "$plugins-aarch64-linux-gnu" ;;
	adb) echo adb ;;
	report) echo gnuplot-nox graphviz ;;
	cluster) echo rsync openssh-client ;;
	slurm) echo slurmctld slurmd slurm-client munge ;;
	*) echo "setup.sh: no group '$1': base test pairs cross mnn adb report cluster slurm" >&2
		return 64 ;;
	esac
}

# those of the named packages that are not installed
missing() {
	local p
	for p; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] ||
			echo "$p"
	done
}

root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

debian() {
	local list
	mapfile -t list < <(missing "$@")
	[ ${#list[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		echo "setup: this is not Debian; needed are the equivalents of: ${list[*]}" >&2
		exit 69
	fi
	if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && sudo -v; }; then
		echo "setup: neither root nor sudo; install these and run make again: ${list[*]}" >&2
		exit 69
	fi
	echo "setup: installing ${#list[@]} Debian packages" >&2
	mkdir -p build
	if ! { root apt-get -q update &&
		root env DEBIAN_FRONTEND=noninteractive apt-get -qy \
			install --no-install-recommends "${list[@]}"; } \
		>build/setup-apt.log 2>&1 </dev/null; then
		tail -5 build/setup-apt.log >&2
		echo "setup: apt-get failed (build/setup-apt.log); needed: ${list[*]}" >&2
		exit 69
	fi
}

npm_packages() {
	if cmp -s mk/npm/package-lock.json build/npm/installed.json; then return; fi
	echo "setup: installing npm packages (ONNX Runtime, C++ grammar, playwright-core)" >&2
	mkdir -p build/npm
	cp mk/npm/package.json mk/npm/package-lock.json build/npm/
	if ! (cd build/npm && npm ci --ignore-scripts --legacy-peer-deps --no-audit \
		--no-fund) >build/setup-npm.log 2>&1 </dev/null; then
		tail -5 build/setup-npm.log >&2
		echo "setup: npm failed (build/setup-npm.log)" >&2
		exit 69
	fi
	rm -rf build/npm/node_modules/onnxruntime-node/bin/napi-v6/{darwin,win32}
	cp mk/npm/package-lock.json build/npm/installed.json
}

# the Debian mirror that this machine's apt knows
mirror() {
	{ cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || :; } |
		sed -nE 's#^(deb[^h]*|URIs: *)(https?://[^ ]+/debian)/?( .*)?$#\2#p' | head -1
}

# Debian's package of the C headers; where this release lacks it, the one file
# comes from trixie through an apt of its own, with apt's signature checks
ort_headers() {
	local dir=$PWD/build/apt from opts=()
	mkdir -p "$dir"/{lists/partial,cache/archives/partial,deb}
	if ! apt-cache show libonnxruntime-dev >/dev/null 2>&1; then
		from=$(mirror)
		if [ -z "$from" ]; then
			echo "setup: no Debian mirror in apt's configuration to take libonnxruntime-dev from; set ORT_DIR" >&2
			exit 69
		fi
		printf 'deb [signed-by=%s] %s trixie main\n' \
			/usr/share/keyrings/debian-archive-keyring.gpg "$from" >"$dir/sources.list"
		opts=(-o "Dir::State=$dir" -o "Dir::State::lists=$dir/lists"
			-o "Dir::Cache=$dir/cache" -o "Dir::Etc::sourcelist=$dir/sources.list"
			-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
			-o Dir::State::status=/dev/null -o APT::Sandbox::User=)
		apt-get "${opts[@]}" -q update >build/setup-ort.log 2>&1
	fi
	(cd "$dir/deb" && rm -f ./*.deb &&
		apt-get "${opts[@]}" -q download libonnxruntime-dev >>../../setup-ort.log 2>&1)
	rm -rf "$dir/root"
	dpkg-deb -x "$dir"/deb/libonnxruntime-dev_*.deb "$dir/root"
	rm -rf "$dir/lists" "$dir/cache"
}

# build/board/root: what the tests' devices run on, with the daemons of Android
# and of ssh; the tests say so when it is not there
board() {
	local from dir=$PWD/build/board
	from=$(mirror)
	[ "$(id -u)" = 0 ] && [ -n "$from" ] && [ ! -e "$dir/root" ] || return 0
	echo "setup: unpacking a device's root for the tests" >&2
	rm -rf "$dir"
	mkdir -p "$dir"
	if mmdebstrap --quiet --variant=extract \
		--include=adbd,openssh-server,dash,coreutils,base-files,libc-bin,libstdc++6 \
		trixie "$dir/new" "deb $from trixie main" >build/setup-board.log 2>&1; then
		rm -rf "$dir/new/usr/share"/{doc,man,locale,info}
		mv "$dir/new" "$dir/root"
	else
		tail -2 build/setup-board.log >&2
		echo "setup: no root for the tests' devices (build/setup-board.log); they will be skipped" >&2
		rm -rf "$dir"
	fi
}

link() {
	if [ ! -e "$1" ]; then
		echo "setup: '$1' is not there" >&2
		exit 69
	fi
	mkdir -p "$(dirname "$2")"
	ln -sfn "$(realpath "$1")" "$2"
}

# build/ort: include/ and lib/ARCH/libonnxruntime.so.1
ort() {
	local npm=build/npm/node_modules/onnxruntime-node/bin/napi-v6/linux lib
	rm -rf build/ort
	if [ -n "${ORT_DIR:-}" ]; then
		for lib in "$ORT_DIR"/lib/libonnxruntime.so{.1,}; do
			[ -e "$lib" ] && break
		done
		link "$lib" "build/ort/lib/$(uname -m)/libonnxruntime.so.1"
		lib=$(find "$ORT_DIR/include" -name onnxruntime_c_api.h 2>/dev/null | head -1)
		link "$(dirname "${lib:-$ORT_DIR/include/onnxruntime_c_api.h}")" build/ort/include
		return
	fi
	[ -e build/apt/root/usr/include/onnxruntime/onnxruntime_c_api.h ] || {
		echo "setup: fetching ONNX Runtime's C headers" >&2
		ort_headers || { tail -3 build/setup-ort.log >&2
			echo "setup: cannot get libonnxruntime-dev (build/setup-ort.log)" >&2
			exit 69; }
	}
	link build/apt/root/usr/include/onnxruntime build/ort/include
	link $npm/x64/libonnxruntime.so.1 build/ort/lib/x86_64/libonnxruntime.so.1
	link $npm/arm64/libonnxruntime.so.1 build/ort/lib/aarch64/libonnxruntime.so.1
}

[ $# -gt 0 ] || { sed -n '4,13s/^# \{0,1\}//p' "$0" >&2; exit 64; }
for group; do
	names=$(packages "$group") || exit $?
	# shellcheck disable=SC2086
	debian $names
	case $group in
	base)
		[ -n "${ORT_DIR:-}" ] && [ -d build/npm/node_modules/tree-sitter-cpp ] || npm_packages
		ort
		;;
	test)
		debian gcc
		names="$(packages mnn) $(packages slurm)"
		# shellcheck disable=SC2086
		debian $names
		board
		;;
	esac
done
