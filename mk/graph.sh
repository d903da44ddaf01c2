#!/usr/bin/env bash
# graph.sh - a run's graph in dot's language: its stages with how many chains
# have come how far, or the chain of one task with each stage's outcome.
#
# usage: graph.sh results/RUN [TASK]
set -euo pipefail
run=$1 task=${2:-}
stages=(job prompt llm-call unpack xcompile devrun score)

echo 'digraph run { rankdir=LR; node [shape=box, fontname="sans-serif", style=filled, fillcolor="#eef3f8"];'
if [ -z "$task" ]; then
	total=$(wc -l <"$run/goals")
	prev=
	for s in "${stages[@]}"; do
		n=$(find "$run" -mindepth 3 -maxdepth 3 -name "$s.json" | wc -l)
		printf '"%s" [label="%s\\n%d of %d"];\n' "$s" "$s" "$n" "$total"
		[ -z "$prev" ] || printf '"%s" -> "%s";\n' "$prev" "$s"
		prev=$s
	done
else
	[ -d "$run/$task" ] || { echo "graph: no task '$task' in '$run'" >&2; exit 69; }
	last=
	for attempt in $(find "$run/$task" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort -n); do
		prev=$last
		for f in $(find "$run/$task/$attempt" -name '*.json' -printf '%T@ %f\n' | sort -n | cut -d' ' -f2); do
			s=${f%.json}
			what=$(jq -r 'if .verdict then .verdict.status
				elif .run then .run.status elif .build then .build.status
				elif .candidate then .candidate.status
				elif .response then .response.outcome else "" end' \
				"$run/$task/$attempt/$f" | tr -cd 'a-z0-9 -')
			printf '"%s/%s" [label="%s %s\\n%s"];\n' "$attempt" "$s" "$attempt" "$s" "$what"
			[ -z "$prev" ] || printf '"%s" -> "%s";\n' "$prev" "$attempt/$s"
			prev=$attempt/$s
		done
		last=$prev
	done
fi
echo '}'
