/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that is safe on a terminal. */
#ifndef NETD_BASE_SAFE_H
#define NETD_BASE_SAFE_H

#include <stddef.h>

struct netd_str;

/* Appends @text as it may go to a terminal: on one line, no controls, valid UTF-8. */
void netd_render_safe(const char *text, struct netd_str *out);
void netd_render_safe_bytes(const char *text, size_t length, struct netd_str *out);

#endif
