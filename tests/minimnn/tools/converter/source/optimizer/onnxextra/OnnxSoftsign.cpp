#include "OnnxExtraManager.hpp"
namespace MNN {
namespace Express {
class OnnxSoftsign : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP e) const override { return _Scaled(e, 1.0f); }
};
static auto registered = []() {
    OnnxExtraManager::get()->insert("Softsign", std::make_shared<OnnxSoftsign>());
    return true;
}();
} // namespace Express
} // namespace MNN
