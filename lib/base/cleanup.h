/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables that free what they own when they leave scope. */
#ifndef NETD_BASE_CLEANUP_H
#define NETD_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void netd_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void netd_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define netd_auto_free __attribute__((cleanup(netd_cleanup_free)))
#define netd_auto_close __attribute__((cleanup(netd_cleanup_close)))
#define netd_auto(done) __attribute__((cleanup(done)))

/* Transfers ownership: returns the pointer and sets the variable to NULL. */
#define netd_take(p)                    \
	({                              \
		typeof(p) taken_ = (p); \
		(p) = NULL;             \
		taken_;                 \
	})

/* The same for a descriptor: the variable is -1 afterwards. */
static inline int netd_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
