#!/usr/bin/env bash
# Stages as steps of one Slurm allocation: munged, slurmctld and slurmd of this
# test's own.
. "$(dirname "$0")/lib.sh"
need() {
	skip 'slurm' "$1"
	finish
}
for program in slurmctld slurmd munged srun; do
	PATH=$PATH:/usr/sbin command -v $program >/dev/null || need "needs $program (make setup-slurm)"
done
[ "$(id -u)" = 0 ] || need 'needs root: slurmd starts jobs'
PATH=$PATH:/usr/sbin

dir=$(mktemp -d /tmp/slurm.XXXXXX) # munged wants short, safe paths
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; sleep 0.3; kill -9 "${pids[@]}" 2>/dev/null; rm -rf "$tmp" "$dir"' EXIT
chmod 755 "$dir"
host=$(hostname -s)
port=$((20000 + $$ % 20000))
mkdir "$dir/state" "$dir/spool"
head -c 1024 /dev/urandom >"$dir/key"
chmod 400 "$dir/key"
cat >"$dir/slurm.conf" <<CONF
ClusterName=t
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$dir/munge
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=p Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$dir/slurm.conf
daemon() {
	"$@" >"$dir/${1##*/}.log" 2>&1 </dev/null &
	pids+=($!)
}
daemon munged -F --force --socket="$dir/munge" --key-file="$dir/key" --pid-file="$dir/munge.pid" \
	--log-file="$dir/munged.log" --seed-file="$dir/seed"
for _ in $(seq 50); do
	[ -S "$dir/munge" ] && break
	sleep 0.1
done
daemon slurmctld -D
daemon slurmd -D
for _ in $(seq 100); do
	sinfo -h -o %T 2>/dev/null | grep -q idle && break
	sleep 0.1
done
status 0 'srun runs' srun --input=none hostname
ok 'on the node' grep -qx "$(hostname)" "$tmp/out"
[ -z "${SLURM_ONLY:-}" ] || finish

"$top/mk/tree.sh" "$tmp"
cd "$tmp" || exit 1
export MKBENCH_ROOT=$tmp MKBENCH_STORE=$tmp/store
cat >"$tmp/step" <<'STEP'
#!/bin/sh
echo "$SLURM_STEP_ID $1" >>"${0%/*}/steps"
exec "$@"
STEP
chmod +x "$tmp/step"
run="srun -Q --exact --input=none -n1 -c1 $tmp/step"
status 0 'a sweep in one allocation' salloc -Q -n"$(nproc)" env -u MAKEFLAGS make sweep SUITE=first \
	TASKS="relu_4d equal_int32_4d" RUN=t DEVRUN=--untimed JOBS=2 RUN_xcompile="$run" RUN_devrun="$run"
ok 'prints its table' grep -Eq '^overall +2 +100' "$tmp/out"
cut -d' ' -f2 steps | sort | uniq -c | awk '{ print $1, $2 }' >"$tmp/got"
printf '%s\n' '2 bin/devrun' '2 bin/xcompile' >"$tmp/want"
same 'its stages were steps of it' "$tmp/want" "$tmp/got"
ok 'of which each has its number' test "$(cut -d' ' -f1 steps | sort -u | wc -l)" = 4
finish
