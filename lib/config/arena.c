// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that is allocated in small pieces and freed all at once. */
#include "config/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)256 * 1024)

struct netd_arena_block {
	struct netd_arena_block *next;
	size_t size;
	max_align_t data[];
};

void *netd_arena_get(struct netd_arena *a, size_t size)
{
	struct netd_arena_block *block;
	char *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	if (!a->block || a->block->size - a->used < size) {
		size_t room = size > BLOCK ? size : BLOCK;

		block = malloc(sizeof(*block) + room);
		if (!block)
			return NULL;
		block->next = a->block;
		block->size = room;
		a->block = block;
		a->used = 0;
	}
	p = (char *)a->block->data + a->used;
	a->used += size;
	return p;
}

char *netd_arena_text(struct netd_arena *a, const char *text, size_t length)
{
	char *copy = netd_arena_get(a, length + 1);

	if (copy) {
		memcpy(copy, text, length);
		copy[length] = '\0';
	}
	return copy;
}

void netd_arena_done(struct netd_arena *a)
{
	while (a->block) {
		struct netd_arena_block *next = a->block->next;

		free(a->block);
		a->block = next;
	}
	a->used = 0;
}
