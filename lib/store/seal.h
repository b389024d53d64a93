/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first line of a state file: its format's version, and how long it is. */
#ifndef NETD_STORE_SEAL_H
#define NETD_STORE_SEAL_H

#include <stddef.h>
#include <sys/uio.h>

/*
 * "# netd state 2, at least 0000001234 bytes, sum 0123456789abcdef\n", a comment to
 * everybody else.  The bytes are those behind it, the sum is theirs.  More may be there:
 * what is appended in one write is whole by itself.  Fewer mean that the end is missing,
 * which would else read as a topology that has lost some of its objects.
 *
 * The sum is against accidents, not against people: whoever can write there is root.
 */
#define NETD_SEAL_SIZE 64

/* Writes the line for the text that the @count parts make, and a NUL behind it. */
void netd_seal_write(char out[NETD_SEAL_SIZE + 1], const struct iovec *parts, int count);

/*
 * The same for @text, which @seal is in front of, with @added behind it.  What @seal
 * covers is not read once more: if it is damaged, it is not what @out is for, either.
 * -EINVAL: @seal is none.
 */
int netd_seal_extend(const char *seal, const struct iovec *text,
		     const struct iovec *added, char out[NETD_SEAL_SIZE + 1]);

/* NULL if @text of @length bytes is whole and of our version; else what is wrong. */
const char *netd_seal_problem(const char *text, size_t length);

/* The same, but for the sum, which costs as much as the file is long. */
const char *netd_seal_head_problem(const char *text, size_t length);

#endif
