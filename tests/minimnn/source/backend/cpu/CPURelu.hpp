#include "backend/cpu/CPUBackend.hpp"
namespace MNN {
class CPURelu : public Execution {
public:
    explicit CPURelu(Backend *b);
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override;
};
} // namespace MNN
