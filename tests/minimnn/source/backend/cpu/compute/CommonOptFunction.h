#ifndef MINI_COMMON_H
#define MINI_COMMON_H
namespace MNN {
typedef void (*MNNUnaryExecute)(void *, const void *, int);
typedef void (*MNNBinaryExecute)(void *, const void *, const void *, int, int);
struct CoreFunctions {
    MNNUnaryExecute (*MNNSelectUnaryFunctionForFloat)(int, int);
    MNNBinaryExecute (*MNNSelectBinaryFunctionForFloat)(int);
};
CoreFunctions *MNNGetCoreFunctions();
} // namespace MNN
#endif
