// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a field is as it is when a file does not mention it. */
#include <string.h>

#include "model/field.h"

/* @own: what NETD_OWN_NAME means. */
typedef bool is_set(const struct netd_field *field, const void *object, const char *own);

static bool bytes_set(const struct netd_field *field, const void *object, const char *own)
{
	const char *at = netd_field_at(field, object);

	(void)own;
	for (size_t i = 0; i < field->size; i++)
		if (at[i])
			return true;
	return false;
}

static bool text_set(const struct netd_field *field, const void *object, const char *own)
{
	const char *text = netd_field_at(field, object);

	return *text && !((field->flags & NETD_OWN_NAME) && strcmp(text, own) == 0);
}

static bool optional_set(const struct netd_field *field, const void *object,
			 const char *own)
{
	(void)own;
	return *(bool *)netd_field_beside(field, object);
}

static bool pair_set(const struct netd_field *field, const void *object, const char *own)
{
	const struct netd_addr *addrs = netd_field_at(field, object);
	const bool *chosen = netd_field_beside(field, object);

	(void)own;
	return (addrs[0].family && !chosen[0]) || (addrs[1].family && !chosen[1]);
}

static bool part_set(const struct netd_field *field, const void *object, const char *own)
{
	(void)own;
	return netd_object_is_set(field->object, netd_field_at(field, object));
}

static bool service_set(const struct netd_field *field, const void *object,
			const char *own)
{
	if (field->beside)
		return optional_set(field, object, own);
	return *(bool *)netd_field_at(field, object);
}

static bool always(const struct netd_field *field, const void *object, const char *own)
{
	(void)field;
	(void)object;
	(void)own;
	return true;
}

static bool nodes_set(const struct netd_field *field, const void *object, const char *own)
{
	const struct netd_topology *t = object;

	(void)own;
	for (size_t i = 0; i < t->node_count; i++)
		if (t->nodes[i].kind == field->min)
			return true;
	return false;
}

/* A list whose items were all chosen by the check is as good as none. */
static bool list_set(const struct netd_field *field, const void *object, const char *own)
{
	size_t count;
	const char *items = netd_field_items(field, object, &count);

	(void)own;
	for (size_t i = 0; i < count; i++)
		if (!field->object ||
		    !netd_object_is_chosen(field->object, items + i * field->size))
			return true;
	return false;
}

/* Those that are not here are set if any of their bytes is. */
static is_set *const tests[] = {
	[NETD_TYPE_TEXT] = text_set,	     [NETD_TYPE_USER] = optional_set,
	[NETD_TYPE_GROUP] = optional_set,    [NETD_TYPE_MAC] = optional_set,
	[NETD_TYPE_ADDRESS_PAIR] = pair_set, [NETD_TYPE_SUBNET] = always,
	[NETD_TYPE_PART] = part_set,	     [NETD_TYPE_SERVICE] = service_set,
	[NETD_TYPE_ENDS] = always,	     [NETD_TYPE_NODES] = nodes_set,
	[NETD_TYPE_PREFIXES] = list_set,     [NETD_TYPE_PLACES] = list_set,
	[NETD_TYPE_LIST] = list_set,	     [NETD_TYPE_MAP] = list_set,
	[NETD_TYPE_RECORDS] = list_set,	     [NETD_TYPE_ALL_NODES] = list_set,
};

bool netd_field_is_set(const struct netd_field *field, const void *object,
		       const char *own)
{
	is_set *test = tests[field->type];

	if (field->none && *((const bool *)object + field->none))
		return true;
	if (!test)
		test = bytes_set;
	return test(field, object, own);
}

bool netd_object_is_chosen(const struct netd_object *o, const void *data)
{
	return o->chosen && *((const bool *)data + o->chosen);
}

bool netd_object_is_set(const struct netd_object *o, const void *data)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->fields[i].name && !o->fields[i].refused &&
		    netd_field_is_set(&o->fields[i], data, ""))
			return true;
	return false;
}
