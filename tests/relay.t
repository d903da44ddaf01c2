#!/usr/bin/env bash
# relay: what is asked over a socket is asked here.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
export MKBENCH_STORE=$tmp/store
prompt "$top/tasks/activation/relu_4d.json" >"$tmp/q"
llm-call -m oracle <"$tmp/q" >"$tmp/want"
s=$tmp/s
# over COMMAND...: while a relay for the oracle listens
over() { relay -l "$s" -m "oracle exec" "$@"; }

status 0 'a question' over relay -c "$s" bin/llm-call --model oracle -o "$tmp/got" "$tmp/q"
same 'is answered as by llm-call' <(jq -S 'del(.response.seconds)' "$tmp/want") <(jq -S 'del(.response.seconds)' "$tmp/got")
ok 'the socket is gone' test ! -e "$s"
status 3 'the status is that of the command' over sh -c 'exit 3'
status 65 'another model' over relay -c "$s" bin/llm-call -m replay -o "$tmp/no" "$tmp/q"
ok 'is refused' grep -q "'replay' is asked for, which is not 'oracle exec'" "$tmp/err"
status 65 'a part of a name' over relay -c "$s" bin/llm-call -m ora -o "$tmp/no" "$tmp/q"
echo '{"task":' >"$tmp/half"
status 65 'half a record' over relay -c "$s" bin/llm-call -m oracle -o "$tmp/no" "$tmp/half"
ok 'nothing was written' test ! -e "$tmp/no"
status 0 'two at once' over sh -c 'for i in 1 2; do relay -c "$1" bin/llm-call -m oracle -o "$2/two$i" "$2/q" & done; wait' - "$s" "$tmp"
ok 'both are answered' test -s "$tmp/two1" -a -s "$tmp/two2"
status 75 'nobody there' relay -c "$s" bin/llm-call -m oracle -o "$tmp/no" "$tmp/q"
errline 'is said' 'nobody answers'
status 64 'no form of llm-call' relay -c "$s" bin/llm-call --gc
status 64 'usage' relay
status 69 'no such command' over "$tmp/none"
finish
