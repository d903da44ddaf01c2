#include <stdio.h>
#include <string.h>

#include "category.h"
#include "util.h"

static const struct {
	const char *name, *ops; /* with a space on both sides of each */
} categories[] = {
    {"unary", " Abs Ceil Erf Exp Floor Log Neg Reciprocal Round Sign Sqrt "
	      "IsNaN IsInf Identity "},
    {"binary", " Add Sub Mul Div Mod Pow Max Min Sum Mean "},
    {"trigonometry", " Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh "
		     "Atanh "},
    {"activation", " Relu LeakyRelu Celu Elu Selu HardSigmoid HardSwish "
		   "Sigmoid Softplus Softsign Gelu Softmax LogSoftmax PRelu "
		   "Hardmax ThresholdedRelu Mish Shrink "},
    {"normalization", " BatchNormalization LayerNormalization "
		      "InstanceNormalization GroupNormalization LRN "
		      "LpNormalization MeanVarianceNormalization "},
    {"pooling", " MaxPool AveragePool GlobalMaxPool GlobalAveragePool LpPool "
		"GlobalLpPool MaxRoiPool MaxUnpool "},
    {"convolution", " Conv ConvTranspose ConvInteger QLinearConv DeformConv "},
    {"matrix", " MatMul Gemm Einsum Det MatMulInteger QLinearMatMul "},
    {"reduction",
	" ReduceMax ReduceMin ReduceMean ReduceSum ReduceProd ReduceL1 "
	"ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp ArgMax ArgMin "},
    {"tensor",
	" Reshape Concat Split Slice Transpose Tile TopK Gather "
	"GatherElements GatherND Scatter ScatterElements ScatterND Pad Expand "
	"Squeeze Unsqueeze Flatten DepthToSpace SpaceToDepth Resize Upsample "
	"Where CumSum Trilu OneHot Cast CastLike Clip Shape Size Range EyeLike "
	"ConstantOfShape Compress NonZero ReverseSequence Unique "
	"CenterCropPad "},
    {"logic", " And Or Xor Not Equal Greater GreaterOrEqual Less LessOrEqual "
	      "BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitShift "},
};

const char *
category_of(const char *op)
{
	char word[80];
	size_t i;

	snprintf(word, sizeof(word), " %s ", op);
	for (i = 0; i < LEN(categories); i++)
		if (strstr(categories[i].ops, word))
			return categories[i].name;
	return "others";
}
