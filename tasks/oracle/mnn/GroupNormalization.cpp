// Each group of channels to mean nought and variance one, then a scale and a bias for each
// group, as of opset 18.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class GroupNormalization : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        float epsilon   = 1e-5f;
        int groups      = 1;
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "epsilon") {
                epsilon = a->f();
            } else if (a->key()->str() == "num_groups") {
                groups = a->i();
            }
        }
        auto x      = expr->inputs()[0];
        auto group  = _Reshape(x, {0, groups, -1});
        auto apart  = _Subtract(group, _ReduceMean(group, {2}, true));
        auto spread = _ReduceMean(_Multiply(apart, apart), {2}, true);
        auto scale  = _Multiply(_Reshape(expr->inputs()[1], {1, groups, 1}), _Rsqrt(_Add(spread, _Scalar<float>(epsilon))));
        auto whole  = _Add(_Multiply(apart, scale), _Reshape(expr->inputs()[2], {1, groups, 1}));
        auto y      = _Reshape(whole, _Shape(x, true));
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("GroupNormalization", std::shared_ptr<OnnxExtraManager::Transform>(new GroupNormalization));
    return true;
}();

} // namespace Express
} // namespace MNN
