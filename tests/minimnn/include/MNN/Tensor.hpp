#ifndef MINI_TENSOR_HPP
#define MINI_TENSOR_HPP
#include <cstring>
#include <vector>
enum halide_type_code_t { halide_type_int, halide_type_uint, halide_type_float };
struct halide_type_t {
    int code, bits;
};
namespace MNN {
class Tensor {
public:
    enum DimensionType { CAFFE };
    Tensor() {}
    Tensor(const Tensor *like, DimensionType) : dims(like->dims), data(like->data.size()) {}
    void resize(const std::vector<int> &d) {
        size_t n = 1;
        for (int i : dims = d) n *= i;
        data.assign(n, 0.0f);
    }
    halide_type_t getType() const { return {halide_type_float, 32}; }
    std::vector<int> shape() const { return dims; }
    int dimensions() const { return (int)dims.size(); }
    int length(int index) const { return dims[index]; }
    int elementSize() const { return (int)data.size(); }
    template <typename T> T *host() const { return (T *)data.data(); }
    bool copyFromHostTensor(const Tensor *t) { return data = t->data, true; }
    bool copyToHostTensor(Tensor *t) const { return t->data = data, true; }
    std::vector<int> dims;
    std::vector<float> data;
};
} // namespace MNN
#endif
