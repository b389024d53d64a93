// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of a verb as the tree that a file with the same content would have. */
#include "edit/tree.h"

#include <errno.h>
#include <string.h>

#include "edit/options.h"
#include "netd-types.h"

/* True for what people type as an option; false for an argument. */
static bool is_option(const struct netd_option_path *path)
{
	return path->off || path->field->help;
}

static bool is_flag(const struct netd_option_path *path)
{
	return is_option(path) && (path->off || !path->field->argument);
}

/* What stands in front of the value in the line of @s. */
static void print_name(const struct netd_option_path *path,
		       const struct netd_option_value *s, struct netd_str *out)
{
	if (!s->value)
		netd_str_addf(out, "--unset %s", s->name);
	else if (is_flag(path))
		netd_str_addf(out, "--%s", s->name);
	else if (is_option(path))
		netd_str_addf(out, "--%s ", s->name);
}

void netd_settings_print(const struct netd_object *o,
			 const struct netd_option_value *settings, struct netd_str *out)
{
	for (const struct netd_option_value *s = settings; s->name; s++) {
		struct netd_option_path path;

		if (!netd_option_find(o, s->name, &path))
			netd_str_addf(out, "%s ", s->name);
		else
			print_name(&path, s, out);
		if (s->value && !(path.field && is_flag(&path)))
			netd_str_add(out, s->value);
		netd_str_add_char(out, '\n');
	}
}

/* Of the value of the setting, or of the whole of what has none. */
static struct netd_place place_of(const struct netd_settings_tree *tree,
				  const struct netd_option_path *path,
				  const struct netd_option_value *s)
{
	unsigned line = NETD_PLACE_OPTIONS + (unsigned)(s - tree->settings);

	if (!s->value)
		return (struct netd_place){line, sizeof("--unset "),
					   (unsigned)strlen(s->name)};
	if (is_flag(path))
		return (struct netd_place){line, 1, (unsigned)strlen(s->name) + 2};
	if (is_option(path))
		return (struct netd_place){line, (unsigned)strlen(s->name) + 4,
					   (unsigned)strlen(s->value)};
	return (struct netd_place){line, 1, (unsigned)strlen(s->value)};
}

/*
 * Nodes
 */

static struct netd_yaml *add_node(struct netd_settings_tree *tree,
				  enum netd_yaml_kind kind)
{
	struct netd_yaml *node = netd_arena_get(&tree->arena, sizeof(*node));

	if (!node) {
		netd_reader_no_memory(tree->reader);
		return NULL;
	}
	*node = (struct netd_yaml){.kind = kind, .place = tree->place};
	return node;
}

/* A scalar of @length bytes of the value, @offset behind its beginning. */
static struct netd_yaml *add_scalar(struct netd_settings_tree *tree, const char *value,
				    size_t offset, size_t length)
{
	struct netd_yaml *node = add_node(tree, NETD_YAML_SCALAR);
	const char *text = netd_arena_text(&tree->arena, value + offset, length);

	if (!node || !text) {
		netd_reader_no_memory(tree->reader);
		return NULL;
	}
	node->text = text;
	node->place.column += (unsigned)offset;
	node->place.width = (unsigned)length;
	return node;
}

static void append(struct netd_yaml *to, struct netd_yaml *node)
{
	struct netd_yaml **end = &to->first;

	while (*end)
		end = &(*end)->next;
	*end = node;
}

static struct netd_yaml *find_entry(const struct netd_yaml *mapping, const char *key)
{
	for (struct netd_yaml *name = mapping->first; name; name = name->next->next)
		if (strcmp(name->text, key) == 0)
			return name->next;
	return NULL;
}

static void add_entry(struct netd_settings_tree *tree, struct netd_yaml *mapping,
		      const char *key, struct netd_yaml *value)
{
	struct netd_yaml *name = add_scalar(tree, key, 0, strlen(key));

	if (!name || !value)
		return;
	name->place = value->place;
	append(mapping, name);
	append(mapping, value);
}

/* What stands between commas, as a list. */
static struct netd_yaml *split(struct netd_settings_tree *tree, const char *value,
			       size_t offset)
{
	struct netd_yaml *list = add_node(tree, NETD_YAML_SEQUENCE);

	while (list) {
		size_t length = strcspn(value + offset, ",");
		struct netd_yaml *item = add_scalar(tree, value, offset, length);

		if (!item)
			return NULL;
		append(list, item);
		offset += length;
		if (!value[offset++])
			break;
	}
	return list;
}

/*
 * Values with parts
 */

/* Adds to @to, a list or a mapping by names, what @value says in short. */
typedef void form(struct netd_settings_tree *tree, struct netd_yaml *to,
		  const char *value);

/* "A=B" as {@one: A, @two: B}. */
static void add_two(struct netd_settings_tree *tree, struct netd_yaml *to,
		    const char *value, const char *one, const char *two)
{
	struct netd_yaml *item = add_node(tree, NETD_YAML_MAPPING);
	size_t first = strcspn(value, "=");
	size_t second = first + (value[first] == '=');

	if (!item)
		return;
	add_entry(tree, item, one, add_scalar(tree, value, 0, first));
	if (second > first)
		add_entry(tree, item, two,
			  add_scalar(tree, value, second, strlen(value + second)));
	append(to, item);
}

/* "TO=VIA", where VIA may be a type. */
static void add_route(struct netd_settings_tree *tree, struct netd_yaml *to,
		      const char *value)
{
	const char *via = strchr(value, '='), *key = "via";

	for (size_t i = 0; via && netd_route_types[i]; i++)
		if (strcmp(via + 1, netd_route_types[i]) == 0)
			key = "type";
	add_two(tree, to, value, "to", key);
}

static void add_allow(struct netd_settings_tree *tree, struct netd_yaml *to,
		      const char *value)
{
	add_two(tree, to, value, "from", "to");
}

/* @name: mapping, as an entry. */
static struct netd_yaml *add_named(struct netd_settings_tree *tree, struct netd_yaml *to,
				   struct netd_yaml *name)
{
	struct netd_yaml *mapping = add_node(tree, NETD_YAML_MAPPING);

	if (!name || !mapping)
		return NULL;
	append(to, name);
	append(to, mapping);
	return mapping;
}

/* "NAME=MAC[,ADDRESS…]" */
static void add_machine(struct netd_settings_tree *tree, struct netd_yaml *to,
			const char *value)
{
	size_t end = strcspn(value, "="), mac = end + (value[end] == '=');
	size_t length = strcspn(value + mac, ",");
	struct netd_yaml *m = add_named(tree, to, add_scalar(tree, value, 0, end));

	if (m && length)
		add_entry(tree, m, "mac", add_scalar(tree, value, mac, length));
	if (m && value[mac + length])
		add_entry(tree, m, "address", split(tree, value, mac + length + 1));
}

/* How many settings bear that name. */
static size_t count_named(const struct netd_settings_tree *tree, const char *name)
{
	size_t count = 0;

	for (const struct netd_option_value *s = tree->settings; s->name; s++)
		count += strcmp(s->name, name) == 0;
	return count;
}

/* "[NAME:]NETWORK[=ADDRESS,…]"; the only one of a host has the usual name. */
static void add_interface(struct netd_settings_tree *tree, struct netd_yaml *to,
			  const char *value)
{
	bool usual =
		tree->object == &netd_host_object && count_named(tree, "interface") == 1;
	size_t end = strcspn(value, "="), name = strcspn(value, ":=");
	size_t network = 0;
	struct netd_yaml *named = add_scalar(tree, value, 0, name), *i;

	if (value[name] == ':')
		network = name + 1;
	if (named && usual && !network)
		named->text = "eth0";
	i = add_named(tree, to, named);
	if (!i)
		return;
	add_entry(tree, i, "network", add_scalar(tree, value, network, end - network));
	if (value[end])
		add_entry(tree, i, "addresses", split(tree, value, end + 1));
}

static const struct {
	const char *key;
	enum netd_yaml_kind kind;
	form *add;
} forms[] = {
	{"routes", NETD_YAML_SEQUENCE, add_route},
	{"allow", NETD_YAML_SEQUENCE, add_allow},
	{"machines", NETD_YAML_MAPPING, add_machine},
	{"interfaces", NETD_YAML_MAPPING, add_interface},
};

/*
 * Settings
 */

/* How the option is typed. */
static const char *dashes(const struct netd_option_value *s)
{
	if (!s->value)
		return "--unset ";
	return "--";
}

/* @s and the one whose value is at @other. */
static int contradict(const struct netd_settings_tree *tree,
		      const struct netd_option_value *s, const struct netd_place *other)
{
	const struct netd_option_value *o =
		&tree->settings[other->line - NETD_PLACE_OPTIONS];
	const struct netd_yaml at = {.place = tree->place};

	if (strcmp(s->name, o->name) == 0 && s->value && o->value)
		return netd_reader_problem(tree->reader, &at,
					   "--%s is given twice, with different values",
					   s->name);
	return netd_reader_problem(tree->reader, &at,
				   "%s%s and %s%s contradict each other", dashes(o),
				   o->name, dashes(s), s->name);
}

/* The mapping of a part, made if it is not there yet. */
static struct netd_yaml *enter(struct netd_settings_tree *tree, struct netd_yaml *parent,
			       const struct netd_field *part,
			       const struct netd_option_value *s)
{
	struct netd_yaml *found = find_entry(parent, part->name);

	if (!found) {
		found = add_node(tree, NETD_YAML_MAPPING);
		add_entry(tree, parent, part->name, found);
	} else if (found->kind == NETD_YAML_SCALAR) {
		if (strcmp(found->text, "off") == 0) {
			contradict(tree, s, &found->place);
			return NULL;
		}
		found->kind = NETD_YAML_MAPPING;
	}
	return found;
}

static int add_service(struct netd_settings_tree *tree, struct netd_yaml *parent,
		       const struct netd_field *field, const struct netd_option_value *s,
		       const char *value)
{
	const struct netd_yaml *found = find_entry(parent, field->name);
	const char *is = "on"; /* of which more is said */

	if (!found) {
		add_entry(tree, parent, field->name,
			  add_scalar(tree, value, 0, strlen(value)));
		return 0;
	}
	if (found->kind == NETD_YAML_SCALAR)
		is = found->text;
	if (strcmp(is, value) != 0)
		return contradict(tree, s, &found->place);
	return 0;
}

static int add_form(struct netd_settings_tree *tree, struct netd_yaml *parent,
		    const struct netd_field *field, const char *value)
{
	struct netd_yaml *found = find_entry(parent, field->name);
	size_t i = 0;

	while (i < NETD_ARRAY_SIZE(forms) && strcmp(forms[i].key, field->name) != 0)
		i++;
	if (i == NETD_ARRAY_SIZE(forms))
		return -ENOENT;
	if (!found) {
		found = add_node(tree, forms[i].kind);
		add_entry(tree, parent, field->name, found);
	}
	if (found)
		forms[i].add(tree, found, value);
	return 0;
}

/* A second value of a list makes it one. */
static void add_to_list(struct netd_settings_tree *tree, struct netd_yaml *list,
			struct netd_yaml *value)
{
	struct netd_yaml *first;

	if (list->kind == NETD_YAML_SCALAR) {
		first = add_node(tree, NETD_YAML_SCALAR);
		if (!first)
			return;
		*first = *list;
		first->next = NULL;
		list->kind = NETD_YAML_SEQUENCE;
		list->first = first;
	}
	append(list, value);
}

static int add_value(struct netd_settings_tree *tree, struct netd_yaml *parent,
		     const struct netd_field *field, const struct netd_option_value *s,
		     const char *text)
{
	struct netd_yaml *found = find_entry(parent, field->name), *value;

	if (field->type == NETD_TYPE_PROTOCOLS)
		value = split(tree, text, 0);
	else
		value = add_scalar(tree, text, 0, strlen(text));
	if (!value)
		return -ENOMEM;
	if (!found)
		add_entry(tree, parent, field->name, value);
	else if (netd_field_holds_several(field))
		add_to_list(tree, found, value);
	else if (found->kind != NETD_YAML_SCALAR || strcmp(found->text, text) != 0)
		return contradict(tree, s, &found->place);
	return 0;
}

/* What is to be its default again must not be set as well. */
static int want_alone(struct netd_settings_tree *tree,
		      const struct netd_option_value *unset)
{
	for (const struct netd_option_value *s = tree->settings; s->name; s++) {
		struct netd_place place = {
			NETD_PLACE_OPTIONS + (unsigned)(s - tree->settings), 0, 0};

		if (s->value && strcmp(s->name, unset->name) == 0)
			return contradict(tree, unset, &place);
	}
	return 0;
}

static int add_setting(struct netd_settings_tree *tree, const struct netd_option_value *s,
		       const struct netd_option_path *path)
{
	struct netd_yaml *parent = tree->root;
	const char *value = s->value;
	int r;

	if (!value)
		return want_alone(tree, s);
	if (path->off)
		value = "off";
	for (size_t i = 0; i < path->depth; i++) {
		parent = enter(tree, parent, path->parts[i], s);
		if (!parent)
			return -EINVAL;
	}
	if (path->field->type == NETD_TYPE_SERVICE)
		return add_service(tree, parent, path->field, s, value);
	r = add_form(tree, parent, path->field, value);
	if (r != -ENOENT)
		return r;
	return add_value(tree, parent, path->field, s, value);
}

static int unknown_setting(const struct netd_settings_tree *tree, const char *name)
{
	struct netd_suggest suggest = {.word = name};

	netd_error_add(tree->reader->err, -EINVAL, "%s has no setting \"%s\"",
		       tree->object->what, name);
	netd_option_suggest(tree->object, &suggest);
	netd_suggest_hint(&suggest, tree->reader->err);
	return -EINVAL;
}

int netd_settings_tree_build(struct netd_settings_tree *tree)
{
	int result = 0;

	tree->root = add_node(tree, NETD_YAML_MAPPING);
	for (const struct netd_option_value *s = tree->settings; tree->root && s->name;
	     s++) {
		struct netd_option_path path;

		if (!netd_option_find(tree->object, s->name, &path)) {
			result = unknown_setting(tree, s->name);
			continue;
		}
		tree->place = place_of(tree, &path, s);
		if (add_setting(tree, s, &path) < 0)
			result = -EINVAL;
	}
	if (tree->reader->no_memory)
		return -ENOMEM;
	return result;
}

void netd_settings_tree_done(struct netd_settings_tree *tree)
{
	netd_arena_done(&tree->arena);
}
