/*
 * What a library's hottest-looking function is made of, by its disassembly.
 */
#ifndef DISASM_H
#define DISASM_H

#include "util.h"

/*
 * Append a line that names the function of the library at path with the most
 * floating-point and vector instructions, and counts them by kind.  objdump
 * (the program for its architecture) runs in the sandbox, as the library is a
 * stranger's.  Nothing is appended if objdump, the library or such a function
 * is not there.
 */
void disasm_mix(struct buf *b, const char *objdump, const char *path);

#endif
