// SPDX-License-Identifier: GPL-2.0-or-later
/* Growing arrays: a pointer and a count side by side; the capacity follows from the
 * count. */
#include "base/array.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/*
 * The capacity is the least power of two that holds @count items.  Most arrays have one
 * or two: of a lab's hundreds of namespaces, each has a few large structs.
 */
static bool is_full(size_t count)
{
	return (count & (count - 1)) == 0;
}

void *netd_array_add_(void **items, size_t *count, size_t size)
{
	char *item;

	if (is_full(*count)) {
		size_t capacity = netd_max(*count * 2, 1);
		void *grown;

		if (capacity > SIZE_MAX / size)
			return NULL;
		grown = realloc(*items, capacity * size);
		if (!grown)
			return NULL;
		*items = grown;
	}
	item = (char *)*items + *count * size;
	memset(item, 0, size);
	++*count;
	return item;
}

void netd_array_sort(void *items, size_t count, size_t size,
		     int (*compare)(const void *a, const void *b))
{
	const char *item = items;

	for (size_t i = 1; i < count; i++, item += size) {
		if (compare(item, item + size) > 0) {
			qsort(items, count, size, compare);
			return;
		}
	}
}
