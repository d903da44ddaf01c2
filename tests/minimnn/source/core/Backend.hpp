#ifndef MINI_BACKEND_HPP
#define MINI_BACKEND_HPP
#include <MNN/MNNDefine.h>
namespace MNN {
class Runtime {
public:
    enum CompilerType { Compiler_Geometry, Compiler_Loop };
};
class Backend {
public:
    virtual ~Backend() {}
};
class RuntimeCreator;
const RuntimeCreator *MNNGetExtraRuntimeCreator(MNNForwardType type);
} // namespace MNN
#endif
