#!/usr/bin/env bash
# chain.sh - on a host of a cluster: make what one task of a run lacks.
#
# usage: chain.sh HASH RUN/TASK MAKE   in the folder that HASH.tar and
#                                      go/RUN/TASK.MAKE.tar were sent to; leaves
#                                      RUN/back/TASK.MAKE.tar
#
# Each job has a tree of its own, which goes when it ends.
set -uo pipefail
hash=$1 run=results/${2%/*} task=${2##*/}
top=$PWD
go=$top/go/${run#results/}/$task.$3.tar
back=$top/${run#results/}/back/$task.$3.tar

mkdir -p jobs tree
exec 8>lock
flock 8
# what an earlier job left whose process is no more
for old in jobs/*/; do
	[ -d "$old" ] && flock -n "$old/lock" true 2>/dev/null && rm -rf "$old"
done
find . -maxdepth 1 -name '*.tar' ! -name "$hash.tar" -ctime +7 -delete
mkdir -p "${back%/*}"
find "${back%/*}" "${go%/*}" -name '*.tar*' -mmin +1440 -delete
find tree -mindepth 1 -maxdepth 1 ! -name "$hash" -mtime +7 -exec rm -rf {} +
find /tmp -maxdepth 1 -name 'mkbench-ask.*' -user "$(id -u)" -mmin +1440 -delete 2>/dev/null

# the programs, once a host
if [ ! -d "tree/$hash" ]; then
	rm -rf tree/new
	mkdir tree/new && tar -C tree/new -xf "$hash.tar" && mv tree/new "tree/$hash" || exit 74
fi
touch "tree/$hash"
"tree/$hash/mk/strays.sh" .
job=jobs/$$
mkdir -p "$job/build" "$job/$run" && exec 9>"$job/lock" && flock 9 || exit 74
exec 8>&-
if ! [ -x "tree/$hash/build/arch/$(uname -m)/supervise" ]; then
	echo "chain: $(hostname) is $(uname -m), for which there are no programs" >&2
	exit 69
fi

cd "$job" || exit 74
trap 'cd "$top"; rm -rf "$job" "${MKBENCH_ASK:-/none}" "$go"' EXIT
for part in bin mk prompts build/{version,arch,ort}; do
	ln -s "$top/tree/$hash/$part" "$part"
done
tar -xf "$go" && mk/order.sh "$run" >/dev/null || exit 74
touch start
sleep 0.01

export MKBENCH_ROOT=$PWD
rc=0
env -u MAKEFLAGS LC_ALL=C.UTF-8 make -j"$(nproc)" -k -f "$run/run.mk" RUN_llm="bin/relay -c $MKBENCH_ASK" \
	CHAINS="$(sed -n "s#^\($run/$task/[^/]*\)/.*#\1#p" "$run/goals" | tr '\n' ' ')" </dev/null >&2 || rc=1
hostname >"$run/$task/host"
find "$run/$task" -type f -newer start ! -name '*.tmp' ! -name '*.json.??????' |
	tar -cf "$back.new" --format=posix --no-recursion -T - && mv "$back.new" "$back" || exit 74
[ $rc = 0 ] && echo "finished ${run#results/}/$task"
exit $rc
