/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which network a tap belongs to: by the hook's name, or by netd.conf. */
#ifndef NETD_ATTACH_CHOOSE_H
#define NETD_ATTACH_CHOOSE_H

#include <stddef.h>

enum netd_hook { NETD_HOOK_NONE, NETD_HOOK_UP, NETD_HOOK_DOWN };

/*
 * What a program called @argv0 is to do.  *@network points at the part of it behind
 * "qemu-ifup-" or "qemu-ifdown-", NULL if there is none.
 */
enum netd_hook netd_hook_parse(const char *argv0, const char **network);

/* What netd.conf says about one port.  Pointers go into the text that was parsed. */
struct netd_choice {
	const char *network; /* NULL: nothing */
	size_t length;
	unsigned line; /* of the mistake, if there was one */
};

/*
 * Reads netd.conf: `key = value` lines, # comments.  0, or -EINVAL with choice->line set.
 *	ports = vm*:mybr0		taps called vm… belong to mybr0; the first match
 *counts default_network = mybr0		all others Other keys belong to other
 *programs and are skipped.
 */
int netd_choice_parse(struct netd_choice *choice, const char *text, size_t length,
		      const char *port);

/* Shell-like match: * any number of characters, ? one.  @pattern has @length bytes. */
int netd_choice_match(const char *pattern, size_t length, const char *name);

#endif
