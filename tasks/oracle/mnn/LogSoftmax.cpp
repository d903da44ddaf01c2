// What lies below the greatest, less the logarithm of the sum of its exponentials.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class LogSoftmax : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        int axis        = -1;
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "axis") {
                axis = a->i();
            }
        }
        auto x     = expr->inputs()[0];
        auto below = _Subtract(x, _ReduceMax(x, {axis}, true));
        auto y     = _Subtract(below, _Log(_ReduceSum(_Exp(below), {axis}, true)));
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("LogSoftmax", std::shared_ptr<OnnxExtraManager::Transform>(new LogSoftmax));
    return true;
}();

} // namespace Express
} // namespace MNN
