// Each channel of each image to mean nought and variance one, then a scale and a bias.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class InstanceNormalization : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        float epsilon   = 1e-5f;
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "epsilon") {
                epsilon = a->f();
            }
        }
        auto x = expr->inputs()[0];
        if (!x->getInfo()) {
            return nullptr;
        }
        std::vector<int> axes, channel{1, -1};
        for (int i = 2; i < (int)x->getInfo()->dim.size(); i++) {
            axes.push_back(i);
            channel.push_back(1);
        }
        auto apart  = _Subtract(x, _ReduceMean(x, axes, true));
        auto spread = _ReduceMean(_Multiply(apart, apart), axes, true);
        auto scale  = _Multiply(_Reshape(expr->inputs()[1], channel), _Rsqrt(_Add(spread, _Scalar<float>(epsilon))));
        auto y      = _Add(_Multiply(apart, scale), _Reshape(expr->inputs()[2], channel));
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("InstanceNormalization", std::shared_ptr<OnnxExtraManager::Transform>(new InstanceNormalization));
    return true;
}();

} // namespace Express
} // namespace MNN
