/* The benchmark's twelve categories of operators. */
#ifndef CATEGORY_H
#define CATEGORY_H

/* of an ONNX operator; "others" if it is in none of the eleven others */
const char *category_of(const char *op);

#endif
