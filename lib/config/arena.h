/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is allocated in small pieces and freed all at once. */
#ifndef NETD_CONFIG_ARENA_H
#define NETD_CONFIG_ARENA_H

#include <stddef.h>

struct netd_arena_block;

/* A zeroed struct is an empty arena. */
struct netd_arena {
	struct netd_arena_block *block;
	size_t used;
};

/* @size bytes, not zeroed, aligned for a pointer; NULL on lack of memory. */
void *netd_arena_get(struct netd_arena *a, size_t size);

/* A NUL-terminated copy of @length bytes. */
char *netd_arena_text(struct netd_arena *a, const char *text, size_t length);

void netd_arena_done(struct netd_arena *a);

#endif
