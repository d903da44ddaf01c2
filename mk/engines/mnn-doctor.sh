#!/usr/bin/env bash
# mnn-doctor.sh - what engine mnn needs, what is there, and why it is needed.
set -uo pipefail
missing=0

# there PATH WHAT WHY
there() {
	if [ -e "$1" ]; then
		printf '  %-10s %s\n' there "$2"
	else
		printf '  %-10s %s: %s\n' missing "$2" "$3"
		missing=1
	fi
}

# faster PATH WHAT WHY: not needed
faster() {
	if [ -e "$1" ]; then
		printf '  %-10s %s\n' there "$2"
	else
		printf '  %-10s %s: %s (make setup-mnn, then rm -r build/mnn)\n' slower "$2" "$3"
	fi
}

echo "engine mnn"
if [ -z "${MNN_ROOT:-}" ]; then
	printf '  %-10s MNN_ROOT: a source tree of MNN 3, whose headers candidates include\n' missing
	missing=1
else
	there "$MNN_ROOT/include/MNN/MNNDefine.h" "MNN_ROOT" "'$MNN_ROOT' is no MNN source tree"
	there "$MNN_ROOT/schema/current/MNN_generated.h" "the generated schema" \
		"the tree's schema/generate.sh makes it"
fi
for name in MNN_BUILD $(compgen -v | grep '^MNN_BUILD_'); do
	dir=${!name-}
	if [ -z "$dir" ]; then
		printf '  %-10s %s: a build directory of that tree\n' missing "$name"
		missing=1
		continue
	fi
	there "$dir/libMNN.a" "$name: static library" \
		"candidates are linked before it (-DMNN_BUILD_SHARED_LIBS=OFF -DMNN_SEP_BUILD=OFF)"
	there "$dir/compile_commands.json" "$name: compile commands" \
		"candidates are compiled as their siblings are (-DCMAKE_EXPORT_COMPILE_COMMANDS=ON)"
	[ "$name" != MNN_BUILD ] || there "$dir/MNNConvert" "$name: converter" \
		"tasks become .mnn by it, and composite kernels are linked into it (-DMNN_BUILD_CONVERTER=ON)"
done
compiler=$(jq -r 'first(.[] | .arguments[0] // .command) | split(" ")[0]' \
	"${MNN_BUILD-}/compile_commands.json" 2>/dev/null)
if ! "${compiler:-gcc}" --version 2>/dev/null | grep -q clang; then
	faster "$("${compiler:-gcc}" -print-file-name=plugin 2>/dev/null)/include/gcc-plugin.h" \
		"headers of gcc's plugins" "without them candidates compile in twice the time"
fi
faster "$(command -v mold)" "the linker mold" "without it candidates link in twice the time"
exit $((missing ? 69 : 0))
