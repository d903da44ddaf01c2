// Bits of integers; bytes go through 32 bits.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class BitwiseXor : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto a = expr->inputs()[0], b = expr->inputs()[1];
        auto info  = a->getInfo();
        bool bytes = info && info->type == halide_type_of<uint8_t>();
        if (bytes) {
            a = _Cast<int>(a);
            b = _Cast<int>(b);
        }
        auto y = _BitwiseXor(a, b);
        if (bytes) {
            y = _Cast<uint8_t>(y);
        }
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("BitwiseXor", std::shared_ptr<OnnxExtraManager::Transform>(new BitwiseXor));
    return true;
}();

} // namespace Express
} // namespace MNN
