#!/usr/bin/env python3
"""A model that knows nothing but what it is told.

Reads {"request": {"messages": ...}} and answers by rules from the words of the
prompt alone.  Its first kernel has three faults: a member function that does not
exist, a loop that leaves the last position of the last axis out, and a variable
that keeps the loop from being vectorised.  Each can only be mended if the prompt
says what a tool of ours found; and the right way to make it faster is taken only
when the history says that the first one was tried.
"""
import json
import re
import sys

OPS = {  # ONNX operator: C expression
    "Relu": "x > 0 ? x : 0",
    "Abs": "x < 0 ? -x : x",
    "Neg": "-x",
    "Ceil": "__builtin_ceilf(x)",
    "Floor": "__builtin_floorf(x)",
    "Round": "__builtin_rintf(x)",
    "Sqrt": "__builtin_sqrtf(x)",
    "Reciprocal": "1 / x",
    "Softsign": "x / (1 + (x < 0 ? -x : x))",
    "LeakyRelu": "x < 0 ? 0.1f * x : x",
    "HardSwish": "x * __builtin_fmaxf(0, __builtin_fminf(1, x / 6 + 0.5f))",
    "HardSigmoid": "__builtin_fmaxf(0, __builtin_fminf(1, ALPHA * x + BETA))",
    "Clip": "__builtin_fmaxf(LOW, __builtin_fminf(HIGH, x))",
    "Exp": "__builtin_expf(x)", "Log": "__builtin_logf(x)",
    "Sin": "__builtin_sinf(x)", "Cos": "__builtin_cosf(x)",
    "Tanh": "__builtin_tanhf(x)", "Sigmoid": "1 / (1 + __builtin_expf(-x))",
    "Softplus": "__builtin_log1pf(__builtin_expf(x))",
    "Add": "x + z", "Sub": "x - z", "Mul": "x * z", "Div": "x / z",
}

KERNEL = """#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

namespace
{

float
apply(float x, float z)
{
	(void)z;
	return EXPRESSION;
}

struct Kernel {
	explicit Kernel(const OrtKernelInfo *)
	{
	}

	void Compute(OrtKernelContext *context)
	{
		Ort::KernelContext ctx(context);
		Ort::ConstValue a = ctx.GetInput(0);
		Ort::ConstValue b = ctx.GetInput(INPUTS - 1);
		auto info = a.GetTensorTypeAndShapeInfo();
		auto shape = info.GetShape();
		Ort::UnownedValue out = ctx.GetOutputTensorFor(0, shape);
		const float *p = a.GetTensorData<float>();
		const float *q = b.GetTensorData<float>();
		float *y = out.GetTensorMutableData<float>();
		const size_t cols = shape.empty() ? 1 : (size_t)shape.back();
		const size_t rows = info.GetElementCount() / cols;

		for (size_t r = 0; r < rows; r++)
			for (size_t c = 0; c < cols - 1; c++) {
				volatile float v = apply(p[r * cols + c], q[r * cols + c]);
				y[r * cols + c] = v;
			}
	}
};

struct Op : Ort::CustomOpBase<Op, Kernel> {
	void *CreateKernel(const OrtApi &, const OrtKernelInfo *info) const
	{
		return new Kernel(info);
	}
	const char *GetName() const
	{
		return "OPERATOR";
	}
	size_t GetInputTypeCount() const
	{
		return INPUTS;
	}
	ONNXTensorElementDataType GetInputType(size_t) const
	{
		return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
	}
	size_t GetOutputTypeCount() const
	{
		return 1;
	}
	ONNXTensorElementDataType GetOutputType(size_t) const
	{
		return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
	}
};

} // namespace

extern "C" OrtStatus *
RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base)
{
	Ort::InitApi(base->GetApi(ORT_API_VERSION));
	static const Op op;
	static Ort::CustomOpDomain domain("mkbench");
	domain.Add(&op);
	Ort::UnownedSessionOptions(options).Add(domain);
	return nullptr;
}
"""


def block(code):
    return "kernel.cc\n```cpp\n" + code + "```\n"


def draft(prompt):
    node = json.loads(re.search(r"```json\n(.*?)\n```", prompt, re.S).group(1))
    expression = OPS[node["op"]]
    for name, value in (("ALPHA", "alpha"), ("BETA", "beta")):
        given = node.get("attributes", {}).get(value, {}).get("float")
        default = {"ALPHA": 0.2, "BETA": 0.5}[name]
        expression = expression.replace(name, repr(default if given is None else given) + "f")
    return block(KERNEL.replace("EXPRESSION", expression)
                 .replace("OPERATOR", node["op"])
                 .replace("INPUTS", str(len(node["inputs"]))))


def changes(cause, *what):
    return json.dumps({"cause": cause, "changes": list(what)})


def debug_compile(prompt):
    """needs the located error and the nearest name of what does not exist"""
    located = re.search(r"\[cross-file\] kernel\.cc:\d+: .*GetOutputTensorFor", prompt)
    near = re.search(r"`GetOutputTensorFor` does not exist.*?\n- `Ort::KernelContext::(\w+)`",
                     prompt, re.S)
    if not (located and near):
        return changes("something is misspelt", "Replace `GetOutputTensorFor` by `Output`")
    return changes("KernelContext has no such member",
                   "Replace `GetOutputTensorFor` by `%s`" % near.group(1))


def debug_function(prompt):
    """needs the pattern of the wrong elements"""
    if re.search(r"of the last position of axis \d+ \(size \d+\)", prompt):
        return changes("the loop stops one short of the last position",
                       "Replace `cols - 1` by `cols`")
    return changes("the formula may be imprecise", "Replace `return ` by `return  `")


def accelerate(prompt):
    """the history must say that unrolling was tried, and the report which loop
    is not vector code"""
    tried = prompt.split("# What was tried so far")[1]
    if '"unroll the loop"' not in tried:
        return json.dumps({"bottleneck": "loop overhead", "method": "unroll the loop",
                           "plan": "Replace `		for (size_t r` by `#pragma GCC unroll 2\n		for (size_t /* row */ r`"})
    if re.search(r"Loop at kernel\.cc:\d+: not vectorised", prompt):
        return json.dumps({"bottleneck": "the loop is not vector code",
                           "method": "let the compiler vectorise",
                           "plan": "Replace `volatile float` by `float`"})
    return json.dumps({"bottleneck": "unknown", "method": "prefetch",
                       "plan": "Replace `namespace\n` by `namespace  \n`"})


def carry_out(prompt):
    code = re.search(r"# The code\n\nkernel\.cc\n```cpp\n(.*?)```", prompt, re.S).group(1)
    plan = prompt.split("# The plan")[1]
    for old, new in re.findall(r"Replace `(.*?)` by `(.*?)`", plan, re.S):
        code = code.replace(old, new)
    return block(code)


def answer(messages):
    prompt = messages[1]["content"]
    if "Plan its repair" in prompt:
        if "not the JSON object asked for" not in messages[-1]["content"]:
            return "Let me think about this. The kernel does not build."
        return debug_compile(prompt)
    if "Plan its correction" in prompt:
        return "Here it is:\n```json\n" + debug_function(prompt) + "\n```\n"
    if "Plan how to make it" in prompt:
        return accelerate(prompt)
    if "# The plan" in prompt:
        return carry_out(prompt)
    return draft(prompt)


if __name__ == "__main__":
    print(answer(json.load(sys.stdin)["request"]["messages"]), end="")
