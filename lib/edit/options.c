// SPDX-License-Identifier: GPL-2.0-or-later
/* The options by which one-line verbs name fields, out of the tables of fields. */
#include "edit/options.h"

#include <string.h>

#include "base/array.h"
#include "netd-types.h"

static const struct {
	const char *kind;
	const struct netd_object *object;
} kinds[] = {
	{"network", &netd_network_object}, {"port", &netd_port_object},
	{"machine", &netd_machine_object}, {"forward", &netd_forward_object},
	{"router", &netd_router_object},   {"host", &netd_host_object},
};

/* Is told of each option; true ends the walk. */
typedef bool visitor(const struct netd_option_path *path, const char *name, void *data);

/* Those of @o, behind the parts of @path, which is used up. */
static bool each_option(const struct netd_object *o, struct netd_option_path *path,
			visitor *visit, void *data)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct netd_field *field = &o->fields[i];
		const char *name;

		path->field = field;
		path->off = false;
		name = field->option;
		if (!name)
			name = field->name;
		if (field->help && visit(path, name, data))
			return true;
		path->off = true;
		if (field->off && visit(path, field->off, data))
			return true;
		if (field->type != NETD_TYPE_PART && field->type != NETD_TYPE_SERVICE)
			continue;
		path->parts[path->depth++] = field;
		if (each_option(field->object, path, visit, data))
			return true;
		path->depth--;
	}
	return false;
}

static bool is_named(const struct netd_option_path *path, const char *name, void *data)
{
	(void)path;
	return strcmp(name, data) == 0;
}

bool netd_option_find(const struct netd_object *o, const char *name,
		      struct netd_option_path *out)
{
	*out = (struct netd_option_path){.depth = 0};
	if (each_option(o, out, is_named, (char *)(uintptr_t)name))
		return true;
	*out = (struct netd_option_path){.field = netd_field_find(o, name)};
	return out->field && !out->field->refused;
}

static bool offer(const struct netd_option_path *path, const char *name, void *data)
{
	(void)path;
	netd_suggest_try(data, name);
	return false;
}

void netd_option_suggest(const struct netd_object *o, struct netd_suggest *suggest)
{
	struct netd_option_path path = {.depth = 0};

	each_option(o, &path, offer, suggest);
}

/* Which one is sought, and what is told of it. */
struct getter {
	size_t left;
	struct netd_option *out;
};

static bool get(const struct netd_option_path *path, const char *name, void *data)
{
	static const char *const switches[] = {"on", "off", NULL};
	const struct netd_field *field = path->field;
	struct getter *getter = data;

	if (getter->left-- > 0)
		return false;
	*getter->out = (struct netd_option){
		.name = name,
		.letter = field->letter,
		.argument = field->argument,
		.help = field->help,
		.choices = field->choices,
		.kind = field->complete,
		.list = netd_field_holds_several(field),
	};
	if (path->off)
		*getter->out =
			(struct netd_option){.name = name, .help = field->off_help};
	else if (field->argument &&
		 (field->type == NETD_TYPE_BOOL || field->type == NETD_TYPE_NOT))
		getter->out->choices = switches;
	return true;
}

bool netd_option_get(const char *kind, size_t i, struct netd_option *out)
{
	struct netd_option_path path = {.depth = 0};
	struct getter getter = {i, out};

	for (size_t k = 0; k < NETD_ARRAY_SIZE(kinds); k++)
		if (strcmp(kinds[k].kind, kind) == 0)
			return each_option(kinds[k].object, &path, get, &getter);
	return false;
}
