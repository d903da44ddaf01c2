#include "OnnxExtraManager.hpp"
namespace MNN {
namespace Express {
std::shared_ptr<OnnxExtraManager> OnnxExtraManager::get() {
    static std::shared_ptr<OnnxExtraManager> only(new OnnxExtraManager);
    return only;
}
void OnnxExtraManager::insert(const std::string &name, std::shared_ptr<Transform> t) { mTransform.insert({name, t}); }
std::shared_ptr<OnnxExtraManager::Transform> OnnxExtraManager::find(const std::string &name) const {
    auto found = mTransform.find(name);
    return found == mTransform.end() ? nullptr : found->second;
}
} // namespace Express
} // namespace MNN
