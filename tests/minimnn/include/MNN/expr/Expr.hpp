#ifndef MINI_EXPR_HPP
#define MINI_EXPR_HPP
#include <memory>
#include <string>
namespace MNN {
namespace Express {
struct Expr {
    std::string type, input, output, shape;
    float scale;
    int operation;
};
typedef std::shared_ptr<Expr> EXPRP;
} // namespace Express
} // namespace MNN
#endif
