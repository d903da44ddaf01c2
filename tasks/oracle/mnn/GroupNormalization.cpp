// Each group of channels is one row of a layer normalization without weights;
// scale and bias are of groups (opset 18) or of channels (opset 21).
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class GroupNormalization : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        int groups    = 1;
        float epsilon = 1e-5f;
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "num_groups") {
                groups = a->i();
            } else if (a->key()->str() == "epsilon") {
                epsilon = a->f();
            }
        }
        auto inputs = expr->inputs();
        auto weight = inputs[1]->getInfo();
        if (!weight) {
            return nullptr;
        }
        std::unique_ptr<OpT> norm(new OpT);
        auto p = new LayerNormT;
        norm->type       = OpType_LayerNorm;
        norm->main.type  = OpParameter_LayerNorm;
        norm->main.value = p;
        p->axis          = {-1};
        p->epsilon       = epsilon;
        auto rows = Variable::create(Expr::create(norm.get(), {_Reshape(inputs[0], {0, groups, -1}, NCHW)}));
        std::vector<int> view = {0, (int)weight->size, -1};
        auto scale = _Reshape(inputs[1], {1, (int)weight->size, 1}, NCHW);
        auto bias  = _Reshape(inputs[2], {1, (int)weight->size, 1}, NCHW);
        if (weight->size != groups) {
            rows = _Reshape(rows, view, NCHW);
        }
        auto y = _Reshape(_Add(_Multiply(rows, scale), bias), _Shape(inputs[0]));
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
