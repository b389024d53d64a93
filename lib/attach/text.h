/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small configuration files, line by line, without a copy of anything. */
#ifndef NETD_ATTACH_TEXT_H
#define NETD_ATTACH_TEXT_H

#include <stddef.h>
#include <sys/types.h>

/* A piece of a text; not NUL-terminated. */
struct netd_text {
	const char *at;
	size_t length;
};

/* Without blanks (space, tab, CR, VT, FF) at both ends. */
struct netd_text netd_text_trim(struct netd_text t);
int netd_text_is(struct netd_text t, const char *word);

/* Takes the next line off @rest, trimmed; 0 if there is none left. */
int netd_text_line(struct netd_text *rest, struct netd_text *line);
/* Takes the first word off @line; what is left of it is trimmed. */
struct netd_text netd_text_word(struct netd_text *line);

/*
 * Reads the regular file @path into @out.  The length, or -errno; -EFBIG: more than
 * @size bytes; -EINVAL: not a regular file; -EPERM: somebody else than root and @user can
 * change what is read there (base/trust.h).
 */
long netd_text_read(const char *path, uid_t user, char *out, size_t size);

#endif
