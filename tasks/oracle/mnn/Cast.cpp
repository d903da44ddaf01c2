// One type of element as another: floats, 32-bit integers and bytes.
#include "kernel.hpp"

namespace MNN {

template <typename T, typename S>
static void copy(void *to, const void *from, size_t n) {
    for (size_t i = 0; i < n; i++) {
        ((T *)to)[i] = (T)((const S *)from)[i];
    }
}
typedef void (*Copy)(void *, const void *, size_t);

template <typename S>
static Copy copyfrom(halide_type_t to) {
    return to == halide_type_of<float>()     ? copy<float, S>
           : to == halide_type_of<int32_t>() ? copy<int32_t, S>
           : to == halide_type_of<uint8_t>() ? copy<uint8_t, S>
           : to == halide_type_of<int8_t>()  ? copy<int8_t, S>
                                             : (Copy) nullptr;
}

static Copy copyof(halide_type_t to, halide_type_t from) {
    return from == halide_type_of<float>()     ? copyfrom<float>(to)
           : from == halide_type_of<int32_t>() ? copyfrom<int32_t>(to)
           : from == halide_type_of<uint8_t>() ? copyfrom<uint8_t>(to)
           : from == halide_type_of<int8_t>()  ? copyfrom<int8_t>(to)
                                               : (Copy) nullptr;
}

class CastTo : public Execution {
public:
    CastTo(Backend *b, Copy c) : Execution(b), convert(c) {
    }
    ErrorCode onExecute(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out) override {
        convert(out[0]->host<uint8_t>(), in[0]->host<uint8_t>(), lying(backend(), in[0]));
        return NO_ERROR;
    }

private:
    Copy convert;
};

class CastToCreator : public CPUBackend::Creator {
public:
    Execution *onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op,
                        Backend *b) const override {
        Copy c = copyof(out[0]->getType(), in[0]->getType());
        return c && op->main_as_CastParam()->dstT() != DataType_DT_BOOL ? new CastTo(b, c) : nullptr;
    }
};
REGISTER_CPU_OP_CREATOR(CastToCreator, OpType_Cast);

} // namespace MNN
