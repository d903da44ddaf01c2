#include <MNN/expr/ExprCreator.hpp>
#include <map>
namespace MNN {
namespace Express {
class OnnxExtraManager {
public:
    class Transform {
    public:
        virtual ~Transform() {}
        virtual EXPRP onExecute(EXPRP expr) const = 0;
    };
    void insert(const std::string &name, std::shared_ptr<Transform> transform);
    std::shared_ptr<Transform> find(const std::string &name) const;
    static std::shared_ptr<OnnxExtraManager> get();
private:
    std::map<std::string, std::shared_ptr<Transform>> mTransform;
};
} // namespace Express
} // namespace MNN
