#!/usr/bin/env bash
# moka.sh RUN... - what became of a run's drafts, task by task and in all
#
# broken: the draft did not build; repaired: a later attempt did; corrected: a
# wrong one was followed by a right one; accelerated: the best is confidently
# faster than the first that was right; confident: and than the native kernel.
set -euo pipefail
cd "$(dirname "$0")/.."

# a task's attempts, in order, as one line of yes and no
task() {
	local f
	for f in $(printf '%s\n' "$1"/*/score.json | sort -t/ -k4n); do
		cat "$f"
	done | jq -sr --arg name "${1##*/}" '
		map(select(.skipped | not) | .verdict) as $v
		| ($v | map(select(.correct and .speedup and .class != "quarantined" and .class != "hack"))) as $r
		| ($r | max_by(.speedup)) as $best
		| [$name,
			($v[0].compiled | not),
			($v | any(.compiled)),
			(($v | map(.compiled and (.correct | not)) | index(true)) as $w
				| $w != null and ($v[$w:] | any(.correct))),
			($best != null and $best.low > ($r[0].high // 0)),
			($best != null and $best.low > 1),
			(if $best then $best.speedup else 0 end),
			($v | map(if .compiled | not then "broken" elif .correct | not then .status
				elif .speedup then (.speedup * 100 | round / 100 | tostring) else "right" end) | join(" "))]
		| @tsv'
}

for run; do
	jq -r '"\(.engine), \(.tasks) tasks\(if (.no // "") != "" then ", without \(.no)" else "" end)"' "$run/run.json"
	for dir in "$run"/*/; do
		[ ! -d "${dir}1" ] || task "${dir%/}"
	done | awk -F'\t' '
		{printf "  %-32s %6s x  %s\n", $1, ($7 > 0 ? sprintf("%.2f", $7) : "-"), $8
		n++; for (i = 2; i <= 6; i++) c[i] += $i == "true"}
		END {printf "  drafts broken %d of %d, repaired %d, corrected %d, accelerated %d, confident speedups %d\n",
			c[2], n, c[3], c[4], c[5], c[6]}'
done
