#!/usr/bin/env bash
# Records: what is no strict JSON, or no record, is refused with its place.
. "$(dirname "$0")/lib.sh"

record='{"task":{"op":"Relu"},"request":{"engine":"ort"},"response":{"outcome":"refused"}}'

# bad NAME PATTERN: what lies in $tmp/in is status 65 in one line
bad() {
	status 65 "$1" unpack <"$tmp/in"
	errline "$1: the message" "$2"
}

printf '%s' '{"task":' >"$tmp/in"
bad 'truncated text' '<stdin>:1:9: not a JSON text: unfinished'
printf '%s' '[1,2]' >"$tmp/in"
bad 'an array is no record' 'record 1: not a record: not an object'
printf '%s' '{"a":1}' >"$tmp/in"
bad 'no task' "no object 'task'"
printf '%s' '{"task":{"op":"a","op":"b"}}' >"$tmp/in"
bad 'duplicate key' 'task.op: duplicate key'
printf '%s' '{"task":{"n":9007199254740993}}' >"$tmp/in"
bad '2^53+1' '<stdin>:1:30: .*beyond 2\^53'
printf '%s' '{"task":{"n":1e400}}' >"$tmp/in"
bad 'a number beyond doubles' 'out of range'
printf '%s' '{"task":{"s":"a\u0000b"}}' >"$tmp/in"
bad 'NUL escape' 'u0000'
printf '%s' '{"task":{"s":"\ud800"}}' >"$tmp/in"
bad 'lone surrogate' 'lone surrogate'
printf '{"task":{"s":"\xff"}}' >"$tmp/in"
bad 'bytes that are not UTF-8' 'not UTF-8'
{ head -c 10000 /dev/zero | tr '\0' '['; } >"$tmp/in"
bad '10,000 levels' 'nested too deeply|unfinished'
printf '%s\n%s\n' "$record" '{"task":{' >"$tmp/in"
bad 'the second record' '<stdin>:[23]:'
printf '%s' '{"task":7}' >"$tmp/in"
bad 'task of a wrong type' "no object 'task'"
printf '%s' '{"task":{"op":"Relu"},"request":{"engine":3},"response":{"outcome":"ok"}}' >"$tmp/in"
bad 'a member of a wrong type' 'not a string'

printf '' | status 0 'no record, no work' unpack
printf '%s\n%s' "$record" "$record" | status 0 'two records' unpack
ok 'two come out' test "$(unpack <<<"$record$record" | wc -l)" = 2
printf '{\n "task": {"op":\n "Relu"},"request":{"engine":"ort"},"response":{"outcome":"refused"}}' |
	status 0 'a pretty-printed record' unpack

# a wrong element of that value stopped a run: it was printed as an integer
for v in -3.5740402849939456e16 9007199254740994.0 1e16 6.8e37; do
	sed "s/\"Relu\"/&,\"x\":$v/" <<<"$record" | unpack >"$tmp/in"
	status 0 "$v is read back" unpack <"$tmp/in"
	ok "$v is the same" jq -e --argjson v "$v" '.task.x == $v' "$tmp/in"
done

finish
