#ifndef MINI_CREATOR_HPP
#define MINI_CREATOR_HPP
#include <MNN/expr/Expr.hpp>
namespace MNN {
namespace Express {
inline EXPRP _Scaled(EXPRP from, float scale) {
    EXPRP e(new Expr(*from));
    e->type = "UnaryOp";
    e->scale = scale;
    e->operation = 0;
    return e;
}
} // namespace Express
} // namespace MNN
#endif
