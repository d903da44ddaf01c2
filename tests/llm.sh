# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120
# llm.sh - for the tests of llm-call: a server on loopback that plays a provider
# from scripts, models that ask it, and questions.  Source it after lib.sh.
shopt -s nullglob

key=sk-test/KEY+0123456789abcdef
export MKBENCH_STORE=$tmp/store K=$key
unset BUDGET MKBENCH_LEDGER MKBENCH_BATCH MKBENCH_ANSWERS \
	http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy no_proxy
mkdir -p "$tmp/s" "$tmp/kept"
server=$top/build/tests/llm-server
mkfifo "$tmp/hold"
exec 9<>"$tmp/hold"
"$server" "$tmp/s" <"$tmp/hold" >"$tmp/port" 2>"$tmp/server.err" 9<&- &
until [ -s "$tmp/port" ]; do
	kill -0 $! 2>/dev/null || { echo "Bail out! $(cat "$tmp/server.err")"; exit 1; }
	sleep 0.02
done
port=$(cat "$tmp/port")

# model NAME PROVIDER CASE [JSON MEMBERS...]: a model file that asks CASE
model() {
	local name=$1 provider=$2 case=$3 path=
	shift 3
	[[ $provider == openai-* ]] && path=/v1
	printf '{"provider":"%s","base_url":"http://127.0.0.1:%s/%s%s","model":"m","key_env":"K",
"parameters":{"max_output_tokens":8000},"prices":{"input":1,"cached":0.5,"cache_write":2,"output":10},
"retries":{"base":0.01,"seconds":20,"hint":5}%s}\n' \
		"$provider" "$port" "$case" "$path" "${*:+,$*}" >"$tmp/$name.json"
}

# scenario NAME: the server's script for it comes from stdin
scenario() { cat >"$tmp/s/$1"; }

record() { # [TEXT [SAMPLE]]
	printf '{"task":{"name":"t","op":"Relu"},"request":{"engine":"ort","role":"coder","attempt":1,"sample":%s,"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"%s"}],"files":[{"name":"kernel.c","required":false}]}}\n' \
		"${2:-0}" "${1:-hi}"
}

ask() { llm-call --model "$tmp/$1.json" "${@:2}"; }

# call STATUS NAME MODEL [ARG...]: one question
call() {
	local want=$1 name=$2 model=$3
	shift 3
	status "$want" "$name" ask "$model" "$@" < <(record "$name")
	cat "$tmp/out" "$tmp/err" >>"$tmp/kept/all"
}

# has NAME FILTER: jq's filter holds for the last answer
has() {
	local rc=0
	jq -e "$2" "$tmp/out" >"$tmp/jq" 2>&1 || rc=1
	{ cat "$tmp/jq" "$tmp/out"; } | result $rc "$1"
}
fresh() { rm -rf "$tmp/store"; }
requests() { grep -c '^----------$' "$tmp/s/$1.log" 2>/dev/null || echo 0; }

sse='header Content-Type: text/event-stream'
delta() { printf 'data data: {"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}\\n\\n\n' "$1"; }
stop() { printf 'data data: {"choices":[{"index":0,"delta":{},"finish_reason":"%s"}]}\\n\\n\n' "${1:-stop}"; }
used='data data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}\n\n'
done='data data: [DONE]\n\n'
good() { echo "$sse"; echo chunked; delta good; stop; echo "$used"; echo "$done"; }
whole='data {"id":"c","object":"chat.completion","model":"m-1","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"good"}}],"usage":{"prompt_tokens":10,"completion_tokens":5}}'

# sent NAME: the body of the last request of a scenario becomes the last answer
sent() { tr -d '\r' <"$tmp/s/$1.log" | sed -n '/^{/p' | tail -n 1 >"$tmp/out"; }
