/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of a file with a caret below it. */
#ifndef NETD_BASE_EXCERPT_H
#define NETD_BASE_EXCERPT_H

#include "base/error.h"
#include "base/str.h"

/* How an excerpt is set: what stands around the caret ("" or escape sequences). */
struct netd_excerpt_style {
	const char *caret_on, *caret_off;
};

/* Appends @line and the caret at @place, each indented by four blanks. */
void netd_render_excerpt(const char *line, struct netd_place place,
			 const struct netd_excerpt_style *style, struct netd_str *out);

#endif
