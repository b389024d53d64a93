/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time that only goes forward. */
#ifndef NETD_BASE_CLOCK_H
#define NETD_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of CLOCK_MONOTONIC: nobody sets it, and it stops while the host sleeps. */
static inline int64_t netd_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif
