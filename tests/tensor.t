#!/usr/bin/env bash
# tensor: make, compare, print.
. "$(dirname "$0")/lib.sh"

# t SHAPE DATA [DTYPE]: a tensor
t() {
	echo "{\"dtype\":\"${3:-float}\",\"shape\":$1,\"data\":$2}"
}
# differs NAME JQ GOT WANT [OPTION...]: got is wrong, the report says JQ
differs() {
	local name=$1 jq=$2
	echo "$3" >"$tmp/got"
	echo "$4" >"$tmp/want"
	status 1 "$name" tensor compare "${@:5}" "$tmp/got" "$tmp/want"
	cp "$tmp/out" "$tmp/report"
	ok "  its report: $jq" jq -e "$jq" "$tmp/report"
}
equal() {
	echo "$2" >"$tmp/got"
	echo "$3" >"$tmp/want"
	status 0 "$1" tensor compare "${@:4}" "$tmp/got" "$tmp/want"
}

tensor make -n x -s 3 -v '{"kind":"literal","data":[1,-2.5,3]}' >"$tmp/a"
status 0 'printed' tensor print "$tmp/a"
printf 'x float [3]\n1 -2.5 3\n' >"$tmp/want"
same 'as it was made' "$tmp/want" "$tmp/out"
tensor make -s 100,100 >"$tmp/a"
tensor make -s 100,100 >"$tmp/b"
same 'made twice, the same' "$tmp/a" "$tmp/b"
tensor make -s 100,100 -c 1 >"$tmp/b"
status 1 'another call, another tensor' tensor compare "$tmp/a" "$tmp/b"
status 0 'only the first elements' tensor print -m 3 "$tmp/a"
ok 'and how many more' grep -q '^... 9997 more' "$tmp/out"

# the rule: |got - want| <= absolute + relative |want|
equal 'within the tolerance' "$(t '[1]' '[100.01]')" "$(t '[1]' '[100]')"
differs 'beyond it' '.failed==1' "$(t '[1]' '[100.02]')" "$(t '[1]' '[100]')"
equal 'absolute near zero' "$(t '[1]' '[9e-5]')" "$(t '[1]' '[0]')"
differs 'beyond absolute' '.failed==1' "$(t '[1]' '[2e-4]')" "$(t '[1]' '[0]')"
equal 'a tolerance of ones own' "$(t '[1]' '[2]')" "$(t '[1]' '[1]')" -a 1
equal 'zero and minus zero' "$(t '[1]' '[0]')" "$(t '[1]' '[-0.0]')" -a 0 -r 0
differs 'integers exactly' '.first.got==1000001' "$(t '[1]' '[1000001]' int32)" \
	"$(t '[1]' '[1000000]' int32)" -a 9
differs 'booleans exactly' '.failed==1' "$(t '[2]' '[1,1]' bool)" "$(t '[2]' '[1,0]' bool)"
differs 'large integers keep their digits' '.first.got=="9223372036854775807"' \
	"$(t '[1]' '["9223372036854775807"]' int64)" "$(t '[1]' '["9223372036854775806"]' int64)"

# non-finite values position by position
equal 'NaN where NaN must be' "$(t '[2]' '["NaN","-Infinity"]')" "$(t '[2]' '["NaN","-Infinity"]')"
differs 'NaN instead of a number' '.nan==1 and .first.got=="NaN"' \
	"$(t '[2]' '["NaN",1]')" "$(t '[2]' '[0,1]')"
differs 'a number instead of NaN' '.failed==1' "$(t '[1]' '[0]')" "$(t '[1]' '["NaN"]')"
differs 'the wrong infinity' '.failed==1' "$(t '[1]' '["Infinity"]')" "$(t '[1]' '["-Infinity"]')"
differs 'infinity instead of a number' '.infinite==1' "$(t '[1]' '["Infinity"]')" "$(t '[1]' '[1]')" -a 1e9
differs 'one step apart' '.max_ulp=="1"' "$(t '[1]' '[1.00000012]')" "$(t '[1]' '[1]')" -a 0 -r 0

# where and how
want=$(t '[2,3,4]' '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24]')
# pattern NAME JQ-OF-THE-DATA WORDS: what is said of a tensor so changed
pattern() {
	local got
	got=$(jq -c ".data|=[to_entries[]|.key as \$i|.value|$2]" <<<"$want")
	differs "$1" "[.pattern[]|select(test(\"$3\"))]|length==1" "$got" "$want"
}
pattern 'a whole channel' 'if ($i/4|floor)%3==1 then 0 else . end' 'all of position 1 of axis 1'
pattern 'the last column' 'if $i%4==3 then 0 else . end' 'all of the last position of axis 2'
pattern 'every second column' 'if $i%2==1 then .+1 else . end' 'all of odd positions of axis 2'
pattern 'every second element' 'if $i%2==1 then .+1 else . end' 'only elements at odd flat'
pattern 'a tail' 'if $i>=21 then 0 else . end' 'from flat index 21 to the end'
pattern 'zeros' 'if $i>=20 then 0 else . end' 'got is 0'
pattern 'a factor' '.*2' '2 times want'
pattern 'an offset' '.+3' 'want .3'
pattern 'a constant' '7.5' 'same value'
pattern 'everything' '.*2' 'every element'
pattern 'the second half of an axis' 'if $i%4>=2 then 0 else . end' 'all from position 2 of axis 2'

# refusals
echo '{"dtype":"float","shape":[2],"data":[1,2,3]}' >"$tmp/bad"
status 65 'data that do not fit the shape' tensor print "$tmp/bad"
errline '  said so' '12 bytes of data, the shape has 8'
echo '{"dtype":"float","shape":[-1],"data":[1]}' >"$tmp/bad"
status 65 'a negative dim' tensor print "$tmp/bad"
echo '{"dtype":"float","shape":[4294967296,4294967296],"data":[1]}' >"$tmp/bad"
status 65 'a shape beyond memory' tensor print "$tmp/bad"
echo '{"dtype":"int8","shape":[1],"data":[128]}' >"$tmp/bad"
status 65 'an element that is no int8' tensor print "$tmp/bad"
echo '{"dtype":"float","shape":[1],"raw":"AA"}' >"$tmp/bad"
status 65 'raw of half an element' tensor print "$tmp/bad"
t '[1]' '[1]' >"$tmp/a"
t '[1,1]' '[1]' >"$tmp/b"
status 65 'shapes that differ' tensor compare "$tmp/a" "$tmp/b"
status 65 'nothing on stdin' tensor print </dev/null
status 64 'no command' tensor
status 64 'a shape that is none' tensor make -s 1,x
status 64 'a seed that is none' tensor make -k 12
status 74 'a full disk' sh -c 'tensor make -s 1000 >/dev/full'
finish
