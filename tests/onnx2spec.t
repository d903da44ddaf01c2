#!/usr/bin/env bash
# onnx2spec: what becomes a record, what is refused, and at what cost.
. "$(dirname "$0")/lib.sh"

data=/usr/share/libonnx-testdata/data/node

# protobuf by hand: vi NUMBER; field NUMBER BYTES; int NUMBER VALUE, as hex
vi() {
	local n=$1
	while ((n > 127)); do
		printf '%02x' $((n & 127 | 128))
		((n >>= 7))
	done
	printf '%02x' "$n"
}
field() { vi $(($1 << 3 | 2)); vi $((${#2} / 2)); printf %s "$2"; }
int() { vi $(($1 << 3)); vi "$2"; }
neg() { vi $(($1 << 3)); printf 'ffffffffffffffffff01'; }
str() { field "$1" "$(printf %s "$2" | od -An -vtx1 | tr -d ' \n')"; }
# node OP INPUT OUTPUT [ATTRIBUTES]
node() { field 1 "$(str 1 "$2")$(str 2 "$3")$(str 4 "$1")${4:-}"; }
# value FIELD NAME DTYPE DIMS(hex)
value() { field "$1" "$(str 1 "$2")$(field 2 "$(field 1 "$(int 1 "$3")$(field 2 "$4")")")"; }
dim() { field 1 "$(int 1 "$1")"; }
# tensor NAME DTYPE DIMS [DATA]
tensor() { field 5 "$3$(int 2 "$2")$(str 8 "$1")${4:-}"; }
# model GRAPH: as bytes
model() {
	printf %s "$(int 1 8)$(field 7 "$1")$(field 8 "$(str 1 '')$(int 2 20)")" |
		perl -ne 'print pack("H*", $_)'
}
x=$(value 11 x 1 "$(dim 2)") y=$(value 12 y 1 "$(dim 2)")
relu=$(node Relu x y)

model "$relu$x$y" >"$tmp/relu"
status 0 'a model made by hand' onnx2spec "$tmp/relu"
cat >"$tmp/want" <<'EOF'
{"task":{"name":"relu_0","category":"","op":"Relu","domain":"","opset":20,"attributes":{},"inputs":[{"name":"x","dtype":"float","shape":[2]}],"outputs":[{"name":"y","dtype":"float","shape":[2]}],"macs":"2","bytes":"16","model":{"name":null,"of":{"ir_version":8,"graph":{"input":["x"],"output":["y"]},"opset_import":[{"domain":"","version":20}]}}}}
EOF
same 'is this record' "$tmp/want" "$tmp/out"
onnx2spec <"$tmp/relu" >"$tmp/out"
same 'the same from stdin' "$tmp/want" "$tmp/out"
cat "$tmp/relu" | status 0 'and from a pipe' onnx2spec -
same 'the same record' "$tmp/want" "$tmp/out"

# attributes of all kinds
attr() { field 5 "$(str 1 "$1")$2"; }
raw='ff00'
all=$(attr f "150000803f$(int 20 1)")$(attr i "$(vi 24)$(vi 9007199254740993)$(int 20 2)")
all+=$(attr s "$(field 4 "$raw")$(int 20 3)")$(attr t "$(field 5 "$(int 2 7)$(field 9 0100000000000000)")$(int 20 4)")
all+=$(attr g "$(field 6 "$(node Neg x z)$(str 2 sub)$(value 12 z 1 '')")$(int 20 5)")
all+=$(attr fs "$(vi 61)0000c03f$(vi 61)000080ff$(int 20 6)")$(attr is "$(int 8 1)$(neg 8)$(int 20 7)")
all+=$(attr ss "$(str 9 a)$(field 9 "$raw")$(int 20 8)")$(attr none "$(int 20 7)")
all+=$(attr tp "$(field 14 "$(field 4 "$(field 1 "$(field 1 "$(int 1 1)")")")")$(int 20 13)")
all+=$(attr st "$(field 22 "$(field 1 "$(int 1 1)$(int 2 1)$(field 9 0000803f)")$(field 2 "$(int 1 1)$(int 2 7)$(field 7 02)")$(int 3 5)")$(int 20 11)")
model "$(node Odd x y "$all")$x$y" >"$tmp/odd"
status 0 'attributes of all kinds' onnx2spec "$tmp/odd"
cp "$tmp/out" "$tmp/odd.json"
jq -c '.task.attributes' "$tmp/odd.json" >"$tmp/out"
cat >"$tmp/want" <<'EOF'
{"f":{"float":1},"i":{"int":"9007199254740993"},"s":{"string":{"base64":"/wA="}},"t":{"tensor":{"dtype":"int64","shape":[],"data":[1]}},"g":{"graph":{"name":"sub","nodes":[{"op":"Neg","attributes":{},"inputs":[{"name":"x"}],"outputs":[{"name":"z"}]}],"inputs":[],"outputs":[{"name":"z","dtype":"float","shape":[]}]}},"fs":{"floats":[1.5,"-Infinity"]},"is":{"ints":[1,-1]},"ss":{"strings":["a",{"base64":"/wA="}]},"none":{"ints":[]},"tp":{"type_proto":{"sequence_type":{"elem_type":{"tensor_type":{"elem_type":1}}}}},"st":{"sparse_tensor":{"shape":[5],"values":{"dtype":"float","shape":[1],"data":[1]},"indices":{"dtype":"int64","shape":[1],"data":[2],"field":"int64_data"}}}}
EOF
same 'are told as they are' "$tmp/want" "$tmp/out"
spec2onnx <"$tmp/odd.json" >"$tmp/out"
same 'and come back' <(onnx2spec "$tmp/odd") <(onnx2spec "$tmp/out")

# refuse NAME PATTERN <MODEL: status 65, one line that names file and place
refuse() {
	cat >"$tmp/model"
	status 65 "$1" onnx2spec "$tmp/model"
	errline "$1: says where" "model: .*$2"
}
: | refuse 'an empty file' 'byte 0: empty'
head -c 40 "$tmp/relu" | refuse 'a truncated file' 'byte [0-9]+: truncated'
for n in 1 5 12 20 30; do
	head -c "$n" "$tmp/relu" >"$tmp/model"
	status 65 "the first $n bytes" onnx2spec <"$tmp/model"
	cat "$tmp/model" | status 65 "the first $n bytes, piped" onnx2spec
	errline 'says where' 'stdin: byte [0-9]+: '
done
echo 'this is no protobuf' | refuse 'text' 'byte [0-9]+: '
head -c 4096 /dev/zero | refuse 'zeros' 'byte 0: no field'
echo '{"task":{}}' | refuse 'a record' 'byte [0-9]+: '
printf '\x08\x08' | refuse 'no graph' 'byte 2: ends without a graph'
printf '\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f' |
	refuse 'a length beyond all' 'byte [0-9]+: (truncated|.*runs past)'
printf '\x3a\xff\xff\xff\xff\x7fx' | status 65 'a piped one' onnx2spec
model "$(node Relu a b)$(node Relu b a)$(value 12 b 1 '')" |
	refuse 'a cycle' "node 0 \(Relu\): is in or behind a cycle"
model "$(node Relu y y)$x$y" | refuse 'a node that needs itself' 'node 0'
model "$(node Relu w y)$x$y" |
	refuse 'a missing initializer' "node 0 \(Relu\): input 'w' is no input"
model "$x$y" | refuse 'an output that none makes' "output 'y' is made by no node"
model "$relu$relu$x$y" | refuse 'a value made twice' "output 'y' is already"
model "$relu$(value 11 x 99 "$(dim 2)")$y" |
	refuse 'an unknown dtype' "value 'x': unknown dtype 99"
model "$(node Relu w y)$(tensor w 77 '')$y" |
	refuse 'of an initializer' "tensor 'w': unknown dtype 77"
model "$relu$(value 11 x 1 "$(field 1 "$(neg 1)")")$y" |
	refuse 'a negative dim' "value 'x': negative dim -1"
model "$(node Relu w y)$(tensor w 1 "$(neg 1)")$y" |
	refuse 'of an initializer' "tensor 'w': negative dim -1"
huge=$(dim 4294967296)
model "$relu$(value 11 x 1 "$huge$huge")$y" |
	refuse 'dims beyond 2^63' "value 'x': more elements"
model "$(node Relu w y)$(tensor w 1 "$(int 1 4294967296)$(int 1 4294967296)")$y" |
	refuse 'of an initializer' "tensor 'w': more elements"
model "$(node Relu w y)$(tensor w 1 "$(int 1 1099511627776)" "$(field 9 00000000)")$y" |
	refuse 'dims that the data does not fill' "tensor 'w': 4 bytes, not 4398046511104"
model "$(node Relu w y)$(tensor w 1 "$(int 1 2)" "$(field 4 00000000)")$y" |
	refuse 'too few floats' "tensor 'w': 1 elements, not 2"
model "$(node Relu w y)$(tensor w 1 "$(int 1 1)" "$(field 4 00000000)$(field 9 00000000)")$y" |
	refuse 'data in two fields' "tensor 'w': data in"
model "$(field 1 "$(str 1 x)$(str 2 y)")$x$y" | refuse 'a node without operator' 'node 0'
model "$(node Odd x y "$(attr a "$(int 20 77)")")$x$y" |
	refuse 'an attribute of unknown type' "attribute 'a': unknown type 77"
model "$(node Odd x y "$(attr a "$(int 3 1)$(int 20 2)")$(attr a "$(int 3 1)$(int 20 2)")")$x$y" |
	refuse 'an attribute twice' "attribute 'a': is there twice"
model "$(field 1 "$(str 1 x)$(str 2 y)$(field 4 ff)")$x$y" |
	refuse 'a name that is no UTF-8' 'byte [0-9]+: op_type is no UTF-8'
perl -e '$s = "";
	sub f { my ($n, $d) = @_; my ($l, $o) = (length $d, "");
		do { $o .= chr(($l & 127) | ($l > 127 ? 128 : 0)) } while ($l >>= 7);
		chr($n << 3 | 2) . $o . $d }
	$s = f(1, f(5, f(6, $s))) for 1..2000; print f(7, $s)' |
	refuse 'graphs in graphs 2,000 deep' 'byte [0-9]+: over 100 messages'
status 65 'a directory' onnx2spec /
status 69 'no such file' onnx2spec "$tmp/none"
errline 'is named' "none: No such file"
status 64 'two files' onnx2spec a b
status 64 'an unknown flag' onnx2spec --nosuch
if [ -w /dev/full ]; then
	onnx2spec "$tmp/relu" >/dev/full 2>"$tmp/err"
	rc=$?
	ok 'a full disk is status 74' test $rc = 74
	errline 'and is said' 'stdout'
fi

# 2 GiB of weights, in the file and beside it
perl -e '
	sub vi { my $n = shift; my $o = ""; while ($n > 127) { $o .= chr($n & 127 | 128); $n >>= 7 } $o . chr($n) }
	sub f { vi($_[0] << 3 | 2) . vi(length $_[1]) . $_[1] }
	sub i { vi($_[0] << 3) . vi($_[1]) }
	sub val { f($_[0], f(1, $_[1]) . f(2, f(1, i(1, 1) . f(2, join "", map { f(1, i(1, $_)) } @{$_[2]})))) }
	my ($rows, $cols) = (524000, 1024); my $n = $rows * $cols * 4;
	my $node = f(1, f(1, "x") . f(1, "w") . f(2, "y") . f(4, "MatMul"));
	my $t = i(1, $rows) . i(1, $cols) . i(2, 1) . f(8, "w");
	my $io = val(11, "x", [1, $rows]) . val(12, "y", [1, $cols]);
	my $post = f(8, f(1, "") . i(2, 20));
	my $raw = vi(9 << 3 | 2) . vi($n);
	my $init = vi(5 << 3 | 2) . vi(length($t) + length($raw) + $n) . $t . $raw;
	my $head = i(1, 8) . vi(7 << 3 | 2) . vi(length($node) + length($init) + $n + length $io) . $node . $init;
	open F, ">", "$ARGV[0]/raw" or die; print F $head; seek F, $n, 1; print F $io, $post; close F;
	my $ext = $t . f(13, f(1, "location") . f(2, "w.bin")) . f(13, f(1, "offset") . f(2, "0")) .
		f(13, f(1, "length") . f(2, "$n")) . i(14, 1);
	open F, ">", "$ARGV[0]/beside" or die; print F i(1, 8), f(7, $node . f(5, $ext) . $io), $post;
' "$tmp"
ok 'the model has 2 GB' test "$(stat -c %s "$tmp/raw")" -gt 2140000000
cat "$tmp/raw" >/dev/null # into the page cache, for all alike

# timed NAME COMMAND: its output in $tmp/record, its seconds in $secs
timed() {
	local start
	start=$(date +%s%N)
	ok "$1" bash -o pipefail -c "{ $2; } >'$tmp/record'"
	secs=$(perl -e 'printf "%.2f", (shift() - shift()) / 1e9' "$(date +%s%N)" "$start")
}
kib=65536
[ -z "${MKBENCH_SANITIZED:-}" ] || kib=unlimited
timed 'it is read in 64 MiB of address space' "ulimit -v $kib; onnx2spec '$tmp/raw'"
ok 'its weights are told by their place' jq -e --arg f "$tmp/raw" \
	'.task.inputs[1].external | .location==$f and .length=="2146304000" and .field=="raw_data"' "$tmp/record"
one=$secs
timed 'and from a pipe' "cat '$tmp/raw' | (ulimit -v $kib; onnx2spec)"
ok 'weights of a pipe are not kept' jq -e \
	'.task.inputs[1].external | (has("location")|not) and .length=="2146304000"' "$tmp/record"
two=$secs
timed 'cat' "cat '$tmp/raw' | cat >/dev/null"
echo "# 2 GB: $one s from the file, $two s from a pipe, cat from a pipe $secs s"
if [ -z "${MKBENCH_SANITIZED:-}" ]; then
	ok 'the file takes less than twice the time of cat' perl -e \
		'exit !($ARGV[0] < 2 * $ARGV[1] + 0.1)' "$one" "$secs"
fi
timed 'weights beside the file' "ulimit -v $kib; onnx2spec '$tmp/beside'"
ok 'are the model'"'"'s own external data' jq -e \
	'.task.inputs[1].external == {location:"w.bin",offset:"0",length:"2146304000"}' "$tmp/record"
spec2onnx <"$tmp/record" >"$tmp/out"
same 'and come back' <(od -c "$tmp/beside") <(od -c "$tmp/out")

# a weight of the file is taken into the model again
model "$(node Relu w y)$(tensor w 1 "$(int 1 2048)" "$(field 9 "$(perl -e 'print "0000803f" x 2048')")")$y" >"$tmp/kept"
onnx2spec "$tmp/kept" >"$tmp/record"
ok 'a weight of 8 KiB stays in its file' jq -e '.task.inputs[0].external.field=="raw_data"' "$tmp/record"
status 0 'and comes back' spec2onnx "$tmp/record"
same 'as it was' <(od -c "$tmp/kept") <(od -c "$tmp/out")
status 0 'from a pipe it is kept' onnx2spec - < <(cat "$tmp/kept")
ok 'as base64' jq -e '.task.inputs[0].raw|length > 8000' "$tmp/out"

# damaged models: a record or a refusal of one line, never a crash
runs=300
[ -z "${MKBENCH_SANITIZED:-}" ] || runs=60
find "$data" -name model.onnx -size -4k | sort | awk 'NR % 29 == 0' >"$tmp/some"
perl -e '
	my ($dir, $runs, @models) = (shift, shift, map { chomp; $_ } <STDIN>);
	my $seed = 1;
	sub draw { $seed = ($seed * 1103515245 + 12345) & 0x7fffffff; ($seed >> 8) % shift }
	for my $i (1 .. $runs) {
		open F, "<", $models[draw(scalar @models)] or die;
		binmode F; local $/; my $m = <F>; close F;
		for (0 .. draw(4)) {
			my $at = draw(length $m);
			my $how = draw(4);
			substr($m, $at, 1) = chr draw(256) if $how < 2;
			substr($m, $at, draw(8)) = "" if $how == 2;
			substr($m, $at, 0) = substr($m, draw(length $m), draw(40)) if $how == 3;
		}
		open F, ">", "$dir/$i.damaged" or die; print F $m; close F;
	}' "$tmp" "$runs" <"$tmp/some"
for f in "$tmp"/*.damaged; do
	onnx2spec <"$f" >"$tmp/got" 2>"$tmp/err"
	rc=$?
	case $rc in
	0) spec2onnx <"$tmp/got" >/dev/null 2>"$tmp/err" ||
		{ [ ! -s "$tmp/got" ] || echo "$f: its records are refused: $(cat "$tmp/err")"; } ;;
	65) [ "$(wc -l <"$tmp/err")" = 1 ] || echo "$f: $(cat "$tmp/err")" ;;
	*) echo "$f: status $rc" ;;
	esac
done >"$tmp/crashes"
same "$runs damaged models are read or refused" /dev/null "$tmp/crashes"

# multiply-adds and bytes
cost() {
	ok "$1 costs $2" test "$(onnx2spec "$data/test_$1/model.onnx" | jq -r '[.task.macs,.task.bytes]|join(" ")')" = "$2"
}
cost add '60 720'
cost conv_with_autopad_same '81 172'
cost matmul_3d '72 264'
cost gemm_all_attributes '60 208'
cost lstm_defaults '180 300'
cost averagepool_2d_default '11532 23820'
cost einsum_batch_matmul '120 1040'
finish
