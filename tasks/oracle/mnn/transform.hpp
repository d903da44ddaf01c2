// The transform of ONNX's reduction NAME to what reduced(x, axes, keep) makes of it; axes
// are the second input, or the attribute of old.
namespace MNN {
namespace Express {

class Reduction : public OnnxExtraManager::Transform {
public:
    EXPRP onExecute(EXPRP expr) const override {
        auto inputs = expr->inputs();
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
        auto y = reduced(inputs[0], axes, keep);
        y->setName(expr->name());
        return y->expr().first;
    }
};

static auto registered = []() {
    OnnxExtraManager::get()->insert(NAME, std::shared_ptr<OnnxExtraManager::Transform>(new Reduction));
    return true;
}();

} // namespace Express
} // namespace MNN
