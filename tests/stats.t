#!/usr/bin/env bash
# stats: quantiles, Wilson's interval, and what the bootstrap's holds.
. "$(dirname "$0")/lib.sh"

ok 'compiled' gcc -std=gnu11 -D_GNU_SOURCE -O2 -I"$top/src/lib" -o "$tmp/check" \
	"$top/tests/stats/check.c" "$top/src/lib/stats.c" "$top/src/lib/util.c" -lm -lmd
# is NAME WANT ARGUMENT...
is() {
	echo "$2" >"$tmp/want"
	"$tmp/check" "${@:3}" >"$tmp/got"
	same "$1" "$tmp/want" "$tmp/got"
}

is 'a median of an odd number' '3 1 1' median 5 1 3
is 'of an even number, between' '2.5 1 1' median 1 2 3 4
is 'of one value, a point' '7 1 1' median 7
is 'of equal values, a point' '2 1 1' median 2 2 2 2 2
# two cut at each end: 3 to 8; winsorized deviation 2.173, t of 5 degrees 2.571
is 'a trimmed mean' '5.5 2.555 8.445' trimmed 1 2 3 4 5 6 7 8 9 10
is 'to which an outlier is nothing' '5.5 2.555 8.445' trimmed 1 2 3 4 5 6 7 8 9 1000
is 'the 90 % quantile' '9' quantile 0.9 0 1 2 3 4 5 6 7 8 9 10
is 'between neighbours' '1.5' quantile 0.5 1 2
is 'Wilson, eight of ten' '0.4902 0.9433' wilson 8 10
is 'Wilson, none of ten' '0.0000 0.2775' wilson 0 10
is 'Wilson, all of ten' '0.7225 1.0000' wilson 10 10
is 'Wilson, nothing tried' '0.0000 1.0000' wilson 0 0

# a 95 % interval of the few rounds that devrun makes holds the truth that often
for n in 5 6 8 12; do
	held=$("$tmp/check" coverage $n)
	ok "of $n rounds it holds the truth in $held %" test "$held" -ge 93
done
# and the many turns
for n in 12 30 60; do
	held=$("$tmp/check" trimmedcoverage $n)
	ok "the trimmed mean of $n turns in $held %" test "$held" -ge 93
done
finish
