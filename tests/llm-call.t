#!/usr/bin/env bash
# llm-call against an HTTP server on loopback that plays each provider.
# shellcheck disable=SC2028
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/llm.sh
. "$top/tests/llm.sh"

### what a good answer is, for each provider

{ good; } | scenario chat
model chat openai-chat chat
call 0 'chat' chat
has 'chat: text, usage and cost' '.response | .outcome == "ok" and .text == "good" and .cost == "0.000058" and
	.usage == {"input":10,"cached":4,"cache_write":null,"output":5,"reasoning":2} and .answered_by == "m-1"'
has 'the record keeps its small part' '.request == {"engine":"ort","role":"coder","attempt":1,"sample":0,"files":[{"name":"kernel.c","required":false}]} and .task.op == "Relu"'
cp "$tmp/out" "$tmp/first"
call 0 'chat' chat
same 'asked again: the same bytes' "$tmp/first" "$tmp/out"
ok 'asked again: nobody was asked' test "$(requests chat)" = 1
grep -q "^Authorization: Bearer $key" "$tmp/s/chat.log"
result $? 'chat: the key goes into its header' </dev/null
call 0 'another sample' chat --sample 1
ok 'another sample is another question' test "$(requests chat)" = 2
body=("$tmp"/store/*/*.body)
printf '%s' "$(sed -n 's/^data //p' "$tmp/s/chat")" >"$tmp/want.txt"
printf '%b' "$(tr -d '\n' <"$tmp/want.txt")" >"$tmp/want"
same 'the body is kept byte for byte' "$tmp/want" "${body[0]}"
json=("$tmp"/store/*/*.json)
jq -c 'del(.response)' "${json[0]}" >"$tmp/e"; cp "$tmp/e" "${json[0]}"
jq -c 'del(.response)' "${json[1]}" >"$tmp/e"; cp "$tmp/e" "${json[1]}"
call 0 'chat' chat
same 'an answer that was not parsed yet is parsed from its body' "$tmp/first" "$tmp/out"
ok 'and nobody was asked' test "$(requests chat)" = 2

scenario responses <<'E'
header Content-Type: text/event-stream
chunked
data event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"r1"}}\n\n
data event: response.reasoning_summary_text.delta\ndata: {"type":"response.reasoning_summary_text.delta","delta":"hm"}\n\n
data event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"go"}\n\n
data event: response.completed\ndata: {"type":"response.completed","response":{"id":"r1","object":"response","status":"completed","error":null,"model":"m-2","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},{"type":"message","phase":"commentary","content":[{"type":"output_text","text":"no"}]},{"type":"message","phase":"final_answer","content":[{"type":"output_text","text":"go"},{"type":"output_text","text":"od"}]}],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":15}}}\n\n
E
model responses openai-responses responses
call 0 'responses' responses
has 'responses: text, thoughts, cost' '.response | .text == "good" and .reasoning == "hm" and .cost == "0.000058" and .usage.reasoning == 3 and .id == "r1"'
scenario incomplete <<'E'
data {"id":"r1","object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[],"usage":{"input_tokens":1,"output_tokens":8000}}
E
model incomplete openai-responses incomplete '"stream":false'
call 0 'responses, incomplete' incomplete
has 'responses: all tokens spent on thoughts is truncated' '.response | .outcome == "truncated" and .text == ""'

scenario anthropic <<'E'
header Content-Type: text/event-stream
header request-id: req_a
chunked
data event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"m-3","usage":{"input_tokens":4,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":1}}}\n\n
data event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}\n\n
data event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}\n\n
data event: ping\ndata: {"type":"ping"}\n\n
data event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}\n\n
data event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"good"}}\n\n
data event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}\n\n
data event: message_stop\ndata: {"type":"message_stop"}\n\n
E
model anthropic anthropic anthropic
call 0 'anthropic' anthropic
has 'anthropic: text, thoughts, cost' '.response | .text == "good" and .reasoning == "hm" and .cost == "0.000060" and
	.usage.input == 10 and .usage.cache_write == 2 and .usage.output == 5 and .attempts[0].id == "req_a"'
sent anthropic
has 'anthropic: system apart, and what it requires' '.system == "be brief" and .messages == [{"role":"user","content":"anthropic"}] and .max_tokens == 8000 and .stream'
grep -q '^anthropic-version: ' "$tmp/s/anthropic.log" &&
	grep -q "^x-api-key: $key" "$tmp/s/anthropic.log"
result $? 'anthropic: the key goes into its header' </dev/null
sed '/message_stop/d' "$tmp/s/anthropic" | scenario unstopped
model unstopped anthropic unstopped
call 0 'anthropic, no message_stop' unstopped
has 'a stop_reason is no proof of the end' '.response | .outcome == "aborted" and .text == "good" and (.attempts | length) == 5'
scenario refusal <<'E'
data {"id":"m","type":"message","model":"m-3","content":[{"type":"text","text":"I"}],"stop_reason":"refusal","stop_details":{"type":"refusal","category":"frontier_llm","explanation":"no"},"usage":{"input_tokens":3,"output_tokens":1}}
E
model refusal anthropic refusal '"stream":false'
call 0 'anthropic, refusal' refusal
has 'a refusal is data, with its category' '.response | .outcome == "refused" and .category == "frontier_llm" and .reason == "no"'

scenario gemini <<'E'
header Content-Type: text/event-stream
chunked
data data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"go"}]}}],"usageMetadata":{"promptTokenCount":10,"totalTokenCount":10},"modelVersion":"m-4","responseId":"g1"}\r\n\r\n
data data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"od"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":15},"modelVersion":"m-4"}\r\n\r\n
E
model gemini gemini gemini
call 0 'gemini' gemini
has 'gemini: text, thoughts, cost' '.response | .text == "good" and .reasoning == "hm" and .cost == "0.000058" and .usage.output == 5'
grep -q "^POST /gemini/v1beta/models/m:streamGenerateContent?alt=sse " "$tmp/s/gemini.log" &&
	grep -q "^x-goog-api-key: $key" "$tmp/s/gemini.log"
result $? 'gemini: address and key' </dev/null
echo 'data {"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4}}' | scenario blocked
model blocked gemini blocked '"stream":false'
call 0 'gemini, blocked' blocked
has 'a blocked prompt is filtered' '.response | .outcome == "filtered" and .category == "PROHIBITED_CONTENT"'
echo 'data {"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":4,"thoughtsTokenCount":9}}' | scenario noparts
model noparts gemini noparts '"stream":false'
call 0 'gemini, content without parts' noparts
has 'thoughts alone are truncated, and paid for' '.response | .outcome == "truncated" and .usage.output == 9'

### every status of the table

# a first answer (stdin) that may pass, then a good one
retried() {
	local name=$1
	{ cat; echo ---; good; } | scenario "$name"
	model "$name" openai-chat "$name"
	call 0 "$name: asked again" "$name"
	has "$name: the second answer counts" '.response | .outcome == "ok" and (.attempts | length) == 2'
}
for s in 408 409 429 500 502 503 504 529; do
	echo "status $s" | retried "s$s"
done
printf 'status 429\nheader retry-after-ms: 150\ndata {"error":{"code":"slow_down"}}\n' | retried retry-after-ms
printf 'status 429\nheader Retry-After: 0.1\ndata {"error":{"code":"rate_limit_exceeded"}}\n' | retried retry-after
printf 'status 429\ndata [{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.2s"}]}}]\n' | retried RetryInfo
printf 'status 400\nheader x-should-retry: true\n' | retried x-should-retry
printf 'status 503\ndata {"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}\n' | retried loading
printf 'status 502\nheader Content-Type: text/html\ndata <html>bad gateway</html>\n' | retried html-502
printf 'header Content-Type: text/html\ndata <html>hello</html>\n' | retried html-200
echo 'data ' | retried empty-body
printf 'data {"error":{"code":502,"message":"upstream"}}\n' | retried error-in-200
printf '%s\ndata data: {"error":{"code":"server_error","message":"x"}}\\n\\n\n' "$sse" | retried error-event
{ echo "$sse"; delta part; echo 'data data: {"error":{"code":502,"message":"x"}}\n\n'; } | retried error-in-mid-stream
{ echo "$sse"; delta part; stop abort; echo "$done"; } | retried abort-then-DONE
{ echo "$sse"; delta part; echo "$done"; } | retried DONE-without-finish
{ echo "$sse"; delta part; echo close; } | retried end-without-finish
{ echo "$sse"; echo chunked; delta part; echo close; } | retried chunk-missing
{ echo 'length 4000'; echo 'data {"id":"c"'; echo close; } | retried short-of-its-length

data_is() { # NAME STATUS BODY OUTCOME
	printf 'status %s\ndata %s\n' "$2" "$3" | scenario "$1"
	model "$1" openai-chat "$1"
	call 0 "$1: is data" "$1"
	has "$1: $4, asked once" ".response | .outcome == \"$4\" and (.attempts | length) == 1 and .cost == \"0.000000\""
}
data_is bad-parameter 400 '{"error":{"message":"no","type":"invalid_request_error","code":"unsupported_parameter"}}' rejected
data_is too-long 400 '{"error":{"code":400,"type":"exceed_context_size_error","n_ctx":1}}' rejected
data_is no-model 404 '{"error":{"code":"model_not_found"}}' rejected
data_is s413 413 '' rejected
data_is s422 422 '{"detail":[{"msg":"x"}]}' rejected
data_is policy 400 '{"error":{"code":"content_policy_violation","message":"no"}}' filtered
data_is moderation 403 '{"error":{"code":403,"message":"flagged","metadata":{"reasons":["x"],"flagged_input":"y"}}}' filtered
n=$(requests s413)
call 0 's413: is data' s413
ok 'what was rejected cost nothing and is asked again' test "$(requests s413)" = $((n + 1))

fatal() { # NAME STATUS BODY [PROVIDER]
	printf 'status %s\ndata %s\n' "$2" "$3" | scenario "$1"
	model "$1" "${4:-openai-chat}" "$1"
	call 77 "$1: no request will be accepted" "$1"
	errline "$1: says why" "llm-call: record 1: task 't': "
	ok "$1: asked once" test "$(requests "$1")" = 1
}
fatal s401 401 '{"error":{"code":"invalid_api_key","message":"Incorrect API key"}}'
fatal s402 402 ''
fatal s403 403 ''
fatal quota 429 '{"error":{"code":"insufficient_quota","message":"exceeded"}}'
fatal spend-limit 429 '{"type":"error","error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}}' anthropic
fatal own-limit 400 '{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will"}}' anthropic
fatal limit-0 429 '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded, limit: 0","details":[{"@type":"q/QuotaFailure","violations":[{"quotaId":"free"}]}]}}' gemini
fatal bad-key 400 '{"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}' gemini
printf 'status 429\ndata {"error":{"message":"INSUFFICIENT QUOTA for now","code":"engine_overloaded"}}\n' | retried wording-is-not-a-code

### when to stop asking

# tries N NAME: at most N attempts for a model
tries() { sed -i "s/\"seconds\":20/\"seconds\":20,\"attempts\":$1/" "$tmp/$2.json"; }
echo 'status 500' | scenario same
model same openai-chat same
call 75 'the same failure five times' same
ok 'the same failure five times: not a sixth' test "$(requests same)" = 5
echo 'status 429' | scenario endless
model endless openai-chat endless
tries 7 endless
call 75 'attempts are bounded' endless
ok 'attempts are bounded by their number' test "$(requests endless)" = 7
printf 'status 429\nheader retry-after: 3600\n' | scenario later
model later openai-chat later
call 75 'a hint above the cap' later
errline 'a hint above the cap: says so' 'asks to wait 3600 s'
printf 'status 429\nheader x-should-retry: false\n' | scenario never
model never openai-chat never
call 75 'x-should-retry: false' never
ok 'x-should-retry: false is obeyed' test "$(requests never)" = 1
{ echo "$sse"; echo chunked; delta part; echo hang; } | scenario stall
model stall openai-chat stall '"timeouts":{"idle":1}'
tries 1 stall
call 0 'a stream that stalls' stall
has 'a stream that stalls is cut; what came is data' '.response | .outcome == "aborted" and .text == "part" and .seconds < 12 and .attempts[0].estimated'
echo hang | scenario silent
model silent openai-chat silent '"timeouts":{"total":0.5}'
tries 1 silent
call 75 'no answer in time' silent

### streams

printf '%s\n' 'split 1' "$sse" \
	'data \xef\xbb\xbf: OPENROUTER PROCESSING\r\n\r\nid: 7\r\nretry: 10\r\ndata: {"choices":[{"index":0,\r\ndata: "delta":{"content":"g\xc3\xb6\xf0\x9f\x98\x80"},"finish_reason":null,"matched_stop":null}],"usage":null}\r\n\r\n' \
	'data data:{"choices":[{"delta":{"content":null,"reasoning_content":"hm"},"finish_reason":"stop"}]}\r\n\r\ndata:[DONE]\r\n\r\n' | scenario bytes
model bytes openai-chat bytes
call 0 'CRLF, comments, many data lines, byte by byte' bytes
has 'UTF-8 survives its pieces; missing usage is guessed' '.response | .text == "gö😀" and .reasoning == "hm" and .usage == {} and .attempts[0].estimated'
printf '%s\n' 'split 1' "$sse" 'data data: {"choices":[{"delta":{"content":"cr"},"finish_reason":"stop"}]}\r\rdata: [DONE]\r\r' | scenario cr
model cr openai-chat cr
call 0 'lines that end in CR' cr
has 'lines that end in CR: text' '.response.text == "cr"'
printf '%s\n' "$whole" | scenario nostream
model nostream openai-chat nostream
call 0 'a server that does not stream' nostream
has 'a server that does not stream: text' '.response | .text == "good" and .outcome == "ok"'
short() { # NAME BODY FILTER: a whole answer, not streamed
	printf 'data %s\n' "$2" | scenario "$1"
	model "$1" openai-chat "$1" '"stream":false'
	call 0 "$1" "$1"
	has "$1: as it should be" ".response | $3"
}
# shellcheck disable=SC2028
short odd '{"choices":[{"finish_reason":"stop","message":{"content":"a\\u0000b\\ud800c\xff"}}],"usage":{"prompt_tokens":1e30,"completion_tokens":12345678901234567890}}' \
	'.text == "a\ufffdb\ufffdc\ufffd"'
short think '{"choices":[{"finish_reason":"stop","message":{"content":"<think>hm</think>\\n\\ngood"}}]}' \
	'.text == "good" and .reasoning == "hm"'
short filter '{"choices":[{"finish_reason":"content_filter","message":{"content":null}}]}' '.outcome == "filtered"'
short refuse '{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"I cannot"}}]}' \
	'.outcome == "refused" and .reason == "I cannot"'
short length '{"choices":[{"finish_reason":"length","message":{"content":"go"}}]}' '.outcome == "truncated" and .text == "go"'

# a connection that resets at every byte of a short response
one='data: {"choices":[{"delta":{"content":"o"}}]}'
two='data: {"choices":[{"delta":{"content":"k"},"finish_reason":"stop"}]}'
bytes=$((${#one} + ${#two} + 4))
printf -v head 'HTTP/1.1 200 Scripted\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n' $bytes
size=$((${#head} + bytes)) early=$((${#head} + ${#one} + 2))
for ((i = 1; i <= size; i++)); do
	printf '%s\n' "cut $i" "$sse" "data $one\\n\\n$two\\n\\n" | scenario "cut$i"
	printf '{"provider":"openai-chat","base_url":"http://127.0.0.1:%s","path":"/cut%d","model":"m","retries":{"attempts":1}}' \
		"$port" $i >"$tmp/cut$i.json"
done
# shellcheck disable=SC2317
cutone() {
	echo "$1 $(record cut | llm-call --model "$tmp/cut$1.json" 2>>"$tmp/cut.err" | jq -r .response.outcome)"
}
export -f cutone record
export tmp
seq $size | xargs -P 8 -I{} bash -c 'cutone {}' | sort -n >"$tmp/cut.out"
awk -v all=$size -v early=$early '
	$2 == "ok" && $1 < all || $2 == "aborted" && $1 < early { print "wrong: " $0; bad = 1 }
	$2 == "aborted" { part++ }
	END { if (NR != all || part < (all - early) / 2) { print NR, part; bad = 1 }; exit bad }' \
	"$tmp/cut.out" >"$tmp/cut.bad"
result $? "reset at every one of $size bytes: never taken for whole" <"$tmp/cut.bad"
ok 'reset at every byte: a controlled end each time' test "$(grep -cE 'Sanitizer|fault|assert' "$tmp/cut.err")" = 0

printf '%s\n' chunked 'fill 209715200 x' | scenario big
model big openai-chat big '"stream":false'
call 75 'a body of 200 MB' big
errline 'a body of 200 MB is cut' 'more than 64 MiB'
ok 'a body of 200 MB: asked once' test "$(requests big)" = 1
printf '%s\n' "$sse" chunked 'data data: ' 'fill 209715200 x' | scenario bigevent
model bigevent openai-chat bigevent
tries 1 bigevent
call 75 'an event of 200 MB' bigevent

### the way there

: | scenario target
printf 'status 307\nheader Location: http://127.0.0.1:%s/target\n' "$port" | scenario redirect
model redirect openai-chat redirect
call 69 'a redirect' redirect
errline 'a redirect: says what to mend' 'redirect'
ok 'the key does not follow a redirect' test ! -e "$tmp/s/target.log"
model nobody openai-chat nobody
sed -i "s/127.0.0.1:$port/127.0.0.1:9/" "$tmp/nobody.json"
call 69 'nobody there' nobody
model nokey openai-chat nokey
sed -i 's/"K"/"NO_SUCH_KEY"/' "$tmp/nokey.json"
call 69 'no key' nokey
errline 'no key: names the variable' 'NO_SUCH_KEY'
http_proxy=http://127.0.0.1:$port call 0 'proxy' chat
grep -q "^POST http://127.0.0.1:$port/chat/v1/chat/completions" "$tmp/s/chat.log"
result $? 'http_proxy is obeyed' </dev/null
no_proxy=127.0.0.1 http_proxy=http://127.0.0.1:9 call 0 'no proxy' chat

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 \
	-addext subjectAltName=DNS:localhost \
	-keyout "$tmp/tls.key" -out "$tmp/tls.crt" 2>/dev/null
# two ports below those that connections are given
tlsport=$((20000 + $$ % 12000))
while grep -qE "$(printf ':(%04X|%04X) ' $tlsport $((tlsport + 1)))" /proc/net/tcp /proc/net/tcp6; do
	tlsport=$((tlsport + 2))
done
tlsbody='{"choices":[{"finish_reason":"stop","message":{"content":"over tls"}}]}'
# tlsserver NAME PORT: takes one question and answers it
tlsserver() {
	mkfifo "$tmp/$1.fifo"
	{ printf 'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s' ${#tlsbody} "$tlsbody"; exec sleep 30; } \
		>"$tmp/$1.fifo" 2>/dev/null &
	pids+=" $!"
	openssl s_server -quiet -accept "$2" -cert "$tmp/tls.crt" -key "$tmp/tls.key" \
		<"$tmp/$1.fifo" >"$tmp/$1.log" 2>&1 &
	pids+=" $!"
	for ((i = 0; i < 100; i++)); do
		grep -q ":$(printf %04X "$2") " /proc/net/tcp /proc/net/tcp6 && break
		sleep 0.05
	done
}
pids=
tlsserver tls1 $tlsport
tlsserver tls2 $((tlsport + 1))
model tls openai-chat v1 '"stream":false'
sed -i "s#http://127.0.0.1:$port#https://localhost:$tlsport#" "$tmp/tls.json"
sed "s#\"stream\"#\"ca_file\":\"$tmp/tls.crt\",\"stream\"#" "$tmp/tls.json" >"$tmp/tlsgood.json"
sed "s#//localhost#//127.0.0.1#" "$tmp/tlsgood.json" >"$tmp/tlsname.json"
sed -i "s#:$tlsport/#:$((tlsport + 1))/#" "$tmp/tlsgood.json"
call 69 'a certificate that nobody signed' tls
call 69 'a certificate for another name' tlsname
ok 'a bad certificate: the key was not sent' test "$(grep -cF "$key" "$tmp/tls1.log")" = 0
call 0 'a certificate that the model names' tlsgood
has 'a certificate that the model names: text' '.response.text == "over tls"'
# shellcheck disable=SC2086
kill $pids 2>/dev/null

### the key is nowhere

{ echo 'status 401'; echo 'keyheader x-request-id'; echo 'data {"error":{"code":"invalid_api_key","message":"Incorrect: '; echo 'echo'; echo 'data "}}'; } | scenario echo401
model echo401 openai-chat echo401
call 77 'an error that echoes the key' echo401
{ echo 'status 500'; echo 'keyheader x-request-id'; echo 'data '; echo key; } | scenario echo500
model echo500 openai-chat echo500
call 75 'a failure that echoes the key' echo500
{ echo 'split 1'; echo 'keyheader x-request-id'; echo "$sse"; echo 'data data: {"id":"'; echo key; echo 'data ","choices":[{"delta":{"content":"'; echo key; echo 'data "},"finish_reason":"stop"}]}\n\n'; } | scenario echo200
model echo200 openai-chat echo200
call 0 'an answer that echoes the key' echo200
has 'an answer that echoes the key has asterisks for it' '.response.text | test("^\\*+$")'
{ echo 'data '; echo key; } | scenario echohtml
model echohtml openai-chat echohtml
call 75 'a body that is the key' echohtml
grep -qF "$key" "$tmp/s/echo200.log"
result $? 'the server did see the key' </dev/null
! grep -rlF "$key" "$tmp/store" "$tmp/kept" "$tmp/out" "$tmp/err" >"$tmp/leaks" 2>&1
result $? 'the key is in no output, message or stored file' <"$tmp/leaks"
echo hang | scenario slow
model slow openai-chat slow
record slow >"$tmp/in"
llm-call --model "$tmp/slow.json" "$tmp/in" >/dev/null 2>&1 &
pid=$!
until [ "$(requests slow)" != 0 ]; do sleep 0.05; done
ok 'not in argv' test "$(tr '\0' '\n' <"/proc/$pid/cmdline" | grep -cF "$key")" = 0
ok 'no core dump' grep -q 'Max core file size  *0  *0 ' "/proc/$pid/limits"
ok 'its memory belongs to root, not to its user' test "$(stat -c %u "/proc/$pid/mem")" = 0
kill -9 $pid
wait $pid 2>/dev/null

finish
