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

# kind sibling header: the compile command of a kind and its precompiled header
kind() {
	local name=$1 sibling=$2 e dir args
	shift 2
	[ -e "$root/$sibling" ] || die "'$root' lacks $sibling"
	e=$(entry "$sibling")
	dir=$(jq -r .directory <<<"$e")
	mapfile -t args < <(arguments "$e")
	args+=(-iquote "$(dirname "$root/$sibling")" -fdiagnostics-color=never)
	printf '#include "%s"\n' "$@" >"$tmp/$name.hpp"
	(cd "$dir" && "${args[@]}" -x c++-header "$tmp/$name.hpp" \
		-o "$tmp/$name.hpp.gch") >"$tmp/log" 2>&1 ||
		{ tail -3 "$tmp/log" >&2; die "the compile command of $sibling fails"; }
	jq -n --arg dir "$dir" --arg pch "$final/$name.hpp" \
		'{directory: $dir, compile: $ARGS.positional, pch: $pch}' \
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

	(cd "$dir" && "${args[@]}" -I"$top/src/runner" -c "$top/src/runner/mnn.cpp" \
		-o "$tmp/mnn.o") >"$tmp/log" 2>&1 ||
		{ grep -m3 error "$tmp/log" >&2; die "src/runner/mnn.cpp does not compile against '$root'"; }
	for part in runner/runner lib/jail; do
		"$cxx" -x c -std=gnu11 -O2 -g1 -D_GNU_SOURCE -I"$top/src/runner" \
			-I"$top/src/lib" -c "$top/src/$part.c" \
			-o "$tmp/${part##*/}.o" >"$tmp/log" 2>&1 ||
			{ grep -m3 error "$tmp/log" >&2; die "src/$part.c does not compile with $cxx"; }
	done
	gate "$tmp" native '' >&2
	link=("-Wl,--allow-multiple-definition" "-Wl,-z,noexecstack")
	objects=(mnn.o runner.o jail.o)
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
		(cd "$(jq -r .directory <<<"$e")" && mapfile -t args < <(arguments "$e") &&
			"${args[@]}" -iquote "$root/tools/converter/source/optimizer/onnxextra" \
			-c "$top/src/runner/mnn-convert.cpp" -o "$tmp/gate/convert.o") \
			>"$tmp/log" 2>&1 ||
			{ grep -m3 error "$tmp/log" >&2; die "src/runner/mnn-convert.cpp does not compile against '$root'"; }
	fi
	version=$(sed -n 's/^#define MNN_VERSION_\(MAJOR\|MINOR\|PATCH\) //p' \
		"$root/include/MNN/MNNDefine.h" | paste -sd.)
	commit=
	[ "$(git -C "$root" rev-parse --show-toplevel 2>/dev/null)" != "$root" ] ||
		commit=$(git -C "$root" rev-parse HEAD)
	jq -n --arg version "$version" --arg commit "$commit" --arg nm "$nm" \
		--arg cxx "$cxx" --arg compiler "$("$cxx" --version | head -1)" \
		--arg final "$final" --arg build "$build" --arg root "$root" \
		--arg convert "$convert" --arg main "${main:-}" --arg deps "${deps:-}" \
		--arg proto "${proto:-}" \
		--slurpfile atomic "$tmp/atomic.json" \
		--slurpfile geometric "$tmp/geometric.json" \
		--slurpfile composite <(cat "$tmp/composite.json" 2>/dev/null || true) \
		'($ARGS.positional | map($final + "/" + .)) as $objects |
		["-Wl,--allow-multiple-definition", "-Wl,-z,noexecstack"] as $flags |
		($objects + [$build + "/libMNN.a"] + $flags + ["-lpthread", "-ldl"]) as $run |
		{version: $version, commit: (if $commit == "" then null else $commit end),
		root: $root, build: $build, compiler: $compiler, nm: $nm, cxx: $cxx,
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

# every strong function of namespace MNN but the registrations
symbols() {
	"$1" --defined-only "${@:2}" 2>/dev/null |
		awk '$2 == "T" && $3 ~ /^_ZNK?3MNN/ && $3 !~ /___.*__/ && !seen[$3]++ {print $3}'
}

gate() {
	local dir=$1 kind=$2 type=$3 n=0 s out list
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
		if [ $# -gt 0 ]; then
			mapfile -t list < <(objects "$build" "$@")
			for s in $(symbols "$nm" "${list[@]}"); do
				n=$((n + 1))
				printf 'void t%d(void) __asm__("%s");\nvoid t%d(void) {mkbench_native();}\n' \
					$n "$s" $n
			done
		fi
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
