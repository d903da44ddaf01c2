// x / (1 + |x|).
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class Softsign : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto x = expr->inputs()[0];
        auto y = _Divide(x, _Add(_Abs(x), _Scalar<float>(1.0f)));
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("Softsign", std::shared_ptr<OnnxExtraManager::Transform>(new Softsign));
    return true;
}();

} // namespace Express
} // namespace MNN
