# Runs of native against native to a table: what does not agree, and how many do.
def why:
  if .run.baseline then .run.baseline
  elif (.run.native_verify.failed // 0) > 0 then
    (.run.native_verify.mismatch // {}) as $m |
    "\(.run.reason // "wrong"): largest error \(.run.native_verify.max_abs // "?")"
  elif .run.status == "ok" then ""
  else .run.reason // .run.status end;
[inputs | {name: .task.name, category: .task.category, op: .task.op, why: why}] as $all |
($all[] | select(.why != "") |
  "\(.category)/\(.name)  \(.op)  \(.why)"),
"",
"\([$all[] | select(.why == "")] | length) of \($all | length) tasks agree with ONNX Runtime"
