#!/usr/bin/env bash
# aa.sh - is the judge right when the truth is known?
#
# usage: aa.sh aa DIR TASK...         native against native: the ratio must be 1
#        aa.sh planted DIR TASK...    against itself, slower by 1.10 to 5
#
# DIR keeps the records.  A line a measurement, then a summary; TIME is
# the seconds of one (default: 2).  The planted factors go round, one a task;
# FACTORS="1.10 2" measures each of them for each task.
set -euo pipefail
cd "$(dirname "$0")/.."
what=$1 dir=$2
shift 2
mkdir -p "$dir"

# measure TASK FACTOR FILE
measure() {
	local opt=(-A)
	[ "$2" = 1 ] || opt=(-P "$2")
	bin/devrun "${opt[@]}" -t "${TIME:-2}" -o "$3" "$1" && [ -s "$3" ]
}
# shellcheck disable=SC2016 # $factor is jq's
line='[.task.name, .run.status, ($factor|tonumber), (.run.speedup|.ratio,.low,.high,.pairs),
	.run.native.median_ns, .run.condemned] | @tsv'
planted=(1.10 1.25 1.5 2 5)
turn=0

printf '%-32s %6s %7s  %-17s %5s %10s\n' task factor ratio interval pairs native_us
: >"$dir/$what.tsv"
for task; do
	factors=1
	[ "$what" = aa ] || factors=${FACTORS:-${planted[turn++ % 5]}}
	for factor in $factors; do
		file=$dir/$(basename "$task" .json)-$factor.json
		if ! measure "$task" "$factor" "$file"; then
			echo "$(basename "$task" .json): not measured" >&2
			continue
		fi
		jq -r --arg factor "$factor" "$line" "$file" >>"$dir/$what.tsv"
		tail -1 "$dir/$what.tsv" | awk -F'\t' '{
			printf "%-32s %6.2f %7.4f  %.4f to %.4f %5d %10.1f\n",
				$1, $3, $4 * $3, $5 * $3, $6 * $3, $7, $8 / 1e3 }'
	done
done
# with the factor taken out every ratio must be 1
awk -F'\t' -v what="$what" '
	$2 == "ok" && $4 > 0 {
		n++
		r = $4 * $3; lo = $5 * $3; hi = $6 * $3
		off = r > 1 ? r - 1 : 1 - r
		within += off <= (what == "aa" ? 0.01 : 0.02)
		covers += lo <= 1 && 1 <= hi
		fast += lo > 1.05
		if (off > worst) { worst = off; name = $1 }
	}
	END {
		if (!n) { print "nothing measured"; exit 1 }
		printf "\n%d measured; ", n
		printf "within %d %% of the truth %.1f %%, ", (what == "aa" ? 1 : 2), 100 * within / n
		printf "interval covers it %.1f %%, ", 100 * covers / n
		printf "confident fast_1.05 %.1f %%; worst %.2f %% (%s)\n", 100 * fast / n, 100 * worst, name
	}' "$dir/$what.tsv"
