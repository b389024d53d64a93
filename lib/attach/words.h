/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A failure of the hot path in words: what, where, what to do. */
#ifndef NETD_ATTACH_WORDS_H
#define NETD_ATTACH_WORDS_H

#include "attach/attach.h"

/* Who is meant; NULL where there is none. */
struct netd_attach_names {
	const char *port;
	const char *bridge;
	const char *network;
	const char *running; /* the running networks, for NETD_ATTACH_NETWORK */
};

struct netd_attach_words {
	char text[512]; /* what failed */
	char hint[512]; /* what to do; "" if there is nothing to advise */
};

void netd_attach_word(const struct netd_attach_failure *f,
		      const struct netd_attach_names *names,
		      struct netd_attach_words *out);

#endif
