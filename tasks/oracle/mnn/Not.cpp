// Negation of booleans, which are integers here.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class Not : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto y = _Subtract(_Scalar<int>(1), expr->inputs()[0]);
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("Not", std::shared_ptr<OnnxExtraManager::Transform>(new Not));
    return true;
}();

} // namespace Express
} // namespace MNN
