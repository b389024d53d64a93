// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of a topology file, out of a topology, by the tables of fields. */
#include "config/emit.h"

#include <string.h>

typedef void emit(const struct netd_emitter *e, const struct netd_field *field,
		  const void *object);

static void emit_part(const struct netd_emitter *e, const struct netd_field *field,
		      const void *object)
{
	netd_emit_object(e, field->object, netd_field_at(field, object), "");
}

/* true or false, if no key says more. */
static void emit_service(const struct netd_emitter *e, const struct netd_field *field,
			 const void *object)
{
	const bool *enabled = netd_field_at(field, object);

	if (*enabled && netd_object_is_set(field->object, enabled))
		emit_part(e, field, object);
	else
		e->truth(e->to, *enabled);
}

static void emit_prefixes(const struct netd_emitter *e, const struct netd_field *field,
			  const void *object)
{
	char text[NETD_PREFIX_TEXT];
	size_t count;
	const struct netd_prefix *list = netd_field_items(field, object, &count);

	e->begin_list(e->to, true);
	for (size_t i = 0; i < count; i++)
		e->string(e->to, netd_prefix_format(&list[i], text));
	e->end_list(e->to);
}

/* The row that says all there is to say of @item; NULL: it takes a mapping. */
static const struct netd_field *bare_row(const struct netd_object *o, const void *item)
{
	const struct netd_field *bare;

	if (!o->bare)
		return NULL;
	if (!*o->bare)
		return &o->fields[0];
	bare = netd_field_find(o, o->bare);
	for (size_t i = 0; i < o->count; i++)
		if (&o->fields[i] != bare && o->fields[i].name &&
		    netd_field_is_set(&o->fields[i], item, ""))
			return NULL;
	return bare;
}

static void emit_item(const struct netd_emitter *e, const struct netd_object *o,
		      const void *item)
{
	const struct netd_field *bare = bare_row(o, item);

	if (bare)
		netd_emit_value(e, bare, item);
	else
		netd_emit_object(e, o, item, "");
}

static size_t count_written(const struct netd_object *o, const char *items, size_t count)
{
	size_t written = 0;

	for (size_t i = 0; i < count; i++)
		written += !netd_object_is_chosen(o, items + i * o->size);
	return written;
}

static void emit_list(const struct netd_emitter *e, const struct netd_field *field,
		      const void *object)
{
	const struct netd_object *o = field->object;
	size_t count;
	const char *items = netd_field_items(field, object, &count);
	bool list = !(field->flags & NETD_ONE_BARE) || count_written(o, items, count) > 1;

	if (field->none && *((const bool *)object + field->none)) {
		e->string(e->to, "none");
		return;
	}
	if (list)
		e->begin_list(e->to, o->bare != NULL);
	for (size_t i = 0; i < count; i++)
		if (!netd_object_is_chosen(o, items + i * o->size))
			emit_item(e, o, items + i * o->size);
	if (list)
		e->end_list(e->to);
}

/* @entry, under its name, which comes first in it. */
static void emit_entry(const struct netd_emitter *e, const struct netd_object *o,
		       const void *entry, const char *own)
{
	e->key(e->to, entry);
	netd_emit_object(e, o, entry, own);
}

static void emit_map(const struct netd_emitter *e, const struct netd_field *field,
		     const void *object)
{
	size_t count;
	const char *items = netd_field_items(field, object, &count);

	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < count; i++)
		emit_entry(e, field->object, items + i * field->size,
			   items + i * field->size);
	e->end_mapping(e->to);
}

/* An interface of a link bears the link's name, if nothing else is said. */
static void emit_ends(const struct netd_emitter *e, const struct netd_field *field,
		      const void *object)
{
	const struct netd_cable *c = object;

	e->begin_mapping(e->to, false);
	for (unsigned i = 0; i < c->end_count; i++)
		emit_entry(e, field->object, &c->ends[i], c->name);
	e->end_mapping(e->to);
}

/* The records from @i on that bear one name; the index behind them. */
static size_t emit_record(const struct netd_emitter *e, const struct netd_field *field,
			  const char *items, size_t i, size_t count)
{
	const char *name = items + i * field->size;
	size_t end = i + 1;

	while (end < count && strcmp(name, items + end * field->size) == 0)
		end++;
	e->key(e->to, name);
	if (end > i + 1)
		e->begin_list(e->to, true);
	for (size_t k = i; k < end; k++)
		emit_item(e, field->object, items + k * field->size);
	if (end > i + 1)
		e->end_list(e->to);
	return end;
}

static void emit_records(const struct netd_emitter *e, const struct netd_field *field,
			 const void *object)
{
	size_t count;
	const char *items = netd_field_items(field, object, &count);

	e->begin_mapping(e->to, true);
	for (size_t i = 0; i < count;)
		i = emit_record(e, field, items, i, count);
	e->end_mapping(e->to);
}

/* A host's only interface is written among its own keys. */
static void emit_node(const struct netd_emitter *e, const struct netd_object *o,
		      const struct netd_node *n)
{
	struct netd_node rest = *n;

	e->key(e->to, n->name);
	e->begin_mapping(e->to, false);
	if (n->kind == NETD_NODE_HOST && n->interface_count == 1) {
		netd_emit_keys(e, &netd_only_interface_object, n->interfaces, "eth0");
		rest.interface_count = 0;
	}
	netd_emit_keys(e, o, &rest, n->name);
	e->end_mapping(e->to);
}

static void emit_nodes(const struct netd_emitter *e, const struct netd_field *field,
		       const void *object)
{
	const struct netd_topology *t = object;

	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < t->node_count; i++)
		if (t->nodes[i].kind == field->min)
			emit_node(e, field->object, &t->nodes[i]);
	e->end_mapping(e->to);
}

/* What is in no row is a plain value. */
static emit *const emitters[] = {
	[NETD_TYPE_PART] = emit_part,	      [NETD_TYPE_SERVICE] = emit_service,
	[NETD_TYPE_ENDS] = emit_ends,	      [NETD_TYPE_NODES] = emit_nodes,
	[NETD_TYPE_PREFIXES] = emit_prefixes, [NETD_TYPE_PLACES] = NULL,
	[NETD_TYPE_LIST] = emit_list,	      [NETD_TYPE_MAP] = emit_map,
	[NETD_TYPE_RECORDS] = emit_records,   [NETD_TYPE_ALL_NODES] = NULL,
};

void netd_emit_keys(const struct netd_emitter *e, const struct netd_object *o,
		    const void *object, const char *own)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct netd_field *field = &o->fields[i];
		emit *emit_field = emitters[field->type];

		if (!field->name || field->refused)
			continue;
		if (!(field->flags & NETD_ALWAYS) &&
		    !netd_field_is_set(field, object, own))
			continue;
		e->key(e->to, field->name);
		if (!emit_field)
			emit_field = netd_emit_value;
		emit_field(e, field, object);
	}
}

void netd_emit_object(const struct netd_emitter *e, const struct netd_object *o,
		      const void *object, const char *own)
{
	e->begin_mapping(e->to, !o->block);
	netd_emit_keys(e, o, object, own);
	e->end_mapping(e->to);
}
