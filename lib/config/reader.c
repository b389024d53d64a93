// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of a file to fields of structs, by tables of keys. */
#include "config/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "check/check.h"

/* More keys than a table of ours has; one bit each. */
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
	const char *best;

	if (netd_problems_enough(r->err))
		return;
	for (; *choices; choices++)
		netd_suggest_try(&suggest, *choices);
	best = netd_suggest_best(&suggest);
	if (best)
		netd_error_hint(r->err, "did you mean \"%s\"?", best);
}

static int unknown_key(struct netd_reader *r, const struct netd_yaml *node,
		       const struct netd_key *keys, size_t count, const char *what)
{
	const char *names[KEYS_MAX + 1];

	for (size_t i = 0; i < count; i++)
		names[i] = keys[i].refused ? "" : keys[i].name;
	names[count] = NULL;
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

static int read_value(struct netd_reader *r, const struct netd_yaml *name,
		      const struct netd_key *key, void *object)
{
	if (key->refused)
		return netd_reader_problem(r, name, "no \"%s\" here: %s", key->name,
					   key->refused);
	if (key->place)
		*(struct netd_place *)(void *)((char *)object + key->place) =
			name->next->place;
	return key->read(r, name->next, key, object);
}

static bool is_mapping(struct netd_reader *r, const struct netd_yaml *node,
		       const char *what)
{
	if (node->kind == NETD_YAML_MAPPING || netd_yaml_is_null(node))
		return true;
	netd_reader_problem(r, node, "%s is expected to be a mapping of keys to values",
			    what);
	return false;
}

int netd_read_mapping(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_key *keys, size_t count, const char *what,
		      void *object)
{
	const struct netd_yaml *seen[KEYS_MAX] = {0}, *name;
	int result = 0;

	if (!is_mapping(r, node, what))
		return -EINVAL;
	for (name = node->first; name && !r->no_memory; name = name->next->next) {
		size_t i = 0;
		int one;

		if (!netd_read_scalar(r, name, "the name of a key")) {
			result = -EINVAL;
			continue;
		}
		while (i < count && strcmp(keys[i].name, name->text) != 0)
			i++;
		if (i == count)
			one = unknown_key(r, name, keys, count, what);
		else if (seen[i])
			one = twice(r, name, seen[i]);
		else
			one = read_value(r, name, &keys[i], object);
		if (i < count)
			seen[i] = name;
		if (one < 0)
			result = one;
	}
	return r->no_memory ? -ENOMEM : result;
}

bool netd_read_is_none(const struct netd_yaml *node)
{
	return netd_yaml_is_null(node) ||
	       (node->kind == NETD_YAML_SEQUENCE && !node->first);
}

static int empty_list(struct netd_reader *r, const struct netd_yaml *node)
{
	netd_reader_problem(r, node, "this list is empty");
	netd_error_hint(r->err, "name one at least, or leave the key out");
	return -EINVAL;
}

int netd_read_list(struct netd_reader *r, const struct netd_yaml *node,
		   const struct netd_key *key, void *object, netd_key_read *read)
{
	int result = 0;

	if (node->kind != NETD_YAML_SEQUENCE)
		return read(r, node, key, object);
	if (!node->first)
		return empty_list(r, node);
	for (const struct netd_yaml *item = node->first; item && !r->no_memory;
	     item = item->next) {
		int one = read(r, item, key, object);

		if (one < 0)
			result = one;
	}
	return r->no_memory ? -ENOMEM : result;
}

void *netd_read_add_item(struct netd_reader *r, const struct netd_key *key, void *object,
			 size_t size)
{
	void **items = NETD_FIELD_OF(key, object);
	size_t *count = NETD_BESIDE_OF(key, object);
	void *item = netd_array_add(items, count, size);

	if (!item)
		netd_reader_no_memory(r);
	return item;
}

void netd_read_replace_list(const struct netd_key *key, void *object)
{
	void **items = NETD_FIELD_OF(key, object);
	size_t *count = NETD_BESIDE_OF(key, object);

	free(*items);
	*items = NULL;
	*count = 0;
}

int netd_read_entries(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_key *key, void *object, netd_entry_read *read)
{
	char what[48];
	int result = 0;

	snprintf(what, sizeof(what), "\"%s\"", key->name);
	if (!is_mapping(r, node, what))
		return -EINVAL;
	for (const struct netd_yaml *name = node->first; name && !r->no_memory;
	     name = name->next->next) {
		int one = -EINVAL;

		if (netd_read_scalar(r, name, "a name"))
			one = read(r, name, name->next, object);
		if (one < 0)
			result = one;
	}
	return r->no_memory ? -ENOMEM : result;
}
