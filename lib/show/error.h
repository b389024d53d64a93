/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Problems as people and programs read them. */
#ifndef NETD_SHOW_ERROR_H
#define NETD_SHOW_ERROR_H

#include <stdbool.h>

struct netd_error;
struct netd_str;

/*
 * Appends every problem: "FILE:LINE:COLUMN: error: TEXT", the line and a caret if there
 * is one, the kernel's words, the hint.  Control characters and what is not UTF-8 are
 * replaced, so the text is safe on a terminal; @color adds escape sequences.
 */
void netd_render_error(const struct netd_error *err, bool color, struct netd_str *out);

/*
 * Appends {"errors": [{"code": "EINVAL", "message", "file", "line", "column", "hint",
 * "kernel"}]}; what is not known is null.
 */
void netd_render_error_json(const struct netd_error *err, struct netd_str *out);

/*
 * The same for what is no error: "note: TEXT" and the hint, and {"notes": [{"message",
 * "hint"}]}.  Nothing at all is appended if there are none.
 */
void netd_render_notes(const struct netd_error *notes, bool color, struct netd_str *out);
void netd_render_notes_json(const struct netd_error *notes, struct netd_str *out);

#endif
