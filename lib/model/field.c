// SPDX-License-Identifier: GPL-2.0-or-later
/* Walks over tables of fields: objects compared, copied, freed, their places forgotten.
 */
#include "model/field.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct netd_field *netd_field_find(const struct netd_object *o, const char *name)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->fields[i].name && strcmp(o->fields[i].name, name) == 0)
			return &o->fields[i];
	return NULL;
}

void *netd_field_items(const struct netd_field *field, const void *object, size_t *count)
{
	void *at = netd_field_at(field, object);

	*count = 0;
	if (netd_field_is_list(field)) {
		*count = *(size_t *)netd_field_beside(field, object);
		return *(void **)at;
	}
	if (field->type == NETD_TYPE_PART || field->type == NETD_TYPE_SERVICE)
		*count = 1;
	if (field->type == NETD_TYPE_ENDS)
		*count = 2;
	return at;
}

/* The @i-th of @items. */
static void *item_at(const struct netd_field *field, const void *items, size_t i)
{
	return (char *)(uintptr_t)items + i * field->size;
}

/*
 * Compared
 */

typedef bool same(const struct netd_field *field, const void *a, const void *b);

static bool same_text(const struct netd_field *field, const void *a, const void *b)
{
	return strcmp(netd_field_at(field, a), netd_field_at(field, b)) == 0;
}

static bool same_bytes(const struct netd_field *field, const void *a, const void *b)
{
	return memcmp(netd_field_at(field, a), netd_field_at(field, b), field->size) == 0;
}

/* A value that counts if the bool beside it says so. */
static bool same_optional(const struct netd_field *field, const void *a, const void *b)
{
	bool has_a = *(bool *)netd_field_beside(field, a);
	bool has_b = *(bool *)netd_field_beside(field, b);

	return has_a == has_b && (!has_a || same_bytes(field, a, b));
}

/* One address, a range of two, or a pair of either. */
static bool same_addresses(const struct netd_field *field, const void *a, const void *b)
{
	const struct netd_addr *x = netd_field_at(field, a), *y = netd_field_at(field, b);

	for (size_t i = 0; i < field->size / sizeof(*x); i++)
		if (netd_addr_compare(&x[i], &y[i]) != 0)
			return false;
	return true;
}

static bool same_server(const struct netd_field *field, const void *a, const void *b)
{
	return same_addresses(field, a, b) &&
	       *(uint16_t *)netd_field_beside(field, a) ==
		       *(uint16_t *)netd_field_beside(field, b);
}

static bool same_subnet(const struct netd_field *field, const void *a, const void *b)
{
	return netd_prefix_compare(netd_field_at(field, a), netd_field_at(field, b)) == 0;
}

static bool same_prefixes(const struct netd_field *field, const void *a, const void *b)
{
	size_t count_a, count_b;
	const struct netd_prefix *x = netd_field_items(field, a, &count_a);
	const struct netd_prefix *y = netd_field_items(field, b, &count_b);

	for (size_t i = 0; i < count_a && count_a == count_b; i++)
		if (netd_prefix_compare(&x[i], &y[i]) != 0)
			return false;
	return count_a == count_b;
}

static bool same_objects(const struct netd_field *field, const void *a, const void *b)
{
	size_t count_a, count_b;
	const void *x = netd_field_items(field, a, &count_a);
	const void *y = netd_field_items(field, b, &count_b);

	for (size_t i = 0; i < count_a && count_a == count_b; i++)
		if (!netd_object_equal(field->object, item_at(field, x, i),
				       item_at(field, y, i)))
			return false;
	return count_a == count_b;
}

static bool same_ends(const struct netd_field *field, const void *a, const void *b)
{
	return *(unsigned *)netd_field_beside(field, a) ==
		       *(unsigned *)netd_field_beside(field, b) &&
	       same_objects(field, a, b);
}

/* The first node of that kind from @i on; node_count if there is none. */
static size_t next_node(const struct netd_topology *t, size_t i, unsigned kind)
{
	while (i < t->node_count && t->nodes[i].kind != kind)
		i++;
	return i;
}

/* A file has its routers and its hosts apart: their order among each other is nothing. */
static bool same_nodes(const struct netd_field *field, const void *a, const void *b)
{
	const struct netd_topology *x = a, *y = b;
	size_t i = next_node(x, 0, field->min), k = next_node(y, 0, field->min);

	while (i < x->node_count && k < y->node_count) {
		if (!netd_object_equal(field->object, &x->nodes[i], &y->nodes[k]))
			return false;
		i = next_node(x, i + 1, field->min);
		k = next_node(y, k + 1, field->min);
	}
	return i == x->node_count && k == y->node_count;
}

static same *const comparisons[] = {
	[NETD_TYPE_TEXT] = same_text,
	[NETD_TYPE_BOOL] = same_bytes,
	[NETD_TYPE_NOT] = same_bytes,
	[NETD_TYPE_NUMBER] = same_bytes,
	[NETD_TYPE_MASK] = same_bytes,
	[NETD_TYPE_CHOICE] = same_bytes,
	[NETD_TYPE_USER] = same_optional,
	[NETD_TYPE_GROUP] = same_optional,
	[NETD_TYPE_DURATION] = same_bytes,
	[NETD_TYPE_PORTS] = same_bytes,
	[NETD_TYPE_PROTOCOLS] = same_bytes,
	[NETD_TYPE_MAC] = same_optional,
	[NETD_TYPE_ADDRESS] = same_addresses,
	[NETD_TYPE_SUBNET] = same_subnet,
	[NETD_TYPE_RANGE] = same_addresses,
	[NETD_TYPE_ADDRESS_PAIR] = same_addresses,
	[NETD_TYPE_RANGE_PAIR] = same_addresses,
	[NETD_TYPE_SERVER] = same_server,
	[NETD_TYPE_LISTEN] = same_addresses,
	[NETD_TYPE_TARGET] = same_addresses,
	[NETD_TYPE_PART] = same_objects,
	[NETD_TYPE_SERVICE] = same_objects,
	[NETD_TYPE_ENDS] = same_ends,
	[NETD_TYPE_NODES] = same_nodes,
	[NETD_TYPE_PREFIXES] = same_prefixes,
	[NETD_TYPE_PLACES] = NULL,
	[NETD_TYPE_LIST] = same_objects,
	[NETD_TYPE_MAP] = same_objects,
	[NETD_TYPE_RECORDS] = same_objects,
	[NETD_TYPE_ALL_NODES] = NULL,
};

static bool same_none(const struct netd_field *field, const void *a, const void *b)
{
	return !field->none ||
	       *((const bool *)a + field->none) == *((const bool *)b + field->none);
}

bool netd_object_equal(const struct netd_object *o, const void *a, const void *b)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct netd_field *field = &o->fields[i];
		same *compare = comparisons[field->type];

		if (field->refused || !compare)
			continue;
		if (!compare(field, a, b) || !same_none(field, a, b))
			return false;
	}
	return true;
}

/*
 * Freed
 */

static void free_items(const struct netd_field *field, void *object)
{
	size_t count;
	void *items = netd_field_items(field, object, &count);

	for (size_t i = 0; i < count && field->object; i++)
		netd_object_done(field->object, item_at(field, items, i));
	if (netd_field_is_list(field))
		free(items);
}

void netd_object_done(const struct netd_object *o, void *data)
{
	for (size_t i = 0; i < o->count; i++)
		free_items(&o->fields[i], data);
	memset(data, 0, o->size);
}

void netd_field_clear(const struct netd_field *field, void *object)
{
	static const struct netd_place nowhere;

	free_items(field, object);
	if (netd_field_is_list(field)) {
		*(void **)netd_field_at(field, object) = NULL;
		*(size_t *)netd_field_beside(field, object) = 0;
	} else {
		memset(netd_field_at(field, object), 0, field->size);
	}
	if (comparisons[field->type] == same_optional)
		*(bool *)netd_field_beside(field, object) = false;
	if (field->type == NETD_TYPE_PREFIXES)
		netd_field_clear(field + 1, object);
	if (field->none)
		*((bool *)object + field->none) = false;
	if (field->place)
		memcpy((char *)object + field->place, &nowhere, sizeof(nowhere));
}

/*
 * Copied
 */

/* Clears the lists that @data, a copy of an object's bytes, shares with the object. */
static void detach(const struct netd_object *o, void *data)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct netd_field *field = &o->fields[i];
		size_t count;
		void *items = netd_field_items(field, data, &count);

		if (netd_field_is_list(field)) {
			*(void **)netd_field_at(field, data) = NULL;
			*(size_t *)netd_field_beside(field, data) = 0;
			continue;
		}
		for (size_t k = 0; k < count; k++)
			detach(field->object, item_at(field, items, k));
	}
}

/* A copy of the items' bytes, with the capacity that netd_array_add() reads off @count.
 */
static void *duplicate(const void *items, size_t count, size_t size)
{
	size_t capacity = 1;
	void *copy;

	while (capacity < count)
		capacity *= 2;
	copy = calloc(capacity, size);
	if (copy)
		memcpy(copy, items, count * size);
	return copy;
}

static int copy_list(const struct netd_field *field, void *to, const void *from)
{
	size_t count;
	const void *items = netd_field_items(field, from, &count);
	void *copy;

	if (count == 0)
		return 0;
	copy = duplicate(items, count, field->size);
	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < count && field->object; i++)
		detach(field->object, item_at(field, copy, i));
	*(void **)netd_field_at(field, to) = copy;
	*(size_t *)netd_field_beside(field, to) = count;
	return 0;
}

/* Copies what @to, whose lists are empty, lacks of @from. */
static int copy_lists(const struct netd_object *o, void *to, const void *from)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct netd_field *field = &o->fields[i];
		size_t count;
		const void *items = netd_field_items(field, from, &count);
		void *copies;

		if (netd_field_is_list(field) && copy_list(field, to, from) < 0)
			return -ENOMEM;
		copies = netd_field_items(field, to, &count);
		for (size_t k = 0; k < count && field->object; k++)
			if (copy_lists(field->object, item_at(field, copies, k),
				       item_at(field, items, k)) < 0)
				return -ENOMEM;
	}
	return 0;
}

int netd_object_copy(const struct netd_object *o, void *to, const void *from)
{
	memcpy(to, from, o->size);
	detach(o, to);
	if (copy_lists(o, to, from) < 0) {
		netd_object_done(o, to);
		return -ENOMEM;
	}
	return 0;
}

/*
 * Places
 */

static void forget(void *data, size_t offset, size_t count)
{
	if (offset)
		memset((char *)data + offset, 0, count * sizeof(struct netd_place));
}

static void forget_field(const struct netd_field *field, void *data)
{
	size_t count, places = 1;
	void *items = netd_field_items(field, data, &count);

	if (field->type == NETD_TYPE_ADDRESS_PAIR || field->type == NETD_TYPE_RANGE_PAIR)
		places = 2;
	forget(data, field->place, places);
	if (field->type == NETD_TYPE_PLACES && count)
		memset(items, 0, count * field->size);
	for (size_t i = 0; i < count && field->object; i++)
		netd_object_forget_places(field->object, item_at(field, items, i));
}

void netd_object_forget_places(const struct netd_object *o, void *data)
{
	forget(data, o->place, 1);
	for (size_t i = 0; i < o->count; i++)
		forget_field(&o->fields[i], data);
}
