# A task as several ONNX nodes: what MNN runs where its converter refuses the one
# node or gets it wrong.  {"task":} becomes {"nodes":, "constants":}.
def node($op; $in; $out; $attributes):
  {name: $out, op: $op, domain: "", attributes: $attributes,
    inputs: ($in | map({name: .})), outputs: [{name: $out}]};
def node($op; $in; $out): node($op; $in; $out; {});
def ints($name; $v):
  {name: $name, dtype: "int64", shape: [$v | length], constant: true, data: $v};
def scalar($name; $dtype; $v):
  {name: $name, dtype: $dtype, shape: [], constant: true, data: [$v]};
def only($nodes): {nodes: $nodes, constants: []};

# whole groups are instances of their own
def groupnormalization($t; $x; $y):
  $t.attributes.num_groups.int as $g |
  {constants: [ints("grouped"; [$t.inputs[0].shape[0], $g, -1]), ints("shape"; $t.inputs[0].shape)],
    nodes: [node("Reshape"; [$x[0], "grouped"]; "groups"),
      node("InstanceNormalization"; ["groups", $x[1], $x[2]]; "normal"; $t.attributes | {epsilon} | del(.[] | nulls)),
      node("Reshape"; ["normal", "shape"]; $y)]};

# the first two operands, then the third: what is neither in it nor in the
# result is summed early
def einsum($t; $x; $y):
  ($t.attributes.equation.string / "->") as [$left, $out] |
  ($left / ",") as [$a, $b, $c] |
  ([($a + $b) / "" | unique[] | select(. as $l | ($c + $out) | contains($l))] | add) as $ab |
  only([node("Einsum"; [$x[0], $x[1]]; "pair"; {equation: {string: "\($a),\($b)->\($ab)"}}),
    node("Einsum"; ["pair", $x[2]]; $y; {equation: {string: "\($ab),\($c)->\($out)"}})]);

# one axis: its end, itself, its beginning
def wrap($t; $x; $y):
  $t.inputs[0].shape as $s | ($s | length) as $r | $t.inputs[1].data as $p |
  ([range($r) | select($p[.] + $p[. + $r] > 0)] | first) as $k |
  {constants: [ints("axis"; [$k]), ints("tail"; [$s[$k] - $p[$k]]), ints("end"; [$s[$k]]),
      ints("begin"; [0]), ints("head"; [$p[$k + $r]])],
    nodes: [node("Slice"; [$x[0], "tail", "end", "axis"]; "before"),
      node("Slice"; [$x[0], "begin", "head", "axis"]; "after"),
      node("Concat"; ["before", $x[0], "after"]; $y; {axis: {int: $k}})]};

# two at a time
def pairs($op; $x; $y):
  only([range(1; $x | length) |
    node($op; [if . == 1 then $x[0] else "of\(.)" end, $x[.]];
      if . == ($x | length) - 1 then $y else "of\(. + 1)" end)]);

def broadcast($t; $x; $y):
  {constants: [ints("shape"; $t.outputs[0].shape)],
    nodes: [node("Expand"; [$x[2], "shape"]; "full"), node("Where"; [$x[0], $x[1], "full"]; $y)]};

def globalmax($t; $x; $y):
  {constants: [ints("axes"; [range(2; $t.inputs[0].shape | length)])],
    nodes: [node("ReduceMax"; [$x[0], "axes"]; $y; {keepdims: {int: 1}})]};

# the greatest is taken out first: no exponential is infinite
def logsumexp($t; $x; $y):
  $t.attributes.axes as $axes |
  {constants: [ints("shape"; $t.outputs[0].shape)],
    nodes: [node("ReduceMax"; [$x[0]]; "greatest"; {$axes, keepdims: {int: 1}}),
      node("Sub"; [$x[0], "greatest"]; "less"),
      node("ReduceLogSumExp"; ["less"]; "rest"; {$axes, keepdims: {int: 1}}),
      node("Add"; ["rest", "greatest"]; "sum"),
      node("Reshape"; ["sum", "shape"]; $y)]};

# of a number that is not positive, and what is above
def softplus($t; $x; $y):
  only([node("Abs"; [$x[0]]; "size"), node("Neg"; ["size"]; "below"),
    node("Softplus"; ["below"]; "rest"), node("Relu"; [$x[0]]; "above"),
    node("Add"; ["rest", "above"]; $y)]);

# the first from behind
def lastindex($t; $x; $y):
  $t.inputs[0].shape as $s | ($t.attributes.axis.int // 0) as $axis |
  (if $axis < 0 then $axis + ($s | length) else $axis end) as $k |
  {constants: [ints("backwards"; [range($s[$k] - 1; -1; -1)]), scalar("last"; "int64"; $s[$k] - 1)],
    nodes: [node("Gather"; [$x[0], "backwards"]; "turned"; {axis: {int: $k}}),
      node($t.op; ["turned"]; "index"; $t.attributes | del(.select_last_index)),
      node("Sub"; ["last", "index"]; $y)]};

# indices from behind become those from the front
def onehot($t; $x; $y):
  {constants: [scalar("zero"; "int64"; 0)],
    nodes: [node("Less"; [$x[0], "zero"]; "behind"), node("Add"; [$x[0], $x[1]]; "moved"),
      node("Where"; ["behind", "moved", $x[0]]; "front"),
      node("OneHot"; ["front", $x[1], $x[2]]; $y; $t.attributes)]};

# twice the rounded half is the even neighbour where both are as near
def round($t; $x; $y):
  {constants: [scalar("half"; "float"; 0.5), scalar("two"; "float"; 2)],
    nodes: [node("Round"; [$x[0]]; "near"), node("Sub"; [$x[0], "near"]; "off"),
      node("Abs"; ["off"]; "away"), node("Equal"; ["away", "half"]; "tie"),
      node("Mul"; [$x[0], "half"]; "halved"), node("Round"; ["halved"]; "nearhalf"),
      node("Mul"; ["nearhalf", "two"]; "even"), node("Where"; ["tie", "even", "near"]; $y)]};

# the remainder of sizes has the dividend's sign; a quotient that was rounded up
# leaves less than nothing
def fmod($t; $x; $y):
  {constants: [scalar("zero"; "float"; 0)],
    nodes: [node("Abs"; [$x[0]]; "dividend"), node("Abs"; [$x[1]]; "divisor"),
      node("Mod"; ["dividend", "divisor"]; "left"; {fmod: {int: 1}}),
      node("Less"; ["left", "zero"]; "below"), node("Add"; ["left", "divisor"]; "more"),
      node("Where"; ["below", "more", "left"]; "rest"),
      node("Sign"; [$x[0]]; "sign"), node("Mul"; ["rest", "sign"]; $y)]};

# two's complement
def bitwisenot($t; $x; $y):
  {constants: [scalar("minus"; $t.inputs[0].dtype; -1)], nodes: [node("Sub"; ["minus", $x[0]]; $y)]};

# one direction from a state of zeros, step by step
def rnn($t; $x; $y):
  $t.inputs[0].shape[0] as $steps | $t.attributes.hidden_size.int as $h |
  {constants: ([range($steps) | scalar("at\(.)"; "int64"; .)] +
      [ints("two"; [2, $h]), ints("shape"; $t.outputs[0].shape),
        ints("first"; [0]), ints("one"; [1, -1, $h])]),
    nodes: ([node("Squeeze"; [$x[1], "first"]; "w"), node("Transpose"; ["w"]; "wt"; {perm: {ints: [1, 0]}}),
        node("Squeeze"; [$x[2], "first"]; "r"), node("Transpose"; ["r"]; "rt"; {perm: {ints: [1, 0]}}),
        node("Reshape"; [$x[3], "two"]; "biases"),
        node("ReduceSum"; ["biases", "first"]; "bias"; {keepdims: {int: 0}}),
        node("MatMul"; [$x[0], "wt"]; "xw"), node("Add"; ["xw", "bias"]; "in")] +
      [range($steps) | tostring as $i |
        node("Gather"; ["in", "at\($i)"]; "in\($i)"; {axis: {int: 0}}),
        (if . == 0 then node("Relu"; ["in0"]; "h0")
        else node("MatMul"; ["h\(. - 1)", "rt"]; "hr\($i)"),
          node("Add"; ["in\($i)", "hr\($i)"]; "sum\($i)"), node("Relu"; ["sum\($i)"]; "h\($i)") end),
        node("Reshape"; ["h\($i)", "one"]; "y\($i)")] +
      [node("Concat"; [range($steps) | "y\(.)"]; "all"; {axis: {int: 0}}),
        node("Reshape"; ["all", "shape"]; $y)] +
      [$t.outputs[1].name // empty | select(. != "") | node("Reshape"; ["h\($steps - 1)", "one"]; .)])};

.task as $t | [$t.inputs[].name] as $x | $t.outputs[0].name as $y |
if $t.op == "GroupNormalization" then groupnormalization($t; $x; $y)
elif $t.op == "Einsum" then einsum($t; $x; $y)
elif $t.op == "Pad" then wrap($t; $x; $y)
elif $t.op == "Max" or $t.op == "Min" then pairs($t.op; $x; $y)
elif $t.op == "Where" then broadcast($t; $x; $y)
elif $t.op == "GlobalMaxPool" then globalmax($t; $x; $y)
elif $t.op == "ReduceLogSumExp" then logsumexp($t; $x; $y)
elif $t.op == "Softplus" then softplus($t; $x; $y)
elif $t.op == "ArgMax" or $t.op == "ArgMin" then lastindex($t; $x; $y)
elif $t.op == "OneHot" then onehot($t; $x; $y)
elif $t.op == "Round" then round($t; $x; $y)
elif $t.op == "Mod" then fmod($t; $x; $y)
elif $t.op == "BitwiseNot" then bitwisenot($t; $x; $y)
elif $t.op == "RNN" then rnn($t; $x; $y)
else error("no composition of \($t.op)") end
