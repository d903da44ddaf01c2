#ifndef MINI_GENERATED_H
#define MINI_GENERATED_H
namespace MNN {
enum OpType { OpType_MIN, OpType_ReLU = OpType_MIN, OpType_Flatten, OpType_UnaryOp, OpType_BinaryOp, OpType_MAX = OpType_BinaryOp };
inline const char *EnumNameOpType(OpType t) {
    static const char *const names[] = {"ReLU", "Flatten", "UnaryOp", "BinaryOp"};
    return names[t];
}
struct Op {
    OpType kind;
    float scale;
    OpType type() const { return kind; }
};
} // namespace MNN
#endif
