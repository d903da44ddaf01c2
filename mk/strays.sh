#!/usr/bin/env bash
# strays.sh DIR - end what a kill -9 has left of sandboxes started in DIR or below it.
#
# bubblewrap that is killed between the birth of its child and its word to go on
# leaves the child waiting for ever: the first process of a namespace of its own,
# still by the name of bwrap, whose parent is none.
set -uo pipefail
top=$(realpath "$1") || exit
grep -lxs bwrap /proc/[0-9]*/comm | while read -r comm; do
	p=${comm%/comm} cwd=$(readlink "${comm%comm}cwd")
	[[ $cwd/ = "$top"/* ]] || continue
	parent=$(sed -nE 's/^PPid:\t//p' "$p/status") || continue
	[ "$(cat "/proc/$parent/comm")" != bwrap ] &&
		grep -qE '^NSpid:.*\s1$' "$p/status" && kill -9 "${p#/proc/}"
done 2>/dev/null
exit 0
