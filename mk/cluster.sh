#!/usr/bin/env bash
# cluster.sh - the chains of runs on many machines, by GNU parallel over ssh.
#
# usage: cluster.sh HOSTS "MODEL..." RUN...     work off what the runs lack
#        cluster.sh absorb RUN                  take in what came back
#
# HOSTS is a file as parallel's --sshloginfile has it: SLOTS/USER@HOST a line; it
# is read again when it changes.  A job is what one task of a run lacks.  To its
# host go, each as a file that is named by its content or by the task, the
# programs and what they read, and the records that are there and up to date;
# mk/chain.sh makes the others there.  They come back as one file, so all or
# none; what is still missing is found by make, not by the job log.  Questions to
# models come back over ssh and are asked here, so that keys and budget stay.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
RETRIES=${RETRIES:-4}
[ "${MKBENCH_BATCH:-}" != 1 ] || RETRIES=1 # what waits for a batch is no fault of a host
out=build/cluster

# what a chain needs beside its records, named by its content
bundle() {
	local arch tmp hash
	arch=$(uname -m)
	mkdir -p $out
	tmp=$(mktemp $out/bundle.XXXXXX)
	tar -chf "$tmp" --sort=name --owner=0 --group=0 --numeric-owner --mtime=2000-01-01 \
		--exclude='build/arch/*/obj' --exclude=mk/local.mk \
		bin/{moka,prompt,relay,unpack,xcompile,err-extract,repo-tree,inspect,devrun,score} \
		build/version "build/arch/$arch" build/ort/include "build/ort/lib/$arch" \
		mk prompts || return
	hash=$(sha256sum "$tmp" | cut -c1-16)
	touch -d 2000-01-01 "$tmp"
	mv "$tmp" "$out/$hash.tar" || return
	find $out -maxdepth 1 -name '*.tar' ! -name "$hash.tar" -delete
	echo "$hash"
}

# what make would make of a run, one file a line; what is not measured yet is
# compiled where it will be, too, for its object is no record
lacking() {
	LC_ALL=C make -rR -n --trace -f "$1/run.mk" 2>/dev/null >$out/trace || [ $? = 2 ] || return
	sed -nE "s/^[^ ]+: (update )?target '(results[^']*)'.*/\2/p" $out/trace |
		sed 'p; s#/devrun\.json$#/xcompile.json#' | sort -u
}

# the records of a task that need not be made, and what the run is
pack() {
	local run=$1 task=$2
	mkdir -p "$out/go/${run#results/}"
	{
		find "$run" -maxdepth 1 -type f ! -name lock ! -name joblog ! -name 'cluster*' &&
			find "$run/$task" -type f ! -name '*.tmp' ! -name '*.json.??????' | sort | comm -23 - "$out/lacking"
	} | tar -cf "$out/go/${run#results/}/$task.$make.tar" --format=posix --no-recursion -T -
}

# put what came back, ARCHIVE..., in its place, oldest first, so that at any moment
# what is there is newer than what it was made from; an archive is there until all of
# it is in its place
absorb() {
	local tar tmp file rc
	for tar; do
		[ -e "$tar" ] || continue
		tmp=$(mktemp -d "${tar%/*}/XXXXXX") || return
		rc=0
		tar -C "$tmp" -xf "$tar" || rc=$?
		[ $rc -le 128 ] || return
		if [ $rc = 0 ]; then
			mk/order.sh "$tmp" >"$tmp.list" || return
			while read -r file; do
				mkdir -p "$(dirname "${file#"$tmp/"}")" && mv "$file" "${file#"$tmp/"}" || return
			done <"$tmp.list"
		else
			echo "cluster: $tar is no archive, left out" >&2
		fi
		rm -rf "$tmp" "$tmp.list" "$tar"
	done
}

# Take in what came back to the run's latest make, whose name is in its file cluster,
# and nothing from then on but what comes to NAME: GNU parallel's jobs outlive it, and
# a part of a task that comes late may be made already.
settle() {
	local back=$1/back made
	made=$(cat "$1/cluster" 2>/dev/null)
	mkdir -p "$back/in"
	find "$back" -maxdepth 1 -name "*.$made.tar" -exec mv -t "$back/in" {} + || return
	echo "$2" >"$1/cluster.tmp" && mv "$1/cluster.tmp" "$1/cluster" || return
	find "$back" -mindepth 1 -maxdepth 1 ! -name in -exec rm -rf {} +
	find "$back/in" -mindepth 1 -maxdepth 1 ! -name '*.tar' -exec rm -rf {} +
	absorb "$back"/in/*.tar || return
	rmdir "$back/in" "$back" 2>/dev/null || : # something comes just now
}

again() {
	echo "cluster: what '$1' lacks could not be told (killed?); make again" >&2
	exit 75
}

work() {
	local hosts=$1 models=$2 hash make run task
	shift 2
	command -v rsync >/dev/null || { echo "cluster: rsync is not installed" >&2; exit 69; }
	[ -r "$hosts" ] || { echo "cluster: no file '$hosts' of hosts" >&2; exit 69; }
	hash=$(bundle) || exit 74
	# what is on a host from an earlier make, or is made there still, stays there
	make=$(date +%s).$$
	rm -rf $out/go
	for run; do
		settle "$run" "$make" && lacking "$run" >$out/lacking &&
			cut -d/ -f3 $out/lacking | sort -u >$out/tasks || again "$run"
		while read -r task; do
			pack "$run" "$task" && echo "${run#results/}/$task" || again "$run/$task"
		done <$out/tasks
		mkdir -p "$run/back"
	done >$out/jobs
	sock=$(mktemp -u "${TMPDIR:-/tmp}/mkbench-relay.XXXXXX")
	# shellcheck disable=SC2016
	MKBENCH_RELAY=$sock PARALLEL_SSH=$PWD/mk/cluster-ssh.sh \
		PARALLEL_RSYNC_OPTS='-rltDzR --timeout=60' \
		bin/relay -l "$sock" -m "$models" parallel --will-cite --plain --sshloginfile "$hosts" \
		--retries "$RETRIES" --sshdelay 0.05 --joblog $out/joblog --workdir .cache/mkbench \
		--transferfile "$out/./$hash.tar" --transferfile "$out/./go/{}.$make.tar" \
		--return "results/./{//}/back/{/}.$make.tar" \
		"tar -xOf $hash.tar mk/chain.sh | bash -s $hash {} $make" :::: $out/jobs |
		while read -r word chain; do
			# a part of a task whose job is tried again would be made again
			[ "$word" != finished ] || absorb "results/${chain%/*}/back/${chain##*/}.$make.tar"
		done
	rc=${PIPESTATUS[0]}
	for run; do
		settle "$run" none
		[ "$rc" != 0 ] || env -u MAKEFLAGS make -rRs -f "$run/run.mk" "$run/table" || rc=$?
	done
	exit "$((rc > 0))"
}

case $1 in
absorb) settle "$2" none ;;
*) work "$@" ;;
esac
