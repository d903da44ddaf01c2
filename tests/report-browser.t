#!/usr/bin/env bash
# report in a browser: colours, keyboard, sorting, folds, links, widths, and
# that it asks for nothing and needs no script.
. "$(dirname "$0")/lib.sh"

export NODE_PATH=$top/build/npm/node_modules CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
if [ ! -x "$CHROMIUM" ] || ! command -v node >/dev/null || [ ! -d "$NODE_PATH/playwright-core" ]; then
	skip 'the report in a browser' "it needs Debian's chromium, and node with playwright-core (make setup build/setup/test.stamp)"
	finish
fi
mkdir -p "$tmp/root"
python3 "$top/mk/fake-runs.py" "$tmp/root" 3 12 3
(cd "$tmp/root" && MKBENCH_ROOT=$tmp/root report -o "$tmp/pages" results/run0 results/run1 results/run2) >"$tmp/out"

# each line of the script is a check: its name and, after a tab, what is wrong
look() {
	ok "$1 is looked at" bash -c 'timeout 300 node "$1" "$2" "$3" >"$4"' - "$top/tests/browser.js" "$tmp/pages" "$1" "$tmp/seen"
	while IFS=$'\t' read -r name wrong; do
		result "${#wrong}" "$name" <<<"$wrong"
	done <"$tmp/seen"
}
for page in index.html run0/index.html run1/task_0.html; do
	look "$page"
done
finish
