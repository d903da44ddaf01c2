// The logarithm of 1 + exp(x), as that of the logistic function of -x, which does
// not overflow.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class Softplus : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto x = expr->inputs()[0];
        auto y = _Negative(_Log(_Sigmoid(_Negative(x))));
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
