#!/usr/bin/env bash
# llm-call: budget, limits, many at once, and the ways to an answer that are not
# one HTTP call: programs, recorded answers, exports and batches.
# shellcheck disable=SC2028
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/llm.sh
. "$top/tests/llm.sh"
export tmp
export -f record

### many at once

many() { for ((i = 0; i < $1; i++)); do record "many $2 $i" $((i % 3)); done; }
{ good; echo 'delay 30'; } | scenario many
model many openai-chat many
many 40 a >"$tmp/in"
status 0 'forty at once' ask many -j 16 <"$tmp/in"
cp "$tmp/out" "$tmp/first"
ok 'forty at once: in the order of the questions' test \
	"$(jq -r .request.sample "$tmp/first" | tr -d '\n')" = "$(for ((i = 0; i < 40; i++)); do printf %s $((i % 3)); done)"
n=$(requests many)
status 0 'forty again' ask many -j 16 <"$tmp/in"
same 'forty again: the same' "$tmp/first" "$tmp/out"
ok 'forty again: nobody was asked' test "$(requests many)" = "$n"
{ many 3 same; many 3 same; } >"$tmp/in"
status 0 'the same question twice at once' ask many -j 6 <"$tmp/in"
ok 'the same question twice at once is asked once' test "$(requests many)" = $((n + 3))
many 4 twice >"$tmp/in"
for i in 1 2 3; do ask many -j 4 <"$tmp/in" >"$tmp/twice.$i" & pids[i]=$!; done
wait "${pids[@]}"
ok 'by three processes at once, too' test "$(requests many)" = $((n + 7))
same 'and they get the same answers' "$tmp/twice.1" "$tmp/twice.3"
many 6 slow >"$tmp/in"
while read -r line; do echo "$line"; sleep 0.05; done <"$tmp/in" | ask many -j 2 --unordered >"$tmp/slow"
ok 'a slow writer before it' test "$(wc -l <"$tmp/slow")" = 6
many 2 file >"$tmp/in"
status 0 'files, and a file for the result' ask many -o "$tmp/o" "$tmp/in" "$tmp/in"
ok 'files, and a file for the result: four records' test "$(wc -l <"$tmp/o")" = 4
status 74 'a full disk' bash -c "record full | llm-call -m '$tmp/many.json' >/dev/full"

### the budget: a call reserves 0.08 and costs 0.000058

rm -rf "$tmp/store"
export BUDGET=0.25
seq 64 | xargs -P 64 -I{} bash -c "record 'spend {}' | llm-call -m '$tmp/many.json' 2>&1 | jq -r .response.cost" >"$tmp/spent"
ok '64 processes share a budget for three calls at once' test "$(grep -c 0.000058 "$tmp/spent")" = 64
read -r _ _ _ _ settled _ reserved _ calls <"$tmp/store/ledger"
ok 'the ledger knows each call' test "$settled $reserved $calls" = '3712000000 0 64'
ok 'never more reserved than the budget allows' test \
	"$(awk 'NR > 1 { $3 == "reserve" ? n++ : n--; if (n > m) m = n } END { print m }' "$tmp/store/ledger")" -le 3
export BUDGET=0.0801
record 'one too many' >"$tmp/in"
status 77 'a budget that is spent' ask many <"$tmp/in"
errline 'a budget that is spent: says how far' 'budget is spent: 0.003712 USD spent'
export BUDGET=0.09
status 0 'a budget that was raised' ask many <"$tmp/in"
n=$(requests many)
export BUDGET=0
status 0 'what is known is free' ask many <"$tmp/in"
ok 'what is known is free: nobody was asked' test "$(requests many)" = "$n"
rm -rf "$tmp/store"
echo hang | scenario killed
model killed openai-chat killed
record killed >"$tmp/in"
BUDGET=0.2 llm-call -m "$tmp/killed.json" "$tmp/in" >/dev/null 2>&1 &
pid=$!
until [ "$(requests killed)" != 0 ]; do sleep 0.05; done
kill -9 $pid
wait $pid 2>/dev/null
read -r _ _ _ _ settled _ reserved _ <"$tmp/store/ledger"
ok 'kill -9: the reservation stays' test "$settled" = 0 -a "$reserved" -gt 80000000000
export BUDGET=0.17
status 0 'kill -9: the rest of the budget can be spent' ask many <"$tmp/in"
record more >"$tmp/in"
export BUDGET=0.15
status 77 'kill -9: and no more, without waiting for the dead' ask many <"$tmp/in"
sed 's/"prices":{[^}]*},//' "$tmp/many.json" >"$tmp/unpriced.json"
status 65 'a budget needs prices' ask unpriced <"$tmp/in"
export BUDGET=five
status 64 'a budget is a number' ask many <"$tmp/in"
unset BUDGET

### limits

rm -rf "$tmp/store"
model slowly openai-chat many '"limits":{"requests_per_minute":5}'
many 6 rpm >"$tmp/in"
timeout 2 llm-call -m "$tmp/slowly.json" -j 6 "$tmp/in" >"$tmp/got" 2>"$tmp/err"
ok 'requests per minute hold' test "$(wc -l <"$tmp/got")" = 5
rm -rf "$tmp/store"
model tokens openai-chat many '"limits":{"tokens_per_minute":17000}'
many 20 tpm >"$tmp/in"
timeout 20 llm-call -m "$tmp/tokens.json" -j 20 "$tmp/in" >"$tmp/got" 2>"$tmp/err"
ok 'tokens per minute: what was not used counts no more' test "$(wc -l <"$tmp/got")" = 20
rm -rf "$tmp/store"
{ good; echo 'delay 100'; } | scenario pair
model pair openai-chat pair '"limits":{"concurrency":2}'
many 8 two >"$tmp/in"
split -n r/4 "$tmp/in" "$tmp/part."
start=$(date +%s%N) pids=()
for p in "$tmp"/part.a?; do
	llm-call -m "$tmp/pair.json" -j 8 "$p" >"$p.out" 2>&1 &
	pids+=($!)
done
wait "${pids[@]}"
took=$((($(date +%s%N) - start) / 1000000))
ok 'two at once over four processes' test $took -ge 400 -a "$(cat "$tmp"/part.a?.out | grep -c '"ok"')" = 8
for ((i = 0; i < 6; i++)); do echo 'status 429'; echo ---; done | cat - <(good) | scenario aimd
model aimd openai-chat aimd
many 30 aimd >"$tmp/in"
status 0 'told to slow down' ask aimd -j 30 <"$tmp/in"
ok 'told to slow down: everything is answered' test "$(grep -c '"ok"' "$tmp/out")" = 30

### programs

cat >"$tmp/answer" <<'E'
#!/bin/sh
jq -r '.request.messages[1].content | "you said " + .'
E
chmod +x "$tmp/answer"
echo "{\"provider\":\"exec\",\"command\":[\"$tmp/answer\"]}" >"$tmp/exec.json"
call 0 'exec' exec
has 'exec: text' '.response | .text == "you said exec\n" and .outcome == "ok"'
echo '{"provider":"exec","command":["sh","-c","cat >/dev/null; echo \"{\\\"outcome\\\":\\\"refused\\\",\\\"reason\\\":\\\"no\\\"}\""],"output":"json"}' >"$tmp/execjson.json"
call 0 'exec, JSON' execjson
has 'exec, JSON: outcome' '.response.outcome == "refused"'
echo '{"provider":"exec","command":["sh","-c","exit 77"]}' >"$tmp/exec77.json"
call 77 'exec that says it is no use' exec77
echo '{"provider":"exec","command":["sh","-c","sleep 60 & sleep 60"],"timeouts":{"total":0.3},"retries":{"attempts":1}}' >"$tmp/execslow.json"
call 75 'exec that takes too long' execslow
echo '{"provider":"exec","command":["no-such-program"]}' >"$tmp/execnone.json"
call 69 'exec that is not there' execnone
errline 'exec that is not there: names it' 'no-such-program'

### recorded answers

mkdir -p "$tmp/answers/u/2"
echo 'first try' >"$tmp/answers/t.1.md"
echo 'any' >"$tmp/answers/u.md"
status 0 'replay of a directory' llm-call -m replay --answers "$tmp/answers" < <(record)
has 'replay of a directory: text' '.response.text == "first try\n"'
status 0 'replay of records' llm-call -m replay --answers "$tmp/first" < <(record 'anything' 2)
has 'replay of records: by task, attempt and sample' '.response.text == "good"'
status 69 'replay without an answer' llm-call -m replay --answers "$tmp/answers" < <(record | sed 's/"t"/"v"/')
errline 'replay without an answer: names the question' "task 'v'.*attempt 1, sample 0, role 'coder'"
status 64 'replay of nothing' llm-call -m replay < <(record)
status 69 'replay of what is not there' llm-call -m replay --answers "$tmp/none" < <(record)

### models and options

bad() { # NAME STATUS PATTERN JSON
	echo "$4" >"$tmp/bad.json"
	status "$2" "model file: $1" ask bad < <(record)
	errline "model file: $1: says where" "$3"
}
bad 'unknown key' 65 'bad.json: concurency: unknown key' '{"provider":"oracle","concurency":1}'
bad 'unknown limit' 65 'limits.rpm: unknown key' '{"provider":"oracle","limits":{"rpm":1}}'
bad 'unknown provider' 65 'provider: .*none of: openai-chat' '{"provider":"openai"}'
bad 'no address' 65 "no 'base_url'" '{"provider":"gemini","model":"m"}'
bad 'a key in the address' 65 'base_url' '{"provider":"gemini","model":"m","base_url":"https://me:secret@host"}'
bad 'a key in a header' 65 'headers.Authorization' '{"provider":"gemini","model":"m","base_url":"https://host","headers":{"Authorization":"Bearer x"}}'
bad 'wrong type' 65 'prices.input: not a number' '{"provider":"oracle","prices":{"input":"1","output":2}}'
bad 'a parameter of another provider' 65 'parameters.thinking_tokens' '{"provider":"openai-chat","model":"m","base_url":"http://127.0.0.1:9","parameters":{"thinking_tokens":5}}'
bad 'no JSON' 65 'not a JSON text' '{"provider"'
status 69 'unknown model' llm-call -m nobody </dev/null
errline 'unknown model: lists those there are' 'there are .*oracle.*replay'
status 64 'no model' llm-call </dev/null
status 64 'unknown option' llm-call --what
status 65 'no record' llm-call -m oracle <<<'{"request":{}}'
status 65 'a message without content' ask many <<<'{"task":{"name":"t"},"request":{"messages":[{"role":"user"}]}}'
for m in "$top"/mk/models/*.json; do
	case $m in */oracle.json | */replay.json) continue ;; esac
	status 0 "mk/models/${m##*/} is as it must be" llm-call -m "$m" --export </dev/null
done
scenario extra < <(good)
model extra openai-chat extra '"extra":{"top_k":5,"stream_options":{"x":1}},"drop":["max_completion_tokens"]'
call 0 'extra and drop' extra
sent extra
has 'extra and drop: the body' '.top_k == 5 and .stream_options == {"x":1,"include_usage":true} and (has("max_completion_tokens") | not) and .stream'

### export, import, batches

rm -rf "$tmp/store"
{ record 'by hand'; record 'by hand' 1; } >"$tmp/in"
echo '{"provider":"queue"}' >"$tmp/queue.json"
status 75 'a queue has no answer yet' ask queue <"$tmp/in"
status 0 'export for a queue' ask queue --export "$tmp/in"
ok 'export for a queue: both questions' test "$(jq -r '.messages[1].content' "$tmp/out" | sort -u)" = 'by hand' -a "$(wc -l <"$tmp/out")" = 2
jq -c '{key, text: "answer \(.sample)"}' "$tmp/out" >"$tmp/answered"
status 0 'import from a queue' ask queue --import "$tmp/answered"
status 0 'a queue that was answered' ask queue <"$tmp/in"
ok 'a queue that was answered: texts' test "$(jq -r .response.text "$tmp/out" | tr '\n' ' ')" = 'answer 0 answer 1 '
status 0 'export of what is answered' ask queue --export "$tmp/in"
ok 'export of what is answered is empty' test ! -s "$tmp/out"
status 65 'import of a stranger' ask queue --import < <(printf '{"key":"%064d","text":"x"}\n' 7)

# batchtest PROVIDER: the scripts are made from what was exported
batchtest() {
	local p=$1 keys
	rm -rf "$tmp/store"
	model "batch-$p" "$p" "batch-$p"
	sed -i "s#/batch-$p#/batch-$p-submit#" "$tmp/batch-$p.json"
	{ record "$p a"; record "$p b"; record "$p c"; } >"$tmp/in"
	status 0 "$p: export" ask "batch-$p" --export "$tmp/in"
	jq -r '.custom_id // .key' "$tmp/out" | paste - "$tmp/in" | sort >"$tmp/sorted"
	mapfile -t keys < <(cut -f 1 "$tmp/sorted")
	cut -f 2- "$tmp/sorted" >"$tmp/in"
	status 75 "$p: deferred" ask "batch-$p" --defer "$tmp/in"
	submitscript "$p" "${keys[@]}" | scenario "batch-$p-submit"
	export BUDGET=0.2
	status 0 "$p: submit" ask "batch-$p" --batch submit
	read -r _ _ _ _ _ _ reserved _ <"$tmp/store/ledger"
	ok "$p: half the price is reserved" test "$reserved" -gt 120000000000 -a "$reserved" -lt 125000000000
	status 0 "$p: nothing is submitted twice" ask "batch-$p" --batch submit
	status 75 "$p: a question that a batch has is not asked" ask "batch-$p" "$tmp/in"
	status 75 "$p: poll, under way" ask "batch-$p" --batch poll
	status 0 "$p: poll, ended" ask "batch-$p" --batch poll
	grep -q ': 2 answered' "$tmp/err"
	result $? "$p: two of three are answered" <"$tmp/err"
	read -r _ _ _ _ settled _ reserved _ <"$tmp/store/ledger"
	ok "$p: the ledger is settled at half the price" test "$settled $reserved" = '60000000 0'
	status 75 "$p: the third waits again" ask "batch-$p" --defer "$tmp/in"
	unset BUDGET
	status 0 "$p: answers of the batch are free" ask "batch-$p" <(head -n 2 "$tmp/in")
	ok "$p: answers of the batch: texts and cost" test \
		"$(jq -r '.response | "\(.text) \(.cost)"' "$tmp/out" | sort -u)" = 'good 0.000030'
}
# one request of the scripts' n-th answer each: submit (1 or 2), poll, poll, files
submitscript() {
	local m='{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"content":"good"}}],"usage":{"prompt_tokens":10,"completion_tokens":5}}'
	local r='{"id":"r","object":"response","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"good"}]}],"usage":{"input_tokens":10,"output_tokens":5}}'
	local a='{"id":"m","type":"message","content":[{"type":"text","text":"good"}],"stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":5}}'
	local g='{"candidates":[{"content":{"parts":[{"text":"good"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5}}'
	case $1 in
	openai-*)
		[ "$1" = openai-chat ] || m=$r
		echo 'data {"id":"file-1"}'; echo ---
		echo 'data {"id":"batch_1","status":"validating"}'; echo ---
		echo 'data {"id":"batch_1","status":"in_progress"}'; echo ---
		echo 'data {"id":"batch_1","status":"expired","output_file_id":"file-2","error_file_id":"file-3"}'; echo ---
		for k in "$3" "$2"; do echo "line {\"id\":\"x\",\"custom_id\":\"$k\",\"response\":{\"status_code\":200,\"body\":$m},\"error\":null}"; done
		echo ---
		echo "line {\"custom_id\":\"$4\",\"response\":null,\"error\":{\"code\":\"batch_expired\",\"message\":\"late\"}}"; echo --- ;;
	anthropic)
		echo 'data {"id":"msgbatch_1","processing_status":"in_progress"}'; echo ---
		echo 'data {"id":"msgbatch_1","processing_status":"in_progress"}'; echo ---
		echo 'data {"id":"msgbatch_1","processing_status":"ended","results_url":"https://elsewhere.example/"}'; echo ---
		for k in "$3" "$2"; do echo "line {\"custom_id\":\"$k\",\"result\":{\"type\":\"succeeded\",\"message\":$a}}"; done
		echo "line {\"custom_id\":\"$4\",\"result\":{\"type\":\"expired\"}}"; echo --- ;;
	gemini)
		echo 'data {"name":"batches/1","metadata":{"state":"BATCH_STATE_PENDING"}}'; echo ---
		echo 'data {"name":"batches/1","metadata":{"state":"BATCH_STATE_RUNNING"}}'; echo ---
		echo "data {\"name\":\"batches/1\",\"done\":true,\"response\":{\"inlinedResponses\":{\"inlinedResponses\":[{\"response\":$g},{\"metadata\":{\"key\":\"$3\"},\"response\":$g},{\"metadata\":{\"key\":\"$4\"},\"error\":{\"code\":4,\"message\":\"late\"}}]}}}"; echo --- ;;
	esac
	echo 'status 500'
}
# Gemini's answers may lack their key: they come in the order of the keys
for p in openai-chat openai-responses anthropic gemini; do
	batchtest $p
done
grep -q '^Authorization: Bearer' "$tmp/s/batch-openai-chat-submit.log" &&
	grep -q 'name="purpose"' "$tmp/s/batch-openai-chat-submit.log"
result $? 'a batch is uploaded as a file' </dev/null

# what make sweep BATCH=1 does: ask, submit, wait, ask again
rm -rf "$tmp/store"
model sweep anthropic sweep
record sweep >"$tmp/in"
key=$(ask sweep --export "$tmp/in" | jq -r .custom_id)
rm -rf "$tmp/store"
{
	echo 'data {"id":"b1"}'; echo ---
	echo 'data {"processing_status":"in_progress"}'; echo ---
	echo 'data {"processing_status":"ended"}'; echo ---
	echo "data {\"custom_id\":\"$key\",\"result\":{\"type\":\"succeeded\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"good\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}}"
} | scenario sweep
cd "$top" || exit 1
MKBENCH_POLL=1 status 0 'a sweep by batch' mk/batch.sh "$tmp/sweep.json" llm-call -m "$tmp/sweep.json" -o "$tmp/swept" "$tmp/in"
ok 'a sweep by batch: the answer' test "$(jq -r .response.text "$tmp/swept")" = good

### cost and clean-up

status 0 'cost of the store' llm-call --cost
grep -q '^sweep ' "$tmp/out" && grep -q 'ledger: 0.0000055 USD spent' "$tmp/out"
result $? 'cost of the store: by model, and the ledger' <"$tmp/out"
status 0 'cost of records' llm-call --cost "$tmp/first"
grep -q '^t  *40 ' "$tmp/out" && grep -q '0.002320' "$tmp/out"
result $? 'cost of records: by task' <"$tmp/out"
before=$(find "$tmp/store" -name '*.json' -o -name '*.body' | wc -l)
status 0 'gc' llm-call --gc
ok 'gc keeps every answer' test "$(find "$tmp/store" -name '*.json' -o -name '*.body' | wc -l)" = "$before"

finish
