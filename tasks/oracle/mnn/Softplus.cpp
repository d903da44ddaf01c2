// The logarithm of 1 + exp(x): max(x, 0) + log(1 + exp(-|x|)) does not overflow.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class Softplus : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto x = expr->inputs()[0];
        auto low  = _Log(_Add(_Exp(_Negative(_Abs(x))), _Scalar<float>(1.0f)));
        auto y    = _Add(_Maximum(x, _Scalar<float>(0.0f)), low);
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("Softplus", std::shared_ptr<OnnxExtraManager::Transform>(new Softplus));
    return true;
}();

} // namespace Express
} // namespace MNN
