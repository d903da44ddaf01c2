#!/usr/bin/env bash
# order.sh DIR - the files below DIR become files of now, in the order of their times,
# and are listed so.  Those of equal times stay equal: which of them was made from
# which is not to be told, and make takes equal for up to date.
set -euo pipefail
list=$(find "$1" -type f -printf '%T@ %p\n' | sort -n)
now=${EPOCHREALTIME/./} last='' n=-1
while read -r time file; do
	[ -n "$file" ] || continue
	[ "$time" = "$last" ] || n=$((n + 1)) last=$time
	at=$((now + n))
	touch -d "@${at:0:-6}.${at: -6}" "$file"
	printf '%s\n' "$file"
done <<<"$list"
