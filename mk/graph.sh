#!/usr/bin/env bash
# graph.sh - a run's graph in dot's language: its stages with how many chains
# have come how far, or the chain of one task, a row an attempt, with each stage's
# outcome.
#
# usage: graph.sh results/RUN [TASK]
set -euo pipefail
run=$1 task=${2:-}

# from which stage's file each stage's is made, as graph.mk and moka.mk have it
follow=invis chain='llm-call>unpack unpack>xcompile xcompile>devrun devrun>score'
case $(jq -r 'if .replay_of then "replay" else .method end' "$run/run.json") in
replay) edges=$chain ;;
moka) edges="job>agent agent>plan-prompt plan-prompt>plan-call plan-call>plan plan>replan-call
	replan-call>replan replan>prompt prompt>llm-call $chain
	xcompile>errors errors>context devrun>inspect" follow=solid ;;
*) edges="job>prompt prompt>llm-call $chain" ;;
esac
read -ra edges <<<"${edges//$'\n'/ }"
mapfile -t stages < <(printf '%s\n' "${edges[@]}" | tr '>' '\n' | awk '!seen[$0]++')

echo 'digraph run { rankdir=LR; node [shape=box, fontname="sans-serif", style=filled, fillcolor="#eef3f8"];'
if [ -z "$task" ]; then
	total=$(wc -l <"$run/goals")
	find "$run" -mindepth 3 -maxdepth 3 -name '*.json' -printf '%f\n' | sort | uniq -c |
		awk -v total="$total" -v stages="${stages[*]}" '
			{ sub(/\.json$/, "", $2); n[$2] = $1 }
			END {
				k = split(stages, s, " ")
				for (i = 1; i <= k; i++)
					printf "\"%s\" [label=\"%s\\n%d of %d\"];\n", s[i], s[i], n[s[i]], total
			}'
	for e in "${edges[@]}"; do printf '"%s" -> "%s";\n' "${e%>*}" "${e#*>}"; done
else
	[ -d "$run/$task" ] || { echo "graph: no task '$task' in '$run'" >&2; exit 69; }
	cd "$run/$task"
	mapfile -t attempts < <(find . -mindepth 1 -maxdepth 1 -type d -name '[0-9]*' -printf '%f\n' | sort -n)
	for a in "${attempts[@]}"; do
		printf '"%s" [shape=plaintext, style="", label="attempt %s"];\n"%s" -> "%s" [style=invis, weight=9];\n' \
			"$a" "$a" "$a" "$a/${stages[0]}"
		for s in "${stages[@]}"; do
			[ -e "$a/$s.json" ] || printf '"%s" [label="%s", style=dashed];\n' "$a/$s" "$s"
		done
		for e in "${edges[@]}"; do printf '"%s" -> "%s" [weight=9];\n' "$a/${e%>*}" "$a/${e#*>}"; done
	done
	# shellcheck disable=SC2016
	find "${attempts[@]}" -maxdepth 1 -name '*.json' -size +0 -print0 | sort -z | xargs -0 jq -r '
		(input_filename | rtrimstr(".json")) as $f | ($f | split("/")[1]) as $s
		| (if .skipped then "skipped"
			elif $s == "score" then .verdict.status
			elif $s == "devrun" then .run.status
			elif $s == "xcompile" then .build.status
			elif $s == "unpack" then .candidate.status
			elif $s == "llm-call" then .response.outcome
			else null end // "" | tostring | gsub("[^A-Za-z0-9 _-]"; "")) as $what
		| (if $what == "skipped" then "#f4f4f4" elif $what == "" then "#eef3f8"
			elif $what == "ok" or $what == "answer" or $what == "correct" then "#d6efd6"
			else "#f7d9d2" end) as $color
		| "\"\($f)\" [label=\"\($s)\\n\($what)\", fillcolor=\"\($color)\"];"'
	# of moka's attempts each follows from the one before
	for ((i = 1; i < ${#attempts[@]}; i++)); do
		printf '{ rank=same; "%s" -> "%s" [style=%s]; }\n' "${attempts[@]:i - 1:2}" "$follow"
	done
fi
echo '}'
