#ifndef KERNEL_H
#define KERNEL_H

#define DEFAULT_ALPHA 0.01f

#endif
