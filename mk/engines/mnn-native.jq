# Runs of native against native to a table: what does not agree, and how many do.
def why:
  if .run.status == "ok" then ""
  else (.run.reason // .run.status) +
    (if .run.verify.max_abs then ": largest error \(.run.verify.max_abs)" else "" end)
  end;
[inputs | {name: .task.name, category: .task.category, op: .task.op, why: why}] as $all |
($all[] | select(.why != "") |
  "\(.category)/\(.name)  \(.op)  \(.why)"),
"",
"\([$all[] | select(.why == "")] | length) of \($all | length) tasks agree with ONNX Runtime"
