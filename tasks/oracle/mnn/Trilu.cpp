// One triangle of each matrix, nought in the other: which is which is known beforehand.
#include <MNN/expr/ExprCreator.hpp>

#include "MNN_generated.h"
#include "OnnxExtraManager.hpp"

namespace MNN {
namespace Express {

class Trilu : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        bool upper      = true;
        int k           = 0;
        auto inputs     = expr->inputs();
        auto attributes = expr->get()->main_as_Extra()->attr();
        for (int i = 0; attributes && i < (int)attributes->size(); i++) {
            auto a = attributes->GetAs<Attribute>(i);
            if (a->key()->str() == "upper") {
                upper = a->i() != 0;
            }
        }
        if (inputs.size() > 1 && inputs[1].get() && inputs[1]->readMap<int>()) {
            k = inputs[1]->readMap<int>()[0];
        }
        auto info = inputs[0]->getInfo();
        if (!info || info->dim.size() < 2) {
            return nullptr;
        }
        int rank = (int)info->dim.size(), rows = info->dim[rank - 2], columns = info->dim[rank - 1];
        std::vector<int> inside((size_t)rows * columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                inside[(size_t)i * columns + j] = upper ? j >= i + k : j <= i + k;
            }
        }
        auto mask = _Const(inside.data(), {rows, columns}, NCHW, halide_type_of<int>());
        auto y    = _Select(mask, inputs[0], _Scalar<float>(0.0f));
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert("Trilu", std::shared_ptr<OnnxExtraManager::Transform>(new Trilu));
    return true;
}();

} // namespace Express
} // namespace MNN
