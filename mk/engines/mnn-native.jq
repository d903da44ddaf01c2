# Runs of native against native to a table: what does not agree and why, what is
# composed of several nodes because the one is refused or wrong, and how many agree.
# $map is the operator map, as a list of one.
def cause:
  .task as $t | $map[0].operators[$t.op] | .tasks[$t.name].disagrees // .disagrees // empty;
def wrong:
  .verify.mismatch as $m |
  if ($m.nan // 0) + ($m.infinite // 0) > 0 then
    "\($m.nan + $m.infinite) of \($m.count) elements are not finite where ONNX Runtime's are, or the reverse"
  else "off by as much as \(.verify.max_abs | . * 1e6 | round / 1e6)" end;
def said: .candidate.log // "" | split("\n") | map(select(. != "")) | last // empty;
def why:
  if .run.status == "ok" then ""
  else
    [(.run | if .verify.max_abs then wrong
      elif .candidate.phase then "\(.candidate.phase): \(said | ltrimstr("mnn: "))"
      else .reason // .status end | rtrimstr(" ")), cause] | join("; ")
  end;
[inputs | {name: .task.name, category: .task.category, op: .task.op, why: why,
  composed: (.run.engine_facts.composed != null)}] as $all |
($all[] | select(.why != "") |
  "\(.category)/\(.name)  \(.op)  \(.why)"),
"",
($all[] | select(.composed and .why == "") |
  "\(.category)/\(.name)  \(.op)  as several nodes"),
"",
([$all[] | select(.why == "")] | (map(select(.composed)) | length) as $composed |
  "\(length) of \($all | length) tasks agree with ONNX Runtime (\(length / ($all | length) * 1000 | round / 10) %), \(length - $composed) as the one node they are")
