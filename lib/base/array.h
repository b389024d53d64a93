/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing arrays: a pointer and a count side by side; the capacity follows from the
 * count. */
#ifndef NETD_BASE_ARRAY_H
#define NETD_BASE_ARRAY_H

#include <stddef.h>

/*
 * Makes room for one more item of @size bytes at the end of the array whose pointer is at
 * @items and whose length is *@count, zeroes it, and returns it.  NULL if memory ran out;
 * the array is unchanged then.  The capacity is read off the count (1, 2, 4, 8, …), so an
 * array may lose items at its end (lower the count) only if it does not grow again.
 * Free it with free().
 */
void *netd_array_add_(void **items, size_t *count, size_t size);
#define netd_array_add(items, count, size) netd_array_add_((void **)(items), count, size)

/* qsort(3), but for a glance only if they are in order already, as long lists often are.
 */
void netd_array_sort(void *items, size_t count, size_t size,
		     int (*compare)(const void *a, const void *b));

#define NETD_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
