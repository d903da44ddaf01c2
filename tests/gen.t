#!/usr/bin/env bash
# gen: values are the same to the bit whatever compiled them.
. "$(dirname "$0")/lib.sh"

# build NAME FLAGS...: the generators, compiled so
build() {
	local name=$1
	shift
	"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -ffp-contract=off -I"$top/src/lib" \
		"$@" -o "$tmp/$name" "$top"/tests/gen/check.c \
		"$top"/src/lib/gen.c "$top"/src/lib/dtype.c -lm
}

kinds='{"kind":"uniform","low":-1,"high":1}
{"kind":"uniform","low":0,"high":1}
{"kind":"normal","mean":0.5,"std":2}
{"kind":"sparse","density":0.1,"std":1}
{"kind":"clustered","centers":8,"spread":0.01,"std":1}
{"kind":"ties","levels":7,"low":-3,"high":3}
{"kind":"edges","low":-1,"high":1,"margin":1e-3}
{"kind":"logscale","low":1,"high":1000}
{"kind":"indices","size":64,"negative":false}
{"kind":"permutation","size":37}
{"kind":"mask","density":0.5}
{"kind":"mix","of":[{"kind":"normal"},{"kind":"uniform"},{"kind":"sparse"}]}
{"kind":"literal","data":[1,2,3]}'
n=0
while read -r values; do
	n=$((n + 1))
	for dtype in float double float16 bfloat16 int8 uint8 int16 int32 int64 uint64 bool; do
		if text=$(tensor make -p -v "$values" -t $dtype 2>/dev/null); then
			name=$(jq -r .kind <<<"$values")
			echo "$n-$name-$dtype $text"
		fi
	done
done <<<"$kinds" >"$tmp/in"

ok 'compiled without optimisation' build slow -O0
ok 'compiled as it is' build plain -O3
ok 'compiled for this machine' build native -O3 -march=native
ok 'ChaCha is that of RFC 8439' "$tmp/plain" chacha
ok 'ChaCha without optimisation' "$tmp/slow" chacha
ok 'every kind is tried' test "$(wc -l <"$tmp/in")" -ge 100
for b in slow plain native; do
	ok "all kinds, $b" sh -c "'$tmp/$b' hash <'$tmp/in' >'$tmp/$b.out'"
done
same 'the same with and without optimisation' "$tmp/plain.out" "$tmp/slow.out"
same 'the same with all instructions' "$tmp/plain.out" "$tmp/native.out"
same 'the pinned values' "$top/tests/gen/pinned" "$tmp/plain.out"

if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null; then
	CC=aarch64-linux-gnu-gcc ok 'compiled for aarch64' build arm -O3 -static
	ok 'all kinds, aarch64' sh -c "qemu-aarch64 '$tmp/arm' hash <'$tmp/in' >'$tmp/arm.out'"
	same 'the same on aarch64' "$tmp/plain.out" "$tmp/arm.out"
else
	skip 'the same on aarch64' 'the cross compiler and qemu-user'
fi

# where in the values an error lies is said
while read -r want values; do
	status 65 "refused: $values" tensor make -v "$values" -s 2
	errline "  said: $want" "${want//_/ }"
done <<'END'
no_kind_of_values {"kind":"gauss"}
unknown_key {"kind":"normal","sigma":1}
low_is_not_below_high {"kind":"uniform","low":1,"high":1}
is_negative {"kind":"normal","std":-1}
in_\[0,_1\] {"kind":"mask","density":2}
0_<_low {"kind":"logscale","low":0,"high":1}
expected {"kind":"normal",}
nested_at_most {"kind":"mix","of":[]}
END
status 65 'bounds that are no int8' tensor make -t int8 -v '{"kind":"uniform","low":0,"high":300}'
status 64 'no dtype' tensor make -t float3
finish
