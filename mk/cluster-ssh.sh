#!/usr/bin/env bash
# cluster-ssh.sh - ssh for GNU parallel: a host that does not answer is given up
# soon, and a job gets a way back for its questions (MKBENCH_ASK there).
#
# MKBENCH_SSH is what to run instead of ssh, with options if need be.
set -eu
read -ra ssh <<<"${MKBENCH_SSH:-ssh}"
ssh+=(-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3)
words=()
case $* in
*GNU_Parallel_worker*)
	ask=/tmp/mkbench-ask.$$.$RANDOM
	ssh+=(-o ExitOnForwardFailure=yes -R "$ask:$MKBENCH_RELAY")
	for word; do
		[ "$word" != exec ] || word="exec env MKBENCH_ASK=$ask"
		words+=("$word")
	done
	set -- "${words[@]}" ;;
esac
exec "${ssh[@]}" "$@"
