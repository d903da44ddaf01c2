#!/usr/bin/env bash
# bench-graph.sh - what planning, a make with nothing to do and status cost at
# 100,000 stage files, beside raw make on a graph of that size.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/bench-graph.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cp -r "$top"/{GNUmakefile,mk,prompts,tasks} "$tmp/"
ln -s "$top/bin" "$tmp/bin"
mkdir "$tmp/build"
cp -r "$top/build/version" "$tmp/build/"
export MKBENCH_ROOT=$tmp
cd "$tmp"

# seconds and peak MB of a command
cost() {
	local name=$1
	shift
	python3 - "$name" "$@" <<'PY'
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
wall = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"{sys.argv[1]:34s} {wall:7.2f} s {peak:7.0f} MB")
PY
}

tasks=$(jq '.tasks | length' tasks/core.json)
count=$((100000 / 7 / tasks))
cost 'planning, from nothing' bin/plan -s core -M sample -k $count -r bench
for stage in prompt llm-call unpack xcompile devrun score; do
	sed "s#score.json#$stage.json#" results/bench/goals | xargs touch
done
echo "files: $(find results -type f | wc -l)"
cost 'planning, nothing changed' bin/plan -s core -M sample -k $count -r bench
cost 'make, nothing to do' make -rR -f results/bench/run.mk
cost 'status' bin/status results/bench

# the same number of files, three a rule, and nothing else
seq 100000 | sed 's#.*#raw/&#' >raw.list
mkdir raw
xargs touch <raw.list
{
	printf 'F :='
	tr '\n' ' ' <raw.list
	# shellcheck disable=SC2016
	printf '\nall: $(F)\n$(F): raw/%%: ;\n'
} >raw.mk
cost 'raw make, 100,000 files' make -rR -f raw.mk all
