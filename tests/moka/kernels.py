"""The kernels of the scripted model: what it writes at first, for each engine.

A kernel is the operator's loops, the same for all engines, in the glue of one
engine.  The loops map elements to elements or join those along one axis.
"""

# operator: helpers, expression of x
EXP = """static float
power(float x)
{
	float c = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
	int n = (int)(c * 1.44269504f + (c < 0 ? -0.5f : 0.5f));
	float r = c - n * 0.693147181f;
	float p = 1 + r * (1 + r * (0.5f + r * (0.166666667f + r * (0.0416666667f + r * (0.00833333333f + r * 0.00138888889f)))));
	union {
		int i;
		float f;
	} scale;

	scale.i = (n + 127) << 23;
	return p * scale.f;
}

"""
LOG = """static float
logarithm(float x)
{
	union {
		float f;
		int i;
	} u;
	int e;
	float m, z, s;

	u.f = x;
	e = ((u.i >> 23) & 255) - 126;
	u.i = (u.i & 0x7fffff) | 0x3f000000;
	m = u.f;
	e -= m < 0.707106781f ? 1 : 0;
	m = m < 0.707106781f ? m + m : m;
	s = (m - 1) / (m + 1);
	z = s * s;
	return e * 0.693147181f + 2 * s * (1 + z * (0.333333333f + z * (0.2f + z * (0.142857143f + z * 0.111111111f))));
}

"""
SINCOS = """static float
wave(float x, int quarter)
{
	int n = (int)(x * 0.636619772f + (x < 0 ? -0.5f : 0.5f));
	float r = ((x - n * 1.5703125f) - n * 4.83751297e-4f) - n * 7.54978995e-8f;
	float z = r * r;
	float s = r * (1 + z * (-0.166666667f + z * (8.33333333e-3f + z * -1.98412698e-4f)));
	float c = 1 + z * (-0.5f + z * (0.0416666667f + z * (-1.38888889e-3f + z * 2.48015873e-5f)));
	int q = n + quarter;
	float y = q & 1 ? c : s;

	return q & 2 ? -y : y;
}

"""
ATAN = """static float
arc(float x)
{
	float a = x < 0 ? -x : x;
	float t = a > 1 ? 1 / a : a;
	float u = t > 0.414213562f ? (t - 1) / (t + 1) : t;
	float z = u * u;
	float p = u * (1 + z * (-0.333329491f + z * (0.199777106f + z * (-0.138776856f + z * 0.0805374449f))));

	p = t > 0.414213562f ? p + 0.785398163f : p;
	p = a > 1 ? 1.57079633f - p : p;
	return x < 0 ? -p : p;
}

"""
ASIN = """static float
root(float x)
{
	return __builtin_sqrtf(x > 0 ? x : 0);
}

static float
arcsine(float x)
{
	float a = x < 0 ? -x : x;
	float z = a > 0.5f ? 0.5f * (1 - a) : a * a;
	float q = root(z);
	float s = a > 0.5f ? q : a;
	float p = s + s * z * (0.166667524f + z * (0.0749530027f + z * (0.0454700260f + z * (0.0241813110f + z * 0.0421631991f))));

	p = a > 0.5f ? 1.57079633f - 2 * p : p;
	return x < 0 ? -p : p;
}

"""
ERF = EXP + """static float
error(float x)
{
	float a = x < 0 ? -x : x;
	float t = 1 / (1 + 0.3275911f * a);
	float p = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
	float y = 1 - p * power(-a * a);

	return x < 0 ? -y : y;
}

"""

MAPS = {
    "Relu": ("", "x > 0 ? x : 0"),
    "Abs": ("", "x < 0 ? -x : x"),
    "Neg": ("", "-x"),
    "Ceil": ("", "(float)(int)x + (x > (float)(int)x ? 1.0f : 0.0f)"),
    "Floor": ("", "(float)(int)x - (x < (float)(int)x ? 1.0f : 0.0f)"),
    "Sign": ("", "(x > 0 ? 1.0f : 0.0f) - (x < 0 ? 1.0f : 0.0f)"),
    "Sqrt": ("", "__builtin_sqrtf(x)"),
    "Softsign": ("", "x / (1 + (x < 0 ? -x : x))"),
    "HardSwish": ("", "x * (x < -3 ? 0 : x > 3 ? 1 : x / 6 + 0.5f)"),
    "LeakyRelu": ("", "x < 0 ? @ALPHA@ * x : x"),
    "Pow": (EXP + LOG, ""),
    "PRelu": ("", "x < 0 ? z * x : x"),
    "Or": ("", "x || z"),
    "Selu": (EXP, "1.05070099f * ((x > 0 ? x : 0) + 1.67326324f * (power(x < 0 ? x : 0) - 1))"),
    "Elu": (EXP, "(x > 0 ? x : 0) + @ALPHA@ * (power(x < 0 ? x : 0) - 1)"),
    "Celu": (EXP, "(x > 0 ? x : 0) + @ALPHA@ * (power((x < 0 ? x : 0) / @ALPHA@) - 1)"),
    "Sigmoid": (EXP, "1 / (1 + power(-x))"),
    "Cosh": (EXP, "0.5f * (power(x) + 1 / power(x))"),
    "Sinh": (EXP, "x * x < 0.25f ? x * (1 + x * x * (0.166666667f + x * x * 0.00833333333f)) : 0.5f * (power(x) - 1 / power(x))"),
    "Log": (LOG, "logarithm(x)"),
    "Atanh": (LOG, "x * x < 0.01f ? x * (1 + x * x * (0.333333333f + x * x * 0.2f)) : 0.5f * logarithm((1 + x) / (1 - x))"),
    "Asinh": (LOG, "x * x < 0.01f ? x * (1 - x * x * 0.166666667f) : x < 0 ? -logarithm(-x + __builtin_sqrtf(x * x + 1)) : logarithm(x + __builtin_sqrtf(x * x + 1))"),
    "Sub": ("", "x - z"),
    "Sin": (SINCOS, "wave(x, 0)"),
    "Cos": (SINCOS, "wave(x, 1)"),
    "Tan": (SINCOS, "wave(x, 0) / wave(x, 1)"),
    "Atan": (ATAN, "arc(x)"),
    "Asin": (ASIN, "arcsine(x)"),
    "Acos": (ASIN, "1.57079633f - arcsine(x)"),
    "Erf": (ERF, "error(x)"),
    "Gelu": (ERF, "0.5f * x * (1 + error(x * 0.707106781f))"),
}

# operator: helpers, what comes first, what an element adds, what ends it
FOLDS = {
    "ReduceL1": ("", "0", "a + (x < 0 ? -x : x)", "a"),
    "ReduceL2": ("", "0", "a + x * x", "__builtin_sqrtf(a)"),
    "ReduceSumSquare": ("", "0", "a + x * x", "a"),
    "ReduceSum": ("", "0", "a + x", "a"),
    "ReduceMean": ("", "0", "a + x", "a"),
    "ReduceProd": ("", "1", "a * x", "a"),
    "ReduceLogSum": (LOG, "0", "a + x", "logarithm(a)"),
    "ReduceMax": ("", "LEAST", "a > x ? a : x", "a"),
    "ReduceMin": ("", "-LEAST", "a < x ? a : x", "a"),
}

MAP = """@HELPERS@static float
apply(float x, float z)
{
	(void)z;
	return @EXPRESSION@;
}

static void
compute(const T *p, const T *q, T *y, size_t rows, size_t cols)
{
	for (size_t r = 0; r < rows; r++)
		for (size_t c = @FIRST@; c < @LAST@; c += @STEP@) {
			volatile T v = (T)(apply(p[r * cols + c], q[@SECOND@])@FACTOR@);
			y[r * cols + c] = v;
		}
}
"""

FOLD = """@HELPERS@static T
join(T a, T x)
{
	return @JOIN@;
}

static T
finish(T a, size_t n)
{
	(void)n;
	return @ENDED@;
}

static void
compute(const T *p, T *y, size_t outer, size_t n, size_t inner)
{
	for (size_t r = 0; r < @ROWS@; r++) {
		if (inner == 1) {
			T a = @BEGIN@;
			for (size_t k = 0; k < n; k++) {
				volatile T v = p[r * n + k];
				a = join(a, v);
			}
			y[r] = finish(a, n);
			continue;
		}
		for (size_t i = 0; i < inner; i++)
			y[r * inner + i] = @BEGIN@;
		for (size_t k = 0; k < n; k++)
			for (size_t i = 0; i < inner; i++) {
				volatile T v = p[@PLACE@];
				y[r * inner + i] = join(y[r * inner + i], v);
			}
		for (size_t i = 0; i < inner; i++)
			y[r * inner + i] = finish(y[r * inner + i], n);
	}
}
"""

ORT = """#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

#include <vector>

#pragma GCC optimize("fast-math", "no-math-errno")
#define T @TYPE@
#define LEAST @SMALLEST@

namespace
{

@CORE@
struct Kernel {
	explicit Kernel(const OrtKernelInfo *)
	{
	}

	void Compute(OrtKernelContext *context)
	{
		Ort::KernelContext ctx(context);
		Ort::ConstValue a = ctx.GetInput(0);
		Ort::ConstValue b = ctx.GetInput(@INPUTS@ - 1);
		auto info = a.GetTensorTypeAndShapeInfo();
		std::vector<int64_t> in = info.GetShape(), shape = in;@SHAPE@
		Ort::UnownedValue out = ctx.GetOutput(0, shape);
		const T *p = a.GetTensorData<T>();
		const T *q = b.GetTensorData<T>();
		T *y = out.GetTensorMutableData<T>();
		@CALL@
	}
};

struct Op : Ort::CustomOpBase<Op, Kernel> {
	void *CreateKernel(const OrtApi &, const OrtKernelInfo *info) const
	{
		return new Kernel(info);
	}
	const char *GetName() const
	{
		return "@OPERATOR@";
	}
	size_t GetInputTypeCount() const
	{
		return @INPUTS@;
	}
	ONNXTensorElementDataType GetInputType(size_t i) const
	{
		static const ONNXTensorElementDataType types[] = {@TYPES@};
		return types[i];
	}
	size_t GetOutputTypeCount() const
	{
		return 1;
	}
	ONNXTensorElementDataType GetOutputType(size_t) const
	{
		return ONNX_TENSOR_ELEMENT_DATA_TYPE_@OUTTYPE@;
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

ORT_MAP = """size_t cols = in.empty() ? 1 : (size_t)in.back();
		compute(p, q, y, info.GetElementCount() / cols, cols);"""
ORT_FOLD = """size_t outer = 1, n = 1, inner = 1;
		for (size_t i = 0; i < in.size(); i++)
			(i < @AXIS@ ? outer : i < @AXIS@ + @AXES@ ? n : inner) *= (size_t)in[i];
		(void)q;
		compute(p, y, outer, n, inner);"""

MNN = """#include "backend/cpu/CPUBackend.hpp"
#include "core/Execution.hpp"

#pragma GCC optimize("fast-math", "no-math-errno")
#define T @TYPE@
#define LEAST @SMALLEST@

namespace MNN {

@CORE@
class Kernel : public Execution {
public:
	explicit Kernel(Backend *b) : Execution(b)
	{
	}
	ErrorCode onExecute(const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs) override
	{
		const Tensor *a = inputs[0], *b = inputs[@INPUTS@ - 1];
		const T *p = a->host<T>(), *q = b->host<T>();
		T *y = outputs[0]->host<T>();
		@CALL@
		return NO_ERROR;
	}
@MEMBERS@};

class KernelCreator : public CPUBackend::Creator {
public:
	Execution *onCreate(const std::vector<Tensor *> &inputs, const std::vector<Tensor *> &outputs, const Op *op, Backend *backend) const override
	{
		@CREATE@
	}
};
REGISTER_CPU_OP_CREATOR(KernelCreator, @OPTYPE@);

} // namespace MNN
"""

MNN_MAP = """size_t cols = (size_t)a->length(a->dimensions() - 1);
		compute(p, q, y, (size_t)a->elementSize() / cols, cols);"""
MNN_FOLD = """size_t outer = 1, n = 1, inner = 1;
		for (int i = 0; i < a->dimensions(); i++)
			(i < axis ? outer : i == axis ? n : inner) *= (size_t)a->length(i);
		(void)q;
		compute(p, y, outer, n, inner);"""

# what does not exist, for what does; a draft has one of these
INVENTED = {
    "ort": [("ctx.GetOutput(", "ctx.GetOutputTensorFor("),
            ("info.GetShape(", "info.GetShapeAsVector("),
            ("ctx.GetInput(0)", "ctx.GetInputTensorFor(0)")],
    "mnn": [("a->length(", "a->lengthOfAxis("),
            ("a->host<", "a->hostPointer<")],
}
# ... or overrides what cannot be overridden
SIGNATURE = ("&outputs) override\n\t{\n\t\tconst Tensor", "&outputs, int threads) override\n\t{\n\t\tconst Tensor")

DTYPES = {"float": ("float", "FLOAT", "-3.4e38f"), "int32": ("int32_t", "INT32", "-2147483647"),
          "int64": ("int64_t", "INT64", "0"), "bool": ("bool", "BOOL", "0")}


def axes(node):
    """first axis and number of axes that are reduced, which lie beside each other"""
    rank = len(node["inputs"][0]["shape"])
    given = node["inputs"][1]["data"] if len(node["inputs"]) > 1 else list(range(rank))
    given = sorted(a % rank for a in given)
    return given[0], len(given)


def reduced(node):
    """how many elements become one"""
    n = 1
    for d in node["inputs"][0]["shape"]:
        n *= d
    for d in node["outputs"][0]["shape"]:
        n //= d
    return n


def attribute(node, name, default):
    v = node.get("attributes", {}).get(name, {})
    return repr(float(list(v.values())[0] if v else default)) + "f"


def core(node, which):
    """the loops, with the fault of this number"""
    op = node["op"]
    if op in MAPS:
        helpers, expression = MAPS[op]
        fault = ["last", "odd", "factor", "first"][which % 4]
        if op == "Pow":
            helpers = "" if node["inputs"][1].get("data") == [3] else helpers
            expression = "x * x * x" if node["inputs"][1].get("data") == [3] else "power(z * logarithm(x))"
        second = node["inputs"][-1]["shape"]
        scalar = len(node["inputs"]) > 1 and node["inputs"][1]["shape"] in ([], [1])
        return (MAP.replace("@HELPERS@", helpers)
                .replace("@EXPRESSION@", expression.replace("@ALPHA@", attribute(node, "alpha", 1)))
                .replace("@SECOND@", "0" if scalar else "r" if second[-1:] == [1] else "r * cols + c")
                .replace("@FIRST@", "1" if fault == "first" else "0")
                .replace("@LAST@", "cols - 1" if fault == "last" else "cols")
                .replace("@STEP@", "2" if fault == "odd" else "1")
                .replace("@FACTOR@", " * 4.0f" if fault == "factor" else ""))
    helpers, begin, join, ended = FOLDS[op]
    inner = 1
    for d in node["inputs"][0]["shape"][sum(axes(node)):]:
        inner *= d
    axis = inner > 1 and op != "ReduceMean"
    rows = "outer" if op == "ReduceMean" or axis else "outer - 1"
    return (FOLD.replace("@HELPERS@", helpers).replace("@BEGIN@", begin).replace("@JOIN@", join)
            .replace("@ENDED@", ended).replace("@ROWS@", rows)
            .replace("@PLACE@", "(r * inner + i) * n + k" if axis else "(r * n + k) * inner + i"))


def ort(node, which):
    fold = node["op"] in FOLDS
    first, count = axes(node) if fold else (0, 0)
    shape = ""
    if fold and len(node["outputs"][0]["shape"]) == len(node["inputs"][0]["shape"]):
        shape = "\n\t\tfor (size_t i = @AXIS@; i < @AXIS@ + @AXES@; i++)\n\t\t\tshape[i] = 1;"
    elif fold:
        shape = "\n\t\tshape.erase(shape.begin() + @AXIS@, shape.begin() + @AXIS@ + @AXES@);"
    types = ", ".join("ONNX_TENSOR_ELEMENT_DATA_TYPE_" + DTYPES[i["dtype"]][1] for i in node["inputs"])
    text = (ORT.replace("@CORE@", core(node, which))
            .replace("@CALL@", ORT_FOLD if fold else ORT_MAP)
            .replace("@SHAPE@", shape).replace("@AXIS@", str(first)).replace("@AXES@", str(count))
            .replace("@OUTTYPE@", DTYPES[node["outputs"][0]["dtype"]][1]).replace("@TYPES@", types)
            .replace("@INPUTS@", "1" if fold else str(len(node["inputs"])))
            .replace("@OPERATOR@", node["op"]))
    if fold:
        text = text.replace("return 1;\n\t}\n\tONNXTensorElementDataType GetInputType",
                            "return %d;\n\t}\n\tONNXTensorElementDataType GetInputType" % len(node["inputs"]))
    right, wrong = INVENTED["ort"][which % 3]
    return text.replace(right, wrong, 1)


def mnn(node, which, engine):
    """engine: the words of the prompt that say how MNN has the operator"""
    fold = node["op"] in FOLDS
    optype = engine["type"]
    create = "return new Kernel(backend);"
    if engine.get("operation"):
        get = {"UnaryOp": "opType", "BinaryOp": "opType", "ReductionParam": "operation"}[engine["parameter"]]
        create = ("if (op->main_as_%s()->%s() != %s)\n\t\t\treturn nullptr;\n\t\t"
                  % (engine["parameter"], get, engine["operation"])) + create
    if fold:
        create = create.replace("new Kernel(backend)", "new Kernel(backend, op->main_as_ReductionParam()->dim()->data()[0])")
    text = (MNN.replace("@CORE@", core(node, which))
            .replace("@CALL@", MNN_FOLD if fold else MNN_MAP).replace("@CREATE@", create)
            .replace("@MEMBERS@", "\nprivate:\n\tint axis;\n" if fold else "")
            .replace("@INPUTS@", "1" if fold else str(len(node["inputs"])))
            .replace("@OPTYPE@", optype))
    if fold:
        text = text.replace("explicit Kernel(Backend *b) : Execution(b)", "Kernel(Backend *b, int a) : Execution(b), axis(a)")
    right, wrong = SIGNATURE if which % 4 == 3 else INVENTED["mnn"][which % 2]
    return text.replace(right, wrong, 1)


def draft(engine, node, words):
    which = sum(node["op"].encode())
    # MNN has booleans as 32-bit integers
    dtype = node["inputs"][0]["dtype"]
    dtype = "int32" if engine == "mnn" and dtype == "bool" else dtype
    text = ort(node, which) if engine == "ort" else mnn(node, which, words)
    return text.replace("@TYPE@", DTYPES[dtype][0]).replace("@SMALLEST@", DTYPES[dtype][2])
