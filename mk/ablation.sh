#!/usr/bin/env bash
# ablation.sh MAKE RUN TOOL... - the same sweep with all tools, then without
# each, and what that costs.  ENGINE, MODEL, TASKS and the like come with MAKE.
set -euo pipefail
cd "$(dirname "$0")/.."
make=$1 run=$2
shift 2

row() {
	xargs cat <"results/$1/goals" | bin/score -s -f json | jq -r --arg name "$2" '
		def pct: if . == null then "-" else "\(. * 1000 | round / 10)" end;
		.summary.overall | [$name, .tasks, (.CSR.rate | pct), (.FCR.rate | pct),
			(."fast_1.0".rate | pct), (."fast_1.5".rate | pct), (."confident_1.0".rate | pct)] | @tsv'
}

"$make" sweep METHOD=moka NO= RUN="$run" >/dev/null
for tool; do
	"$make" sweep METHOD=moka NO="$tool" RUN="$run.no-$tool" >/dev/null
done
{
	printf 'tools\ttasks\tCSR\tFCR\tfast_1.0\tfast_1.5\tconfident\n'
	row "$run" all
	for tool; do
		row "$run.no-$tool" "without $tool"
	done
} | awk -F'\t' '{printf "%-22s %6s %7s %7s %9s %9s %10s\n", $1, $2, $3, $4, $5, $6, $7}'
