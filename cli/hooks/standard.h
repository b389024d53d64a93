/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first three descriptors. */
#ifndef NETD_HOOKS_STANDARD_H
#define NETD_HOOKS_STANDARD_H

/*
 * Opens those of the descriptors 0, 1 and 2 that the caller closed, on /dev/null: else
 * the next socket or tap would get such a number, and messages would be written into it.
 * 0 or -errno.
 */
int open_standard(void);

#endif
