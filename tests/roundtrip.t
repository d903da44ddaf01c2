#!/usr/bin/env bash
# Debian's ONNX test models: each becomes records and the same bytes again, and
# ONNX Runtime computes with what was made what it computes with the original.
# What is left out, and why: build/tests/roundtrip.left.
. "$(dirname "$0")/lib.sh"

data=/usr/share/libonnx-testdata/data
lib=$top/build/ort/lib/$(uname -m)/libonnxruntime.so.1
dpkg -L libonnx-testdata | grep '\.onnx$' | sort >"$tmp/all"
# a tenth of them under the sanitizers, which start slowly
awk -v n="${MKBENCH_SANITIZED:+10}" '!n || NR % n == 1' "$tmp/all" >"$tmp/models"
models=$(wc -l <"$tmp/models")
ok 'there are over a thousand models' test "$(wc -l <"$tmp/all")" -gt 1000

mkdir "$tmp/same" "$tmp/plain"
i=0 read=0 same=0
while read -r model; do
	i=$((i + 1))
	name=${model#"$data/"} name=${name%/model.onnx}
	onnx2spec "$model" >"$tmp/records" 2>>"$tmp/errors" || continue
	read=$((read + 1))
	spec2onnx <"$tmp/records" >"$tmp/same/$i" 2>>"$tmp/errors" || continue
	cmp -s "$model" "$tmp/same/$i" && same=$((same + 1))
	printf '%s\t%s\t%s\n' "$name" "$model" "$tmp/same/$i" >>"$tmp/same.list"
	mapfile -t lines <"$tmp/records"
	[ ${#lines[@]} = 1 ] || continue
	echo "${lines[0]}" >>"$tmp/single"
	printf '%s\t%s\t%s\n' "$name" "$model" "$tmp/plain/$i" >>"$tmp/plain.list"
done <"$tmp/models"
echo "# $read of $models models read, $same the same bytes again"
ok 'every model becomes records' test "$read" = "$models"
ok 'and the same bytes again' test "$same" = "$models"

# the record without what it says of its model: the task alone
jq -c 'del(.task.model)' "$tmp/single" >"$tmp/tasks"
while IFS=$'\t' read -r -u 3 _ _ out && IFS= read -r -u 4 task; do
	spec2onnx <<<"$task" >"$out" 2>>"$tmp/errors"
done 3<"$tmp/plain.list" 4<"$tmp/tasks"

[ -x "$top/build/tests/onnxcheck" ] || make -s -C "$top" build/tests/onnxcheck >&2
check() {
	status 0 "$1: ONNX Runtime runs" "$top/build/tests/onnxcheck" "$lib" \
		<"$tmp/$2.list"
	mv "$tmp/out" "$tmp/$2.out"
	# to stderr: prove shows it
	echo "# roundtrip, $1: $(grep -c ^ok "$tmp/$2.out") of $(wc -l <"$tmp/$2.list")" \
		"compute what is expected, $(grep -c ^left "$tmp/$2.out") left out" \
		'(build/tests/roundtrip.left)' >&2
	grep ^bad "$tmp/$2.out" >"$tmp/bad" || :
}

check 'models made again' same
same 'none computes anything else' /dev/null "$tmp/bad"
mkdir -p "$top/build/tests"
[ -n "${MKBENCH_SANITIZED:-}" ] ||
	sed -n 's/^left //p' "$tmp/same.out" >"$top/build/tests/roundtrip.left"
sed -n 's/^left \([^:]*\): \(.*\)/\2/p' "$tmp/same.out" |
	sed -E 's/.*(Could not find an implementation|is not a registered function).*/ONNX Runtime: \1/
		s/^element.*expected.*/the original does not give the expected output/
		s/^other strings.*/the original does not give the expected output/
		s/^Exception during initialization.*/ONNX Runtime: exception during initialization/
		s/^Invalid rank.*/the test data is of another rank than its model says/' |
	sort | uniq -c | sort -rn | sed 's/^/# left out: /'

check 'tasks alone' plain
# a graph input that the node does not take is not in its task
grep -v 'Invalid input name: like$' "$tmp/bad" >"$tmp/unexpected" || :
same 'none computes anything else' /dev/null "$tmp/unexpected"
ok 'almost all tests of operators are among them' test \
	"$(grep -c '^ok node/' "$tmp/same.out")" -gt $((models * 3 / 4))
finish
