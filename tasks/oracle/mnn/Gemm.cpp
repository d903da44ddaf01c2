// A matrix product and what is added to it, each times a number.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class Gemm : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        float alpha = 1.0f, beta = 1.0f;
        bool ta = false, tb = false;
        auto inputs     = expr->inputs();
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a   = attributes->GetAs<Attribute>(i);
            auto key = a->key()->str();
            if (key == "alpha") {
                alpha = a->f();
            } else if (key == "beta") {
                beta = a->f();
            } else if (key == "transA") {
                ta = a->i() != 0;
            } else if (key == "transB") {
                tb = a->i() != 0;
            }
        }
        auto y = _MatMul(inputs[0], inputs[1], ta, tb);
        if (alpha != 1.0f) {
            y = _Multiply(y, _Scalar<float>(alpha));
        }
        if (inputs.size() > 2 && inputs[2].get()) {
            y = _Add(y, beta == 1.0f ? inputs[2] : _Multiply(inputs[2], _Scalar<float>(beta)));
        }
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("Gemm", std::shared_ptr<OnnxExtraManager::Transform>(new Gemm));
    return true;
}();

} // namespace Express
} // namespace MNN
