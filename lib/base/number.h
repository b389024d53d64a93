/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decimal numbers as people write them. */
#ifndef NETD_BASE_NUMBER_H
#define NETD_BASE_NUMBER_H

/*
 * A decimal number of at most @max, without sign or leading zero and with nothing behind
 * it.  0, -EINVAL if it is none, -ERANGE if it is larger; *@out only on success.
 */
int netd_parse_number(const char *text, unsigned long max, unsigned long *out);

#endif
