/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line in or out of a topology file as netd_config_write() makes it, without parsing
 * it. */
#ifndef NETD_EDIT_SPLICE_H
#define NETD_EDIT_SPLICE_H

#include "base/str.h"
#include "model/topology.h"

/*
 * A topology of ten thousand forwards is one of a few lines once they are left out.
 * Adding one more must not cost what reading the others does, so it is done on the text:
 * the writer puts every forward on a line of its own, and that is all this relies upon.
 */

/* Appends @text without its forwards. */
void netd_config_strip_forwards(const char *text, struct netd_str *out);

/*
 * The offset in @text behind the last forward of @network, where
 * netd_config_forward_line() can be put.  -EAGAIN if that network has no forwards yet, or
 * the text is not as the writer makes it.
 */
int netd_config_forward_offset(const char *text, const char *network, size_t *offset);

/* Appends the line of @f; -ENOMEM. */
int netd_config_forward_line(const struct netd_forward *f, struct netd_str *out);

#endif
