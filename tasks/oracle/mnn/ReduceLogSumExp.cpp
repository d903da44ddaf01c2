// Logarithms of sums of exponentials of what lies below the largest; axes are the second input, or the attribute of old.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class ReduceLogSumExp : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto inputs = expr->inputs();
        auto x      = inputs[0];
        bool keep   = true;
        std::vector<int> axes;
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "keepdims") {
                keep = a->i() != 0;
            } else if (a->key()->str() == "axes" && a->list() && a->list()->i()) {
                axes.assign(a->list()->i()->begin(), a->list()->i()->end());
            }
        }
        if (inputs.size() > 1 && inputs[1]->getInfo() && inputs[1]->readMap<int>()) {
            const int *p = inputs[1]->readMap<int>();
            axes.assign(p, p + inputs[1]->getInfo()->size);
        }
        auto sum = _ReduceSum(_Exp(_Subtract(x, _ReduceMax(x, axes, true))), axes, keep);
        auto y   = _Add(_Log(sum), _ReduceMax(x, axes, keep));
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("ReduceLogSumExp", std::shared_ptr<OnnxExtraManager::Transform>(new ReduceLogSumExp));
    return true;
}();

} // namespace Express
} // namespace MNN
