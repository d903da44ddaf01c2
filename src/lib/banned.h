/*
 * Functions that have no bound, made compile errors.  Included by util.h after
 * the system's headers.
 */
#ifndef BANNED_H
#define BANNED_H

#include <stdio.h>
#include <string.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gets
#define strcpy(d, s) banned_strcpy_use_snprintf
#define strcat(d, s) banned_strcat_use_snprintf
#define strncpy(d, s, n) banned_strncpy_use_memcpy
#define strncat(d, s, n) banned_strncat_use_snprintf
#define sprintf(...) banned_sprintf_use_snprintf
#define vsprintf(...) banned_vsprintf_use_vsnprintf
#define strtok(s, d) banned_strtok_use_strcspn
#define gets(s) banned_gets

#endif
