/*
 * The two ways of MNN to run a model, chosen by what the model holds: a session
 * (mnn.cpp), and a module (mnn-module.cpp) for one with loops of subgraphs,
 * which a session does not run.  A tree without modules has the first alone.
 */
#ifndef RUNNER_MNN_H
#define RUNNER_MNN_H

#include <MNN/Interpreter.hpp>

#include "runner.h"

/* does the model hold subgraphs? */
bool mnn_loops(const char *model) __attribute__((weak));
extern const struct engine mnn_module __attribute__((weak));

/* the backend's settings, the same for every arm and way */
void mnn_settings(const struct job *job, MNN::ScheduleConfig *config,
    MNN::BackendConfig *backend);

/* between ONNX's element type and MNN's, n elements; -1 after a line on stderr
   that names the tensor if their number or type does not fit */
int mnn_put(void *to, halide_type_t type, size_t n, const struct io *from);
int mnn_take(
    const struct io *to, const void *from, halide_type_t type, size_t n);

#endif
