#!/usr/bin/env bash
# bench-graph.sh - what planning, a make with nothing to do and status cost at
# 100,000 stage files: six models, 190 tasks, 13 answers of seven stages each.
# Beside them stands raw make on as many files.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/bench-graph.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
"$top/mk/tree.sh" "$tmp"
export MKBENCH_ROOT=$tmp
cd "$tmp"

# cost NAME COMMAND...: seconds, which it leaves in the file seconds, those of
# processors, and the memory of the largest process
cost() {
	local name=$1
	shift
	python3 - "$name" "$@" <<'PY'
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open("seconds", "w").write(str(wall))
print(f"{sys.argv[1]:32s} {wall:7.2f} s {used.ru_utime + used.ru_stime:7.2f} s CPU {used.ru_maxrss / 1024:6.0f} MB")
PY
}

models=$(seq -s ' ' -f 'm%g' 6)
for m in $models; do cp mk/models/oracle.json "mk/models/$m.json"; done
jq '{name: "bench", version, tasks: .tasks[:190]}' tasks/core.json >tasks/bench.json
# shellcheck disable=SC2016
plan=(bash -c 'for m in $0; do bin/plan -s bench -M sample -k 13 -m $m; done' "$models")

cost 'planning, from nothing' "${plan[@]}"
runs=$(echo results/*)
bin/spec2onnx <tasks/activation/relu_4d.json | bin/onnx2spec | bin/prompt | bin/llm-call -m oracle | bin/unpack |
	bin/xcompile | bin/devrun --untimed | bin/score >score.json
python3 - results/*/goals <<'PY'
import os, sys
chains = [line.rsplit("/", 1)[0] for f in sys.argv[1:] for line in open(f)]
for stage in "prompt", "llm-call", "unpack", "xcompile", "devrun":
    for chain in chains:
        open(f"{chain}/{stage}.json", "w").close()
os.utime("score.json")
for chain in chains:
    os.link("score.json", f"{chain}/score.json")
PY
echo "files: $(find results -type f | wc -l)"
cost 'planning, nothing changed' "${plan[@]}"
cost 'make, only the tables' make -j2 -f mk/runs.mk RUNS="$runs"
cost 'make, nothing to do' make -j2 -f mk/runs.mk RUNS="$runs"
idle=$(cat seconds)
cost 'status, the first time' bin/status
cost 'status' bin/status
# the whole of it, with plans before
cost 'make sweep, nothing to do' env -u MAKEFLAGS make sweep SUITE=bench METHOD=sample COUNT=13 MODEL="$models"

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
awk -v idle="$idle" '{ printf "make, nothing to do: %.2f x raw make\n", idle / $1 }' seconds
