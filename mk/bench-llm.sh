#!/usr/bin/env bash
# bench-llm.sh - what llm-call adds to a thousand questions that take a second
# each, 64 at a time, against the tests' server on loopback.
set -euo pipefail
cd "$(dirname "$0")/.."
n=${N:-1000} at=${AT:-64}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/s"
mkfifo "$tmp/hold"
build/tests/llm-server "$tmp/s" <"$tmp/hold" >"$tmp/port" &
exec 9>"$tmp/hold"
until [ -s "$tmp/port" ]; do sleep 0.05; done
port=$(cat "$tmp/port")
text=$(printf 'int x; %.0s' {1..400})
cat >"$tmp/s/bench" <<END
header Content-Type: text/event-stream
chunked
delay 500
data data: {"id":"c","choices":[{"index":0,"delta":{"content":"$text"},"finish_reason":null}]}\n\n
delay 500
data data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n
data data: {"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":700}}\n\ndata: [DONE]\n\n
END
cat >"$tmp/model.json" <<END
{"provider":"openai-chat","base_url":"http://127.0.0.1:$port/bench","model":"m","stream":true,
"parameters":{"max_output_tokens":8000},"prices":{"input":1,"output":10}}
END
for ((i = 0; i < n; i++)); do
	printf '{"task":{"name":"t%d"},"request":{"sample":%d,"messages":[{"role":"user","content":"%s"}]}}\n' \
		"$i" "$i" "$text"
done >"$tmp/in"
ideal=$(((n + at - 1) / at))
start=$(date +%s%N)
MKBENCH_STORE=$tmp/store bin/llm-call -m "$tmp/model.json" -j "$at" -o "$tmp/out" "$tmp/in" &
pid=$! rss=0 cpu=0
while status=$(grep VmHWM "/proc/$pid/status" 2>/dev/null); do
	rss=$(tr -dc 0-9 <<<"$status")
	cpu=$(awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null || echo "$cpu")
	sleep 0.5
done
wait $pid
took=$((($(date +%s%N) - start) / 1000000))
[ "$(wc -l <"$tmp/out")" = "$n" ]
median=$(bin/llm-call --cost "$tmp/out" | awk 'NR == 2 { print $8 }')
awk -v n="$n" -v median="$median" -v at="$at" -v ms=$took -v ideal=$ideal -v rss="$rss" -v cpu="$cpu" 'BEGIN {
	printf "%d questions of 1 s, %d at once: %.2f s, ideal %d s: %.3f x; %.1f MB, %.1f s of CPU, median answer %s s\n",
		n, at, ms / 1000, ideal, ms / 1000 / ideal, rss / 1024, cpu / 100, median }'
