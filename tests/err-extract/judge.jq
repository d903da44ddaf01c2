# Is the planted mistake ($file, $line) among the errors?  Prints
# "NAME KIND exact|note|inside|missed first|later".
def near: .file == $file and (.line // 0) >= $line - 1 and .line <= $line + 1;
def inside: .file == $file and .in != null and .in.first <= $line and
	.in.last >= $line;
def place:
	if near or any(.also // [] | .[]; . >= $line - 1 and . <= $line + 1)
	then "exact"
	elif any((.notes // []) + [.declaration // {}] | .[]; near) then "note"
	elif inside then "inside"
	else "missed" end;
[.errors.list[] | place] as $places |
[$name, $kind,
	(["exact", "note", "inside", "missed"] | map(select(. as $p |
		any($places[]; . == $p)))[0] // "missed"),
	(if $places[0] == "missed" then "later" else "first" end)] | join(" ")
