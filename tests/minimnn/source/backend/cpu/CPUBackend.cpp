#include "backend/cpu/CPUBackend.hpp"
namespace MNN {
bool CPUBackend::addCreator(OpType t, Creator *c) { return gCreator->insert({t, c}).second; }
} // namespace MNN
