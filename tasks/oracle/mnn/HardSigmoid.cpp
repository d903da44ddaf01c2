// alpha x + beta between 0 and 1.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class HardSigmoid : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        float alpha = 0.2f, beta = 0.5f;
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "alpha") {
                alpha = a->f();
            } else if (a->key()->str() == "beta") {
                beta = a->f();
            }
        }
        auto x = expr->inputs()[0];
        auto y = _Relu6(_Add(_Multiply(x, _Scalar<float>(alpha)), _Scalar<float>(beta)), 0.0f, 1.0f);
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("HardSigmoid", std::shared_ptr<OnnxExtraManager::Transform>(new HardSigmoid));
    return true;
}();

} // namespace Express
} // namespace MNN
