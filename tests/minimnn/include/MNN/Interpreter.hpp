#ifndef MINI_INTERPRETER_HPP
#define MINI_INTERPRETER_HPP
#include <map>
#include <string>
#include "MNN_generated.h"
#include "core/Execution.hpp"
#include <MNN/MNNDefine.h>
namespace MNN {
struct BackendConfig {
    enum PrecisionMode { Precision_High } precision;
};
struct ScheduleConfig {
    MNNForwardType type;
    int numThread;
    BackendConfig *backendConfig;
};
struct Session;
class Interpreter {
public:
    enum SessionMode { Session_Release, Session_Resize_Defer };
    enum SessionInfoCode { RESIZE_STATUS };
    static Interpreter *createFromFile(const char *path);
    void setSessionMode(SessionMode) {}
    enum HintMode { GEOMETRY_COMPUTE_MASK };
    enum GeometryComputeMask { GEOMETRCOMPUTEMASK_USELOOP = 4, GEOMETRCOMPUTEMASK_ALL = 0xFFFF };
    void setSessionHint(HintMode, int) {}
    Session *createSession(const ScheduleConfig &);
    const std::map<std::string, Tensor *> &getSessionInputAll(Session *) const;
    Tensor *getSessionOutput(Session *, const char *name);
    void resizeTensor(Tensor *t, const std::vector<int> &dims) { t->resize(dims); }
    void resizeSession(Session *);
    bool getSessionInfo(Session *, SessionInfoCode, void *to);
    ErrorCode runSession(Session *) const;
private:
    Session *only;
};
} // namespace MNN
#endif
