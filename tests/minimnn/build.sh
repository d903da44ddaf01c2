#!/usr/bin/env bash
# build.sh DIR - minimnn's tree, library, converter and compile commands in DIR
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p "$1"
root=$PWD
cd "$1"
flags=(-std=c++11 -O3 -fPIC -I"$root/include" -I"$root/source" -I"$root/schema/current" -I"$root/tools/converter/source"
	-I"$root/tools/converter/source/optimizer/onnxextra")
list=()
while read -r f; do
	o=${f//\//_}.o
	g++ "${flags[@]}" -c "$root/$f" -o "$o"
	list+=("$(jq -nc --arg d "$PWD" --arg f "$root/$f" --arg o "$o" --arg c "g++ ${flags[*]} -o $o -c $root/$f" \
		'{directory: $d, file: $f, command: $c}')")
done < <(cd "$root" && find source tools -name '*.cpp' | sort)
printf '%s\n' "${list[@]}" | jq -s . >compile_commands.json
rm -f libMNN.a libMNNConvertDeps.a
ar rcs libMNN.a source_*.o
ar rcs libMNNConvertDeps.a tools_converter_source_optimizer_*.o
rm -f libprotobuf.a
ar rcs libprotobuf.a
g++ -o MNNConvert tools_converter_source_MNNConverter.cpp.o -Wl,--whole-archive libMNNConvertDeps.a -Wl,--no-whole-archive
