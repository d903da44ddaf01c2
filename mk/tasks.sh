#!/usr/bin/env bash
# tasks.sh - look at the task set.
#
# usage: tasks.sh list SUITE [CATEGORY [OP [ENGINE]]]
#        tasks.sh show TASK
#        tasks.sh files SUITE
#
# list prints one task a line: name, category, operator, inputs; an empty
# filter passes everything.  show prints a task on one screen.  files prints the
# paths of a suite's tasks.
set -euo pipefail
cd "$(dirname "$0")/.."

suitefile() {
	local names

	if [ ! -e "tasks/$1.json" ]; then
		names=$(cd tasks && printf '%s ' ./*.json | sed 's/\.\///g; s/\.json//g')
		echo "tasks: no suite '$1'; there are: ${names% }" >&2
		exit 69
	fi
	echo "tasks/$1.json"
}

files() {
	local suite

	suite=$(suitefile "$1")
	jq -r '.tasks[] | "tasks/\(.category)/\(.name).json"' "$suite"
}

# jq's words for one input: dtype and shape
words='def entry: if .name == "" then "-" else "\(.dtype)[\(.shape | map(tostring) | join(","))]" end;'

# whoever reads the list may have seen enough
list() {
	local text

	text=$(lines "$@")
	trap '' PIPE
	[ -z "$text" ] || printf '%s\n' "$text" 2>/dev/null || :
}

lines() {
	local map=/dev/null

	if [ -n "${4:-}" ]; then
		[ -e "mk/engines/$4.json" ] || {
			echo "tasks: no engine '$4'" >&2
			exit 69
		}
		[ ! -e "mk/engines/maps/$4.json" ] || map=mk/engines/maps/$4.json
	fi
	# shellcheck disable=SC2016
	files "$1" | xargs -r jq -r --arg category "${2:-}" --arg op "${3:-}" \
		--slurpfile map "$map" "$words"'
		.task
		| select($category == "" or .category == $category)
		| select($op == "" or .op == $op)
		| select(($map | length) == 0 or $map[0].operators[.op].supported)
		| [.name, .category, .op,
			([.inputs[] | select(.constant | not) | entry] | join(" "))]
		| @tsv' | awk -F '\t' '{ printf "%-36s %-14s %-22s %s\n", $1, $2, $3, $4 }'
}

taskfile() {
	local file

	file=$(find tasks -mindepth 2 -name "$1.json" -not -path 'tasks/oracle/*' | head -1)
	if [ -z "$file" ]; then
		echo "tasks: no task '$1'; make list prints their names" >&2
		exit 69
	fi
	echo "$file"
}

show() {
	local file ns

	file=$(taskfile "$1")
	jq -r "$words"'
		def plain: if type == "object" and has("tensor") then "tensor"
			elif type == "object" then .[] else . end;
		def values: if .data then "= \(.data | tostring)"
			elif .values.kind == "mix" then "one of " + ([.values.of[].kind] | join(", "))
			else .values.kind // "normal" end;
		def line: "  \(.name)\("                    "[(.name | length):]) \(entry) "
			+ (if .constant then "constant " else "" end) + values;
		.task | "\(.name): \(.category), ONNX \(.op)-\(.opset)",
		"  " + ([.attributes | to_entries[] | "\(.key)=\(.value | plain | tostring)"] | join(" ")),
		"inputs", (.inputs[] | select(.name != "") | line),
		"outputs", (.outputs[] | "  \(.name)\("                    "[(.name | length):]) \(entry)"),
		"multiply-adds \(.macs), bytes \(.bytes), tolerance \(.tolerance.absolute // 0.0001) + \(.tolerance.relative // 0.0001) relative",
		"held-out \([.heldout.inputs[]? | select(. != null) | if type == "object" then .shape else . end | tostring] | join(" "))"
	' "$file"
	if ns=$(bin/reference -t 50 "$file" 2>/dev/null | jq -er .reference.ns); then
		awk -v ns="$ns" 'BEGIN { printf "native, one thread of this machine: %.3f ms\n", ns / 1e6 }'
	fi
	echo
	# imported tasks have no twin
	[ ! -e "${file%.json}.py" ] || cat "${file%.json}.py"
}

case ${1:-} in
list | show | files)
	[ $# -ge 2 ] || { sed -n '4,6s/^# \{0,1\}//p' "$0" >&2; exit 64; }
	"$@" ;;
*) sed -n '4,6s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
