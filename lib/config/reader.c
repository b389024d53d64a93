// SPDX-License-Identifier: GPL-2.0-or-later
/* Mappings to objects, by their tables of fields. */
#include "config/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "check/check.h"

/* More keys than an object has. */
#define KEYS_MAX 64

int netd_reader_problem(struct netd_reader *r, const struct netd_yaml *node,
			const char *fmt, ...)
{
	va_list args;
	char *text;

	if (netd_problems_enough(r->err))
		return -EINVAL;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (!text)
		return netd_reader_no_memory(r);
	netd_topology_error(r->t, r->err, node->place, "%s", text);
	free(text);
	return -EINVAL;
}

int netd_reader_no_memory(struct netd_reader *r)
{
	r->no_memory = true;
	return -ENOMEM;
}

void netd_reader_suggest(struct netd_reader *r, const char *word,
			 const char *const *choices)
{
	struct netd_suggest suggest = {.word = word};

	if (netd_problems_enough(r->err))
		return;
	for (; *choices; choices++)
		netd_suggest_try(&suggest, *choices);
	netd_suggest_hint(&suggest, r->err);
}

/* The rows of all targets, with what the mapping has for each. */
struct rows {
	size_t count;
	struct row {
		const struct netd_field *field;
		void *object;
		const struct netd_yaml *name; /* the value is behind it */
	} list[KEYS_MAX];
};

static void list_rows(struct rows *rows, const struct netd_target *targets, size_t count)
{
	rows->count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct netd_object *o = targets[i].type;

		for (size_t k = 0; k < o->count && rows->count < KEYS_MAX; k++)
			if (o->fields[k].name)
				rows->list[rows->count++] = (struct row){
					&o->fields[k], targets[i].object, NULL};
	}
}

static int unknown_key(struct netd_reader *r, const struct netd_yaml *node,
		       const struct rows *rows, const char *what)
{
	const char *names[KEYS_MAX + 1] = {NULL};
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++)
		if (!rows->list[i].field->refused)
			names[count++] = rows->list[i].field->name;
	netd_reader_problem(r, node, "unknown key \"%s\" in %s", node->text, what);
	netd_reader_suggest(r, node->text, names);
	return -EINVAL;
}

static int twice(struct netd_reader *r, const struct netd_yaml *name,
		 const struct netd_yaml *first)
{
	char line[NETD_LINE_TEXT];

	return netd_reader_problem(r, name, "key \"%s\" is there already%s", name->text,
				   netd_place_line(&first->place, line));
}

/* Puts the key @name where its row is. */
static int take_key(struct netd_reader *r, const struct netd_yaml *name,
		    struct rows *rows, const char *what)
{
	size_t i = 0;

	if (!netd_read_scalar(r, name, "the name of a key"))
		return -EINVAL;
	while (i < rows->count && strcmp(rows->list[i].field->name, name->text) != 0)
		i++;
	if (i == rows->count)
		return unknown_key(r, name, rows, what);
	if (rows->list[i].field->refused)
		return netd_reader_problem(r, name, "no \"%s\" here: %s", name->text,
					   rows->list[i].field->refused);
	if (rows->list[i].name)
		return twice(r, name, rows->list[i].name);
	rows->list[i].name = name;
	return 0;
}

static netd_read *const readers[] = {
	[NETD_TYPE_TEXT] = netd_read_text,
	[NETD_TYPE_BOOL] = netd_read_bool,
	[NETD_TYPE_NOT] = netd_read_not,
	[NETD_TYPE_NUMBER] = netd_read_number,
	[NETD_TYPE_MASK] = netd_read_mask,
	[NETD_TYPE_CHOICE] = netd_read_choice,
	[NETD_TYPE_USER] = netd_read_user,
	[NETD_TYPE_GROUP] = netd_read_group,
	[NETD_TYPE_DURATION] = netd_read_duration,
	[NETD_TYPE_PORTS] = netd_read_ports,
	[NETD_TYPE_PROTOCOLS] = netd_read_protocols,
	[NETD_TYPE_MAC] = netd_read_mac,
	[NETD_TYPE_ADDRESS] = netd_read_address,
	[NETD_TYPE_SUBNET] = netd_read_subnet,
	[NETD_TYPE_RANGE] = netd_read_range,
	[NETD_TYPE_ADDRESS_PAIR] = netd_read_address_pair,
	[NETD_TYPE_RANGE_PAIR] = netd_read_range_pair,
	[NETD_TYPE_SERVER] = netd_read_server,
	[NETD_TYPE_LISTEN] = netd_read_listen,
	[NETD_TYPE_TARGET] = netd_read_to,
	[NETD_TYPE_PART] = netd_read_part,
	[NETD_TYPE_SERVICE] = netd_read_service,
	[NETD_TYPE_ENDS] = netd_read_ends,
	[NETD_TYPE_NODES] = netd_read_nodes,
	[NETD_TYPE_PREFIXES] = netd_read_prefixes,
	[NETD_TYPE_LIST] = netd_read_list,
	[NETD_TYPE_MAP] = netd_read_map,
	[NETD_TYPE_RECORDS] = netd_read_records,
};

int netd_read_field(struct netd_reader *r, const struct netd_yaml *value,
		    const struct netd_field *field, void *object)
{
	if (field->place)
		*(struct netd_place *)(void *)((char *)object + field->place) =
			value->place;
	return readers[field->type](r, value, field, object);
}

/* The rows that the mapping has, those that are late or the others. */
static int read_rows(struct netd_reader *r, const struct rows *rows, unsigned late)
{
	int result = 0;

	for (size_t i = 0; i < rows->count && !r->no_memory; i++) {
		const struct row *row = &rows->list[i];

		if (row->name && (row->field->flags & NETD_LATE) == late &&
		    netd_read_field(r, row->name->next, row->field, row->object) < 0)
			result = -EINVAL;
	}
	return result;
}

static int want_required(struct netd_reader *r, const struct netd_yaml *node,
			 const struct rows *rows, const struct netd_object *o)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->list[i];

		if (row->name || !(row->field->flags & NETD_REQUIRED))
			continue;
		netd_reader_problem(r, node, "%s needs \"%s\"", o->what,
				    row->field->name);
		if (o->example)
			netd_error_hint(r->err, "e.g. %s", o->example);
		return -EINVAL;
	}
	return 0;
}

int netd_read_mapping(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_target *targets, size_t count)
{
	const struct netd_object *o = targets[0].type;
	struct rows rows;
	int result = 0;

	if (node->kind != NETD_YAML_MAPPING && !netd_yaml_is_null(node))
		return netd_reader_problem(
			r, node, "%s is expected to be a mapping of keys to values",
			o->what);
	list_rows(&rows, targets, count);
	for (const struct netd_yaml *name = node->first; name && !r->no_memory;
	     name = name->next->next)
		if (take_key(r, name, &rows, o->what) < 0)
			result = -EINVAL;
	if (read_rows(r, &rows, 0) < 0)
		result = -EINVAL;
	if (r->no_memory)
		return -ENOMEM;
	/* what is missing may be what is misspelt */
	if (result < 0 || want_required(r, node, &rows, o) < 0)
		return -EINVAL;
	result = read_rows(r, &rows, NETD_LATE);
	if (r->no_memory)
		return -ENOMEM;
	return result;
}

int netd_read_object(struct netd_reader *r, const struct netd_yaml *node,
		     const struct netd_object *type, void *object)
{
	const struct netd_target target = {type, object};

	return netd_read_mapping(r, node, &target, 1);
}
