/*
 * The least time a task can take on a device, from what make calibrate found.
 */
#ifndef ROOFLINE_H
#define ROOFLINE_H

#include "json.h"

/* the device's calibration, or NULL if there is none; kept, do not delete */
const cJSON *roofline_load(const char *device);

/*
 * {"floor_ns":x,"roof":"compute"|"memory"} of a task with so many threads, or
 * NULL if the device was never calibrated.  A convolution may do a quarter of
 * its multiply-adds (Winograd); operators that need not look at all of their
 * inputs are only charged for their outputs.
 */
cJSON *roofline_floor(const cJSON *device, const cJSON *task, int threads);

#endif
