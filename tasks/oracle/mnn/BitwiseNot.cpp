// The complement of integers.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class BitwiseNot : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto y = _Subtract(_Scalar<int>(-1), expr->inputs()[0]);
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("BitwiseNot", std::shared_ptr<OnnxExtraManager::Transform>(new BitwiseNot));
    return true;
}();

} // namespace Express
} // namespace MNN
