#!/usr/bin/env bash
# report in a browser: its script runs, and the console has nothing to say.
. "$(dirname "$0")/lib.sh"

if ! command -v chromium >/dev/null; then
	skip 'the report in a browser' "it needs Chromium (make build/setup/browser.stamp)"
	finish
fi
mkdir -p "$tmp/root"
python3 "$top/mk/fake-runs.py" "$tmp/root" 2 12 2
(cd "$tmp/root" && MKBENCH_ROOT=$tmp/root report -o "$tmp/pages" results/run0 results/run1) >"$tmp/out"

# dom PAGE: what the browser makes of it, in $tmp/dom; its console in $tmp/log
dom() {
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic \
		--no-first-run --disable-background-networking \
		--disable-component-update --disable-sync \
		--user-data-dir="$tmp/profile" --enable-logging=stderr \
		--dump-dom "file://$tmp/pages/$1" >"$tmp/dom" 2>"$tmp/log" </dev/null
}

for page in index.html run0/index.html run1/task_0.html; do
	ok "$page loads" dom "$page"
	grep CONSOLE "$tmp/log" >"$tmp/console"
	same "$page: the console is empty" /dev/null "$tmp/console"
	ok "$page is whole" grep -q '</main>' "$tmp/dom"
	[ "$page" = run1/task_0.html ] ||
		ok "$page: the script made its buttons" grep -q '<button type="button">' "$tmp/dom"
done
finish
