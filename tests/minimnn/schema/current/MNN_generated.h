#ifndef MINI_GENERATED_H
#define MINI_GENERATED_H
namespace MNN {
enum OpType { OpType_MIN, OpType_ReLU = OpType_MIN, OpType_Flatten, OpType_UnaryOp, OpType_BinaryOp, OpType_MAX = OpType_BinaryOp };
inline const char *EnumNameOpType(OpType t) {
    static const char *const names[] = {"ReLU", "Flatten", "UnaryOp", "BinaryOp"};
    return names[t];
}
enum UnaryOpOperation {
    UnaryOpOperation_SOFTSIGN,
    UnaryOpOperation_ABS,
    UnaryOpOperation_CEIL,
    UnaryOpOperation_FLOOR,
    UnaryOpOperation_NEG
};
struct UnaryOp {
    int operation;
    UnaryOpOperation opType() const { return (UnaryOpOperation)operation; }
};
struct Op {
    OpType kind;
    float scale;
    UnaryOp unary;
    const UnaryOp *main_as_UnaryOp() const { return &unary; }
    OpType type() const { return kind; }
};
} // namespace MNN
#endif
