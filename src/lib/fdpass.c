#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "fdpass.h"

union control {
	char space[CMSG_SPACE(FDPASS_MOST * sizeof(int))];
	struct cmsghdr align;
};

int
fdpass_send(int sock, const void *data, size_t len, const int *fds, int n)
{
	size_t bytes = (size_t)n * sizeof(*fds);
	union control u = {{0}};
	struct iovec iov = {(void *)(uintptr_t)data, len};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = u.space,
	    .msg_controllen = CMSG_SPACE(bytes)};

	u.align.cmsg_level = SOL_SOCKET;
	u.align.cmsg_type = SCM_RIGHTS;
	u.align.cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(&u.align), fds, bytes);
	return sendmsg(sock, &m, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

ssize_t
fdpass_receive(int sock, void *data, size_t len, int *fds, int n)
{
	size_t bytes = (size_t)n * sizeof(*fds);
	union control u;
	struct iovec iov = {data, len};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = u.space,
	    .msg_controllen = sizeof(u.space)};
	ssize_t got = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(bytes))
		return -1;
	memcpy(fds, CMSG_DATA(c), bytes);
	return got;
}
