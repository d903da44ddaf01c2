#!/usr/bin/env bash
# batch.sh - a sweep whose answers come in batches.
#
# usage: batch.sh "MODEL..." COMMAND...
#
# Runs COMMAND, a make that leaves what it must ask to a batch; submits what it
# left, waits for the answers, and runs it again, until nothing waits.  Started
# again after an interruption it goes on with the batches under way.
set -uo pipefail
models=$1
shift
export MKBENCH_BATCH=1
store=${MKBENCH_STORE:-results/store}

waits() { [ -n "$(find "$store/pending" "$store/batches" -type f 2>/dev/null | head -1)" ]; }

while :; do
	rc=0
	"$@" || rc=$?
	waits || exit $rc
	before=$(find "$store" -name '*.body' 2>/dev/null | wc -l)
	for model in $models; do
		bin/llm-call -m "$model" --batch submit || exit $?
	done
	for model in $models; do
		bin/llm-call -m "$model" --batch wait || exit $?
	done
	if [ "$(find "$store" -name '*.body' 2>/dev/null | wc -l)" = "$before" ]; then
		echo "batch: no answer came; see --batch poll" >&2
		exit 75
	fi
done
