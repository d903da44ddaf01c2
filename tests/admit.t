#!/usr/bin/env bash
# Wrong kernels are seen, and a task that lets one pass is.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 1
key=$(printf '7%.0s' {1..64})

# one task of each category, the small ones
tasks=(tasks/unary/log_4d.json tasks/binary/mod_float_2d.json tasks/trigonometry/asin_2d.json
	tasks/activation/hard_sigmoid_4d.json tasks/normalization/layer_normalization_no_bias.json
	tasks/pooling/max_pool_same_upper.json tasks/convolution/conv_asymmetric_pads.json
	tasks/matrix/gemm_alpha_beta.json tasks/reduction/arg_max_last_index_3d.json
	tasks/tensor/pad_reflect_4d.json tasks/logic/bit_shift_right_uint8.json
	tasks/others/grid_sample_linear.json)
status 0 'a task of each category rejects them all' admit -t -c 6 -k "$key" "${tasks[@]}"
ok 'a line for each' test "$(wc -l <"$tmp/out")" = 14
ok 'and one in all' grep -qE '^[0-9]{2,} wrong kernels, 0 pass$' "$tmp/out"

# what is tried
kinds() { jq -r '.admission.mutants[].kind' "$1" | sort | uniq -c | awk '{print $2 $1}' | paste -sd' '; }
admit -c 2 -k "$key" tasks/convolution/conv_asymmetric_pads.json >"$tmp/1"
echo 'attribute2 constant1 copy3 fp161 input3 last1 previous1 shift2 tile1 zeros1' >"$tmp/want"
kinds "$tmp/1" >"$tmp/got"
same 'a convolution: strides and pads ignored, each axis one off' "$tmp/want" "$tmp/got"
admit -c 2 -k "$key" tasks/tensor/transpose_heads_4d.json >"$tmp/2"
ok 'a transpose: every pair of neighbours exchanged, and perm ignored' jq -e '
	[.admission.mutants[] | select(.kind == "axis" or .kind == "attribute") | .what]
	== ["perm 0 and 1 exchanged", "perm 1 and 2 exchanged", "perm 2 and 3 exchanged", "without perm"]' "$tmp/2"
admit -c 2 -k "$key" tasks/tensor/reshape_heads_3d.json >"$tmp/3"
ok 'a reshape may copy' jq -e '.admission.mutants | all(.kind != "copy")' "$tmp/3"
admit -c 2 -k "$key" tasks/unary/abs_4d.json >"$tmp/4"
admit -c 2 -k "$key" tasks/unary/abs_4d.json >"$tmp/5"
same 'one key, one result' "$tmp/4" "$tmp/5"

# the paper's inputs: on numbers from 0.1 to 1.2 many a kernel is the identity
hole() {
	jq "$3" "$2" >"$tmp/hole.json"
	status 65 "$1" admit -t -c 4 "$tmp/hole.json"
	ok '  and is named' grep -qE "^    $4 passes in 4 of 4 calls" "$tmp/out"
}
hole 'Relu of positive numbers is a copy' tasks/activation/relu_4d.json \
	'.task.inputs[0].values = {kind: "uniform", low: 0.1, high: 1.2}' 'copy of x'
hole 'Round of integers' tasks/unary/round_4d.json \
	'.task.inputs[0].values = {kind: "ties", levels: 3, low: -1, high: 1}' 'in half precision'
hole 'softmax of a thousand equals' tasks/activation/softmax_2d.json \
	'.task.inputs[0].values = {kind: "uniform", low: -0.01, high: 0.01}' 'all outputs zero|one value'
hole 'a bias of next to nothing' tasks/matrix/gemm_linear.json \
	'.task.inputs[2].values = {kind: "normal", std: 0.000001}' 'fc.bias not read'
hole 'a variance that epsilon does not reach' tasks/normalization/batch_normalization_4d.json \
	'.task.inputs[4].values = {kind: "uniform", low: 1000000, high: 2000000}' 'without epsilon'
hole 'a picture of columns has no second axis' tasks/reduction/arg_max_channels_4d.json \
	'.task.inputs[0].values = {kind: "literal", data: [1]}' 'all zeros'
hole 'a tolerance of one' tasks/trigonometry/sin_4d.json \
	'.task.tolerance = {absolute: 1, relative: 1}' 'all zeros'

status 64 'an unknown flag' admit --nosuch
status 64 'no calls' admit -c 1 tasks/unary/abs_4d.json
status 65 'no record' admit <<<'[]'
jq '.task.attributes.nosuch = {int: 1}' tasks/unary/abs_4d.json >"$tmp/nosuch.json"
status 70 'an attribute that the operator has not' admit "$tmp/nosuch.json"
errline 'is named' 'nosuch'
status 74 'a full disk' bash -c 'admit -c 2 tasks/unary/log_4d.json >/dev/full'
finish
