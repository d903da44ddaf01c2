/*
 * Open files sent from process to process with some bytes, over a Unix socket
 * (unix(7), SCM_RIGHTS).  Needs libc alone: programs of a device link it.
 */
#ifndef FDPASS_H
#define FDPASS_H

#include <stddef.h>
#include <sys/types.h>

#define FDPASS_MOST 16 /* files of a message */

/* send len bytes and n files, from one to the most, as one message; they stay
   the caller's; -1 with errno */
int fdpass_send(int sock, const void *data, size_t len, const int *fds, int n);

/* receive a message of up to len bytes with n files, close-on-exec and now the
   caller's: its bytes; -1 if it does not come or has not these files */
ssize_t fdpass_receive(int sock, void *data, size_t len, int *fds, int n);

#endif
