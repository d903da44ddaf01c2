/*
 * The frame of a stage: records in, the same records with one key more out.
 */
#ifndef STAGE_H
#define STAGE_H

#include "json.h"

/*
 * Read every record of the files (NULL-terminated; "-" or none at all: stdin),
 * let fn change it in place, and write it as one line: to stdout as it comes,
 * or, with out, to that file by rename once all is done.  Exits 65 on bad
 * input, 74 if the output cannot be written.
 */
void stage_each(const char *out, char *const *files, void (*fn)(cJSON *record));

/*
 * From now on: if this process exits with another status than 0 while it is to
 * make the file out, NAME.json, the file NAME.failed beside it tells the status
 * (and that it waits for a batch), for bin/status; if it exits with 0, that
 * file goes.  Only in a run (MKBENCH_NOTES is set) and where out is not NULL;
 * stage_each does this itself.
 */
void stage_note(const char *out);

/* a good end at once, after stage_each: what libraries would do at exit takes
   longer than to leave it to the system */
_Noreturn void stage_end(void);

/* the file rootdir()/dir/NAME.json, or NAME itself if it has a '/' or ends in
   .json; status 69 with the names that exist if there is none.  what is the
   word for the message: "engine", "device", "model". */
cJSON *stage_config(const char *what, const char *dir, const char *name);

/* keep only the members named (NULL-terminated) of an object */
void stage_keep(cJSON *object, const char *const *keys);

/* "NAME VERSION" on stdout, for --version; version counts changes of what the
   stage means, not of the program */
_Noreturn void stage_version(int version);

#endif
