// max(0, x) + min(0, alpha (exp(x / alpha) - 1)).
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class Celu : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        float alpha = 1.0f;
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "alpha") {
                alpha = a->f();
            }
        }
        auto x    = expr->inputs()[0];
        auto zero = _Scalar<float>(0.0f);
        auto low  = _Multiply(_Subtract(_Exp(_Multiply(_Minimum(x, zero), _Scalar<float>(1.0f / alpha))), _Scalar<float>(1.0f)),
                             _Scalar<float>(alpha));
        auto y = _Add(_Maximum(x, zero), low);
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("Celu", std::shared_ptr<OnnxExtraManager::Transform>(new Celu));
    return true;
}();

} // namespace Express
} // namespace MNN
