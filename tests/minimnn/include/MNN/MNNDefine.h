// minimnn: an engine of this project's own with the registration shape of MNN's
// CPU backend, its geometry and its converter, for tests without MNN.
#ifndef MINI_DEFINE_H
#define MINI_DEFINE_H
#define MNN_VERSION_MAJOR 0
#define MNN_VERSION_MINOR 0
#define MNN_VERSION_PATCH 1
enum MNNForwardType { MNN_FORWARD_CPU };
#endif
