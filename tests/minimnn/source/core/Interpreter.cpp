// A model is one line: the operator's type, its scale and operation, the names
// of its input and output, and the output's shape.
#include <MNN/Interpreter.hpp>
#include <fstream>
#include <sstream>
#include "backend/cpu/CPUBackend.hpp"
#include "backend/cpu/compute/CommonOptFunction.h"
#include "geometry/GeometryComputer.hpp"
namespace MNN {
void ___CPUReluCreator__OpType_ReLU__();
void ___CPUUnaryCreator__OpType_UnaryOp__();
void ___GeometryFlatten__create__();
std::map<OpType, CPUBackend::Creator *> *CPUBackend::gCreator = nullptr;
void CPUBackend::initCreatorMap() { gCreator = new std::map<OpType, CPUBackend::Creator *>; }
static std::shared_ptr<GeometryComputer> table[2][OpType_MAX + 1];
void GeometryComputer::registerGeometryComputer(std::shared_ptr<GeometryComputer> g, std::vector<int> types,
                                                Runtime::CompilerType c) {
    for (int t : types) table[c][t] = g;
}
const GeometryComputer *GeometryComputer::search(int t, Runtime::CompilerType c) {
    return c == Runtime::Compiler_Loop && table[c][t] ? table[c][t].get() : table[Runtime::Compiler_Geometry][t].get();
}
CoreFunctions *MNNGetCoreFunctions() {
    static CoreFunctions functions;
    return &functions;
}
const RuntimeCreator *MNNGetExtraRuntimeCreator(MNNForwardType) {
    static bool done;
    if (!done) {
        CPUBackend::initCreatorMap();
        ___CPUReluCreator__OpType_ReLU__();
        ___CPUUnaryCreator__OpType_UnaryOp__();
        ___GeometryFlatten__create__();
        done = true;
    }
    return nullptr;
}
Execution *CPUBackend::onCreate(const std::vector<Tensor *> &in, const std::vector<Tensor *> &out, const Op *op) {
    auto found = gCreator->find(op->type());
    return found == gCreator->end() ? nullptr : found->second->onCreate(in, out, op, this);
}
struct Session {
    Op op;
    std::string input, output;
    std::vector<int> shape;
    Tensor in, out;
    std::map<std::string, Tensor *> ins;
    CPUBackend backend;
    CommandBuffer commands;
    std::unique_ptr<Execution> kernel;
    int status = 1;
};
Interpreter *Interpreter::createFromFile(const char *path) {
    std::ifstream file(path);
    std::string type;
    auto s = new Session;
    int d;
    if (!(file >> type >> s->op.scale >> s->op.unary.operation >> s->input >> s->output)) return nullptr;
    while (file >> d) s->shape.push_back(d);
    s->op.kind = OpType_MAX;
    for (int i = OpType_MIN; i <= OpType_MAX; i++)
        if (type == EnumNameOpType((OpType)i)) s->op.kind = (OpType)i;
    s->ins[s->input] = &s->in;
    auto net = new Interpreter;
    net->only = s;
    return net;
}
Session *Interpreter::createSession(const ScheduleConfig &) { return only; }
const std::map<std::string, Tensor *> &Interpreter::getSessionInputAll(Session *s) const { return s->ins; }
Tensor *Interpreter::getSessionOutput(Session *s, const char *name) { return s->output == name ? &s->out : nullptr; }
void Interpreter::resizeSession(Session *s) {
    std::vector<Tensor *> in = {&s->in}, out = {&s->out};
    GeometryComputer::Context context;
    auto geometry = GeometryComputer::search(s->op.kind, Runtime::Compiler_Loop);
    s->out.resize(s->shape);
    if (geometry) {
        s->commands.order.clear();
        s->status = geometry->onCompute(&s->op, in, out, context, s->commands) ? 0 : 1;
        return;
    }
    s->kernel.reset(s->backend.onCreate(in, out, &s->op));
    s->status = s->kernel && s->kernel->onResize(in, out) == NO_ERROR ? 0 : 1;
}
bool Interpreter::getSessionInfo(Session *s, SessionInfoCode, void *to) {
    *(int *)to = s->status;
    return true;
}
ErrorCode Interpreter::runSession(Session *s) const {
    if (s->kernel) return s->kernel->onExecute({&s->in}, {&s->out});
    for (size_t i = 0; i < s->commands.order.size(); i++) s->out.data[i] = s->in.data[s->commands.order[i]];
    return NO_ERROR;
}
} // namespace MNN
