/*
 * Where kernels run: this machine, a host behind ssh, an Android device behind
 * adb, or a pool of them; mkbench-devices(5) has the file.
 *
 * Whoever opens a device has it alone: by a lock of this machine, and, where it
 * is not this machine, by its word that nobody else is at work there.  What
 * does not answer is asked again for as long as its file says; then the program
 * ends with status 75 and one line, 69 if asking again is of no use.  Files
 * reach a device once: they are known there by their content.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "json.h"

struct device;

/* the device's file by its name, or status 65 or 69; the caller's */
cJSON *device_load(const char *name);

/*
 * The device of a file (which stays the caller's and lives as long).  Of a
 * pool, the first member that is free and there.  shared: do not take the lock,
 * where this is the machine itself.
 */
struct device *device_open(const cJSON *file, int shared);
/* have it alone from now on, and no more compilers beside than may be while
   something is measured, if it is this machine */
void device_take(struct device *d);
/* this machine, if it is that, may be had by others again */
void device_share(struct device *d);
/* put back what was prepared, release it */
void device_close(struct device *d);

/* its own file: of a pool, the member's */
const cJSON *device_file(const struct device *d);
/* is it another machine? */
int device_remote(const struct device *d);
/* its directory there, absolute; NULL for this machine */
const char *device_root(const struct device *d);
/* can the device of a file get lost, being another machine or a pool? */
int device_canbelost(const cJSON *file);

/*
 * The thermal gate, then what prepares a measurement: status 75 if it stays too
 * hot.
 */
void device_prepare(struct device *d);
/*
 * What it is and how it stands: {"arch":..,"kernel":..,"cpus":n,"member":..,
 * "prepared":[..],"facts":{..}}; the facts are asked for now.
 */
cJSON *device_facts(struct device *d);

/* the compiler's word for what it runs, never "native" */
const char *device_arch(const struct device *d);
/* and for what it is, where it emulates that */
const char *device_machine(const struct device *d);

/*
 * The path of a file on the device, in a directory with the libraries named and
 * those that the device's file adds if libraries is not NULL: strings, relative
 * to the project's root, in which {arch} stands for device_arch.  They are sent
 * if that content is not there yet.  once: nobody will ask for it again.  The
 * caller frees the path.  On this machine it is the file itself.
 */
char *device_place(
    struct device *d, const char *file, const cJSON *libraries, int once);

/* the words before a runner's path (on the device), {dir} in them being its
   directory; NULL or owned by the caller */
cJSON *device_via(const struct device *d, const char *runner);

/*
 * The command that runs program (a path on the device) with what carries it
 * there before it; stdin and stdout are carried byte by byte.  Valid until the
 * next call; ends in NULL.
 */
const char *const *device_command(
    struct device *d, const char *const *argv, size_t n);
/*
 * Run a script by the device's shell: its exit status, -1 if it was killed;
 * what it printed, errors too, is added to out.
 */
int device_shell(struct device *d, const char *script, struct buf *out);
/* one look: 0 if it answers now */
int device_alive(struct device *d);
/* status 75 and the line that says so */
_Noreturn void device_lost(struct device *d, const char *when);

/* did the device's own program end with that status, or what carries it? */
int device_carried(const struct device *d, int status);

#endif
