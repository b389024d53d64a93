// SPDX-License-Identifier: GPL-2.0-or-later
/* Readers of what holds objects: parts, services, lists, and maps from names to objects.
 */
#include <errno.h>
#include <string.h>

#include "config/reader.h"

int netd_read_part(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_field *field, void *object)
{
	char *part = netd_field_at(field, object);

	*(struct netd_place *)(void *)(part + field->object->place) = value->place;
	return netd_read_object(r, value, field->object, part);
}

/* true, false, or a mapping, which means true; what it does not name stays. */
int netd_read_service(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_field *field, void *object)
{
	bool *enabled = netd_field_at(field, object);
	struct netd_field word = {field->name, NETD_TYPE_BOOL, .offset = field->offset};
	int result;

	if (value->kind != NETD_YAML_SCALAR || netd_yaml_is_null(value)) {
		*enabled = true;
		result = netd_read_part(r, value, field, object);
	} else {
		result = netd_read_bool(r, value, &word, object);
		if (result >= 0 && !*enabled)
			netd_object_done(field->object, enabled);
	}
	*(struct netd_place *)(void *)((char *)enabled + field->object->place) =
		value->place;
	if (field->beside)
		*(bool *)netd_field_beside(field, object) = true;
	return result;
}

/*
 * Lists
 */

bool netd_read_is_none(const struct netd_yaml *node)
{
	return netd_yaml_is_null(node) ||
	       (node->kind == NETD_YAML_SEQUENCE && !node->first);
}

bool netd_read_says_none(const struct netd_yaml *node)
{
	return node->kind == NETD_YAML_SCALAR && !netd_yaml_is_null(node) &&
	       strcmp(node->text, "none") == 0;
}

static int empty_list(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_field *field)
{
	netd_reader_problem(r, node, "this list is empty");
	if (field->hint)
		netd_error_hint(r->err, "%s", field->hint);
	else
		netd_error_hint(r->err, "name one at least, or leave the key out");
	return -EINVAL;
}

int netd_read_items(struct netd_reader *r, const struct netd_yaml *node,
		    const struct netd_field *field, void *object, netd_read *read)
{
	int result = 0;

	if (node->kind != NETD_YAML_SEQUENCE)
		return read(r, node, field, object);
	if (!node->first)
		return empty_list(r, node, field);
	for (const struct netd_yaml *item = node->first; item && !r->no_memory;
	     item = item->next)
		if (read(r, item, field, object) < 0)
			result = -EINVAL;
	if (r->no_memory)
		return -ENOMEM;
	return result;
}

void *netd_read_add(struct netd_reader *r, const struct netd_field *field, void *object)
{
	void **items = netd_field_at(field, object);
	void *item = netd_array_add(items, (size_t *)netd_field_beside(field, object),
				    field->size);

	if (!item)
		netd_reader_no_memory(r);
	return item;
}

/* The row that a value stands for which is no mapping; NULL if it must be one. */
static const struct netd_field *bare_row(const struct netd_object *o,
					 const struct netd_yaml *value)
{
	if (!o->bare)
		return NULL;
	if (!*o->bare)
		return &o->fields[0];
	if (value->kind == NETD_YAML_MAPPING)
		return NULL;
	return netd_field_find(o, o->bare);
}

/* A list of objects is read item by item; one that cannot be read is left out. */
static int read_item(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_field *field, void *object)
{
	const struct netd_object *o = field->object;
	const struct netd_field *bare = bare_row(o, value);
	_Alignas(max_align_t) char item[NETD_ITEM_MAX];
	void *slot;
	int result;

	memset(item, 0, field->size);
	*(struct netd_place *)(void *)(item + o->place) = value->place;
	if (bare)
		result = netd_read_field(r, value, bare, item);
	else if (value->kind != NETD_YAML_MAPPING && o->example)
		result = netd_reader_problem(r, value, "%s is expected here: %s", o->what,
					     o->example);
	else
		result = netd_read_object(r, value, o, item);
	if (result < 0)
		return result;
	slot = netd_read_add(r, field, object);
	if (!slot)
		return -ENOMEM;
	memcpy(slot, item, field->size);
	return 0;
}

int netd_read_list(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_field *field, void *object)
{
	int result;

	if (!(field->flags & NETD_APPEND))
		netd_field_clear(field, object);
	if (field->none && (netd_read_says_none(value) ||
			    (value->kind == NETD_YAML_SEQUENCE && !value->first))) {
		*((bool *)object + field->none) = true;
		return 0;
	}
	if ((field->flags & NETD_EMPTY_OK) && netd_read_is_none(value))
		return 0;
	if (field->hint && netd_read_is_none(value))
		return empty_list(r, value, field);
	if ((field->flags & NETD_SEQUENCE) && value->kind != NETD_YAML_SEQUENCE)
		return netd_reader_problem(r, value, "\"%s\" is expected to be a list",
					   field->name);
	result = netd_read_items(r, value, field, object, read_item);
	if (r->no_memory)
		return -ENOMEM;
	if (field->flags & NETD_ITEMS_APART)
		return 0;
	return result;
}

/*
 * Maps
 */

/* Calls @read for every value of a mapping from names to things, with its name. */
typedef int read_entry(struct netd_reader *r, const struct netd_yaml *name,
		       const struct netd_field *field, void *object);

static int read_entries(struct netd_reader *r, const struct netd_yaml *node,
			const struct netd_field *field, void *object, read_entry *read)
{
	int result = 0;

	if (node->kind != NETD_YAML_MAPPING && !netd_yaml_is_null(node))
		return netd_reader_problem(
			r, node, "\"%s\" is expected to be a mapping of keys to values",
			field->name);
	for (const struct netd_yaml *name = node->first; name && !r->no_memory;
	     name = name->next->next) {
		if (!netd_read_scalar(r, name, "a name") ||
		    read(r, name, field, object) < 0)
			result = -EINVAL;
	}
	if (r->no_memory)
		return -ENOMEM;
	return result;
}

/* The name of an entry, and its place. */
static int begin_entry(struct netd_reader *r, const struct netd_yaml *name,
		       const struct netd_object *o, char *entry)
{
	*(struct netd_place *)(void *)(entry + o->place) = name->place;
	return netd_read_name(r, name, o->name_what, entry, o->name_size);
}

/* What is wrong with an entry is marked in it: it is left out of later checks only. */
static int end_entry(const struct netd_object *o, char *entry, int name, int value)
{
	if (name >= 0 && value >= 0)
		return 0;
	*(bool *)(entry + o->partial) = true;
	return -EINVAL;
}

static int read_map_entry(struct netd_reader *r, const struct netd_yaml *name,
			  const struct netd_field *field, void *object)
{
	char *entry = netd_read_add(r, field, object);
	int result;

	if (!entry)
		return -ENOMEM;
	result = begin_entry(r, name, field->object, entry);
	return end_entry(field->object, entry, result,
			 netd_read_object(r, name->next, field->object, entry));
}

int netd_read_map(struct netd_reader *r, const struct netd_yaml *value,
		  const struct netd_field *field, void *object)
{
	return read_entries(r, value, field, object, read_map_entry);
}

/* A record with one of a name's addresses. */
struct name {
	void *object;
	const struct netd_yaml *name;
};

static int read_record(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_field *field, void *data)
{
	const struct netd_object *o = field->object;
	_Alignas(max_align_t) char record[NETD_ITEM_MAX];
	const struct name *n = data;
	void *slot;

	memset(record, 0, field->size);
	if (begin_entry(r, n->name, o, record) < 0 ||
	    netd_read_field(r, value, netd_field_find(o, o->bare), record) < 0)
		return -EINVAL;
	slot = netd_read_add(r, field, n->object);
	if (!slot)
		return -ENOMEM;
	memcpy(slot, record, field->size);
	return 0;
}

static int read_named_records(struct netd_reader *r, const struct netd_yaml *name,
			      const struct netd_field *field, void *object)
{
	struct name n = {object, name};

	return netd_read_items(r, name->next, field, &n, read_record);
}

int netd_read_records(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_field *field, void *object)
{
	netd_field_clear(field, object);
	return read_entries(r, value, field, object, read_named_records);
}

static int read_end(struct netd_reader *r, const struct netd_yaml *name,
		    const struct netd_field *field, void *object)
{
	unsigned *count = netd_field_beside(field, object);
	struct netd_cable_end *end;
	int result;

	if (*count == 2)
		return netd_reader_problem(r, name, "a third end: a link has two");
	end = (struct netd_cable_end *)netd_field_at(field, object) + (*count)++;
	result = begin_entry(r, name, field->object, (char *)end);
	end->interface.place = end->place;
	return end_entry(field->object, (char *)end, result,
			 netd_read_object(r, name->next, field->object, end));
}

int netd_read_ends(struct netd_reader *r, const struct netd_yaml *value,
		   const struct netd_field *field, void *object)
{
	return read_entries(r, value, field, object, read_end);
}

static int read_node_entry(struct netd_reader *r, const struct netd_yaml *name,
			   const struct netd_field *field, void *object)
{
	struct netd_node *n = netd_topology_add_node(object);
	int result;

	if (!n)
		return netd_reader_no_memory(r);
	n->kind = field->min;
	result = begin_entry(r, name, field->object, (char *)n);
	return end_entry(field->object, (char *)n, result,
			 netd_read_node(r, name->next, n));
}

int netd_read_nodes(struct netd_reader *r, const struct netd_yaml *value,
		    const struct netd_field *field, void *object)
{
	return read_entries(r, value, field, object, read_node_entry);
}
