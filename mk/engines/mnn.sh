#!/usr/bin/env bash
# mnn.sh - what is made once of the user's MNN tree and build, under build/mnn.
#
# usage: mnn.sh prepare DIR ROOT BUILD   DIR/engine.json and what it names
#        mnn.sh gate DIR KIND TYPE [FILE ...]
#                                        DIR/gate/KIND-TYPE.o: in the candidate
#                                        arm the functions of these native
#                                        files are traps
#
# ROOT and BUILD are only read.  DIR appears by rename, complete.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
export LC_ALL=C.UTF-8

die() {
	echo "mnn: $1" >&2
	exit 69
}

# the entry of compile_commands.json whose file ends in $1, as one JSON object
# with its command as an array; simple shell quoting is undone by jq's @sh twin
entry() {
	jq -ce --arg f "/$1" 'first(.[] | select(.file | endswith($f)))' \
		"$build/compile_commands.json" ||
		die "'$build/compile_commands.json' has no command for $1"
}

# its arguments without the file, the output and -c, one a line
arguments() {
	local -a words
	local i e=$1
	if jq -e 'has("arguments")' <<<"$e" >/dev/null; then
		mapfile -t words < <(jq -r '.arguments[]' <<<"$e")
	else
		mapfile -t words < <(jq -r .command <<<"$e" | xargs -n1 printf '%s\n')
	fi
	for ((i = 0; i < ${#words[@]}; i++)); do
		case ${words[i]} in
		-o) i=$((i + 1)) ;;
		-c) ;;
		-MD | -MMD | -MP) ;;
		-MF | -MT | -MQ) i=$((i + 1)) ;;
		-I[!/]*) printf -- '-I%s/%s\n' "$(jq -r .directory <<<"$e")" "${words[i]#-I}" ;;
		*) [ "${words[i]}" = "$(jq -r .file <<<"$e")" ] || printf '%s\n' "${words[i]}" ;;
		esac
	done
}

# the first linker that this compiler knows beside its own, which is the slowest;
# for other machines than x86-64 gold forgets to relocate what --defsym defines; of one
# thread, since candidates are linked side by side
linker() {
	local name one
	echo 'int main(void) { return 0; }' >"$tmp/empty.c"
	for name in mold gold lld; do
		[ $name = mold ] || [[ $("$1" -dumpmachine) == x86_64* ]] || continue
		one=$([ $name = gold ] || echo -Wl,--threads=1)
		if "$1" -fuse-ld=$name $one -x c "$tmp/empty.c" -o "$tmp/empty" 2>"$tmp/log"; then
			printf '%s\n' "-fuse-ld=$name" $one
			break
		fi
	done
	rm -f "$tmp"/empty{,.c}
}

# what makes this compiler put the instances of templates into a precompiled header:
# the option of clang, or a plugin of gcc if its headers are there
instances() {
	local headers
	if "$1" --version | grep -q clang; then
		echo -fpch-instantiate-templates
		return
	fi
	headers=$("$1" -print-file-name=plugin)/include
	[ -e "$headers/gcc-plugin.h" ] || return 0
	g++ -shared -fPIC -fno-rtti -O1 -I"$headers" "$top/src/runner/gcc-pch.cpp" \
		-o "$tmp/gcc-pch.so" >"$tmp/log" 2>&1 && echo "-fplugin=$tmp/gcc-pch.so"
}

# sibling FILE [VARIABLE=VALUE]: compile it with the header of its kind
sibling() {
	(cd "$dir" && env "${@:2}" "${args[@]}" -include "$tmp/$name.hpp" -c "$root/$sibling" \
		-o "$tmp/$1" >"$tmp/log" 2>&1)
}

# precompiled NAME [OPTION...]: NAME.hpp.gch by the arguments of its kind and these
# options, with which the sibling still compiles: some compilers fail on a header of
# their own
precompiled() {
	(cd "$dir" && "${args[@]}" "${@:2}" -x c++-header "$tmp/$1.hpp" -o "$tmp/$1.hpp.gch" \
		>"$tmp/log" 2>&1) && sibling "$1.o"
}

# spent NAME [VARIABLE=VALUE]: seconds of processor time of that, into NAME.o; the
# least of three, as the first must often make room
spent() {
	local TIMEFORMAT='%U %S'
	for _ in 1 2 3; do { time sibling "$1.o" "${@:2}"; } 2>&1; done |
		awk '{ t = $1 + $2; if (!least || t < least) least = t } END { print least }'
}

# what to load before the compiler, if by that it makes the same in less time: memory
# in large pages
preloaded() {
	local without with
	[ -e "$tmp/pages.so" ] ||
		gcc -shared -fPIC -O2 "$top/src/runner/pages.c" -o "$tmp/pages.so" >"$tmp/log" 2>&1 ||
		return 0
	without=$(spent small) && with=$(spent large "LD_PRELOAD=$tmp/pages.so" \
		GLIBC_TUNABLES=glibc.malloc.hugetlb=1) || return 0
	if cmp -s "$tmp/small.o" "$tmp/large.o" && awk "BEGIN {exit !($with < $without)}"; then
		echo "$final/pages.so"
	fi
	rm -f "$tmp"/{small,large}.o
}

# kind sibling header: the compile command of a kind and its precompiled header
kind() {
	local name=$1 sibling=$2 e dir args more preload
	shift 2
	[ -e "$root/$sibling" ] || die "'$root' lacks $sibling"
	e=$(entry "$sibling")
	dir=$(jq -r .directory <<<"$e")
	mapfile -t args < <(arguments "$e")
	# line tables and remarks on loops: neither changes the code
	args+=(-iquote "$(dirname "$root/$sibling")" -fdiagnostics-color=never -g1)
	if "${args[0]}" --version | grep -q clang; then
		args+=(-Rpass=loop-vectorize)
	else
		args+=(-fopt-info-vec-optimized)
	fi
	printf '#include "%s"\n' "$@" >"$tmp/$name.hpp"
	mapfile -t more < <(instances "${args[0]}")
	[[ ${more-} != -fplugin=* ]] || echo '#pragma mkbench instantiate' >>"$tmp/$name.hpp"
	precompiled "$name" "${more[@]}" || precompiled "$name" ||
		{ tail -3 "$tmp/log" >&2; die "the compile command of $sibling fails"; }
	rm -f "$tmp/$name.o"
	preload=$(preloaded)
	jq -n --arg dir "$dir" --arg pch "$final/$name.hpp" --arg preload "$preload" \
		'{directory: $dir, compile: $ARGS.positional, pch: $pch,
		preload: (if $preload == "" then null else $preload end)}' \
		--args -- "${args[@]}" >"$tmp/$name.json"
}

prepare() {
	local final=$1 root build tmp cxx nm version commit link convert main e dir
	local -a args objects link
	root=$(realpath "$2")
	build=$(realpath "$3")
	tmp=$final.tmp.$$
	mkdir -p "$tmp/gate"
	# shellcheck disable=SC2064
	trap "rm -rf '$tmp'" EXIT
	kind atomic source/backend/cpu/CPURelu.cpp backend/cpu/CPUBackend.hpp
	kind geometric source/geometry/GeometryCumSum.cpp geometry/GeometryComputer.hpp
	dir=$(jq -r .directory "$tmp/atomic.json")
	mapfile -t args < <(jq -r '.compile[]' "$tmp/atomic.json")
	cxx=${args[0]}
	nm=$("$cxx" -print-prog-name=nm)

	objects=(mnn.o runner.o jail.o fdpass.o)
	[ ! -e "$root/include/MNN/expr/Module.hpp" ] || objects+=(mnn-module.o)
	for part in mnn ${objects[4]+mnn-module}; do
		(cd "$dir" && "${args[@]}" -I"$top/src/runner" -c "$top/src/runner/$part.cpp" \
			-o "$tmp/$part.o") >"$tmp/log" 2>&1 ||
			{ grep -m3 error "$tmp/log" >&2; die "src/runner/$part.cpp does not compile against '$root'"; }
	done
	for part in runner/runner lib/jail lib/fdpass; do
		"$cxx" -x c -std=gnu11 -O2 -g1 -D_GNU_SOURCE -I"$top/src/runner" \
			-I"$top/src/lib" -c "$top/src/$part.c" \
			-o "$tmp/${part##*/}.o" >"$tmp/log" 2>&1 ||
			{ grep -m3 error "$tmp/log" >&2; die "src/$part.c does not compile with $cxx"; }
	done
	solitary "$nm" "$build" >"$tmp/solitary"
	gate "$tmp" native '' >&2
	mapfile -t link < <(linker "$cxx")
	link+=("-Wl,--allow-multiple-definition" "-Wl,-z,noexecstack")
	(cd "$tmp" && "$cxx" -o runner gate/native-.o "${objects[@]}" \
		"$build/libMNN.a" "${link[@]}" -lpthread -ldl) >"$tmp/log" 2>&1 ||
		{ grep -m3 -E 'error|undefined' "$tmp/log" >&2; die "the runner does not link with '$build/libMNN.a'"; }

	convert=
	if [ -x "$build/MNNConvert" ]; then
		convert=$build/MNNConvert
		kind composite tools/converter/source/optimizer/onnxextra/OnnxSoftsign.cpp \
			MNN/expr/ExprCreator.hpp
		e=$(entry tools/converter/source/MNNConverter.cpp)
		main=$(jq -r '.directory + "/" + (.output // (.command | capture(" -o (?<o>[^ ]+)").o))' <<<"$e")
		deps=$(find "$build" -name libMNNConvertDeps.a | head -1)
		[ -n "$deps" ] && [ -e "$main" ] || convert=
		proto=$(find "$build" -name 'libprotobuf*.a' ! -name '*lite*' | head -1)
		(cd "$(jq -r .directory <<<"$e")" && mapfile -t own < <(arguments "$e") &&
			"${own[@]}" -iquote "$root/tools/converter/source/optimizer/onnxextra" \
			-c "$top/src/runner/mnn-convert.cpp" -o "$tmp/gate/convert.o") \
			>"$tmp/log" 2>&1 ||
			{ grep -m3 error "$tmp/log" >&2; die "src/runner/mnn-convert.cpp does not compile against '$root'"; }
		[ ! -e "$root/include/MNN/expr/Module.hpp" ] ||
			(cd "$dir" && "${args[@]}" "$top/src/runner/mnn-types.cpp" -o "$tmp/types") \
				>"$tmp/log" 2>&1 ||
			{ grep -m3 error "$tmp/log" >&2; die "src/runner/mnn-types.cpp does not compile against '$root'"; }
	fi
	version=$(sed -n 's/^#define MNN_VERSION_\(MAJOR\|MINOR\|PATCH\) //p' \
		"$root/include/MNN/MNNDefine.h" | paste -sd.)
	commit=
	[ "$(git -C "$root" rev-parse --show-toplevel 2>/dev/null)" != "$root" ] ||
		commit=$(git -C "$root" rev-parse HEAD)
	jq -n --arg version "$version" --arg commit "$commit" --arg nm "$nm" \
		--arg cxx "$cxx" --arg compiler "$("$cxx" --version | head -1)" \
		--arg objcopy "$("$cxx" -print-prog-name=objcopy)" \
		--arg final "$final" --arg build "$build" --arg root "$root" \
		--arg convert "$convert" --arg main "${main:-}" --arg deps "${deps:-}" \
		--arg proto "${proto:-}" \
		--slurpfile atomic "$tmp/atomic.json" \
		--slurpfile geometric "$tmp/geometric.json" \
		--slurpfile composite <(cat "$tmp/composite.json" 2>/dev/null || true) \
		--argjson flags "$(printf '%s\n' "${link[@]}" | jq -R . | jq -sc .)" \
		'($ARGS.positional | map($final + "/" + .)) as $objects |
		($objects + [$build + "/libMNN.a"] + $flags + ["-lpthread", "-ldl"]) as $run |
		{version: $version, commit: (if $commit == "" then null else $commit end),
		root: $root, build: $build, compiler: $compiler, nm: $nm, objcopy: $objcopy, cxx: $cxx,
		runner: ($final + "/runner"),
		convert: (if $convert == "" then null else $convert end),
		kinds: ({atomic: ($atomic[0] + {link: $run}),
			geometric: ($geometric[0] + {link: $run})} +
			if $composite == [] then {} else {composite: ($composite[0] + {link:
			([$final + "/gate/convert.o", $main] + $flags +
			["-Wl,--whole-archive", $deps, $build + "/libMNN.a", "-Wl,--no-whole-archive"] +
			(if $proto == "" then ["-lprotobuf"] else [$proto] end) +
			["-lpthread", "-ldl"])})} end)}' \
		--args -- "${objects[@]}" >"$tmp/engine.json"
	rm -f "$tmp"/log "$tmp"/{atomic,geometric,composite}.json
	rm -rf "$final"
	mv "$tmp" "$final"
}

# the object files of native sources, as the build names them
objects() {
	local f build=$1
	shift
	for f; do
		jq -r --arg f "/$f" 'first(.[] | select(.file | endswith($f))) |
			.directory + "/" + (.output // (.command | capture(" -o (?<o>[^ ]+)").o))' \
			"$build/compile_commands.json"
	done
}

# the weak functions that one object of the libraries alone defines: they belong
# to a file, not to a header
solitary() {
	find "$2" -name 'libMNN*.a' -exec "$1" --defined-only {} + 2>/dev/null |
		awk '$2 == "W" {n[$3]++} END {for (s in n) if (n[s] == 1) print s}'
}

# the functions of namespace MNN that belong to the objects: "trap NAME", or
# "none NAME" for a registration.  What constructs and destroys a class that the
# engine registers stays.
symbols() {
	"$1" --defined-only "${@:3}" 2>/dev/null |
		awk 'NR == FNR {alone[$1]; next}
		$2 !~ /^[TW]$/ || $3 !~ /^_ZNK?3MNN/ || seen[$3]++ {next}
		$3 ~ /___.*__/ {if ($2 == "T") print "none", $3; next}
		$2 == "T" || ($3 in alone && $3 !~ /[CD][0-9]E/) {print "trap", $3}' "$2" -
}

gate() {
	local dir=$1 kind=$2 type=$3 n=0 what s out list
	shift 3
	out=$dir/gate/$kind-$type
	if [ -e "$dir/engine.json" ]; then
		build=$(jq -r .build "$dir/engine.json")
		cxx=$(jq -r .cxx "$dir/engine.json")
		nm=$(jq -r .nm "$dir/engine.json")
	fi
	{
		printf 'const char mkbench_op[] = "%s", mkbench_kind[] = "%s";\n' "$type" "$kind"
		echo 'extern void mkbench_native(void);'
		mapfile -t list < <(objects "$build" "$@")
		[ ${#list[@]} -eq 0 ] || symbols "$nm" "$dir/solitary" "${list[@]}" |
			while read -r what s; do
				n=$((n + 1))
				printf 'void t%d(void) __asm__("%s");\nvoid t%d(void) {%s}\n' \
					$n "$s" $n "$([ "$what" = none ] || echo 'mkbench_native();')"
			done
	} >"$out.$$.c"
	"$cxx" -x c -O1 -fPIC -c "$out.$$.c" -o "$out.$$.o"
	rm -f "$out.$$.c"
	mv "$out.$$.o" "$out.o"
}

case ${1-} in
prepare) prepare "$2" "$3" "$4" ;;
gate) gate "${@:2}" ;;
*)
	sed -n '4,8s/^# \{0,1\}//p' "$0" >&2
	exit 64
	;;
esac
