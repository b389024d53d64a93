// SPDX-License-Identifier: GPL-2.0-or-later
/* A YAML document as a tree: the builder, its limits, and what no reader takes. */
#include "config/yaml.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"

void netd_yaml_done(struct netd_yaml_document *d)
{
	netd_arena_done(&d->arena);
	*d = (struct netd_yaml_document){0};
}

int netd_yaml_problem(struct netd_yaml_document *d, struct netd_place place,
		      const char *text, const char *hint)
{
	char *copy;

	if (d->problem.text)
		return -EINVAL;
	copy = netd_arena_text(&d->arena, text, strlen(text));
	if (!copy)
		return -ENOMEM;
	d->problem = (struct netd_yaml_problem){place, copy, hint};
	return -EINVAL;
}

static int add(struct netd_yaml_document *d, struct netd_yaml **out,
	       struct netd_place place)
{
	struct netd_yaml *node, *last;

	if (d->nodes >= NETD_YAML_NODES_MAX)
		return netd_yaml_problem(d, place, "too many values for one file", NULL);
	node = netd_arena_get(&d->arena, sizeof(*node));
	if (!node)
		return -ENOMEM;
	memset(node, 0, sizeof(*node));
	node->place = place;
	node->weight = 1;
	d->nodes++;
	*out = node;
	if (d->depth == 0) {
		d->root = node;
		return 0;
	}
	last = d->last[d->depth - 1];
	if (last)
		last->next = node;
	else
		d->open[d->depth - 1]->first = node;
	d->last[d->depth - 1] = node;
	return 0;
}

int netd_yaml_scalar(struct netd_yaml_document *d, const char *text, size_t length,
		     bool plain, struct netd_place place)
{
	struct netd_yaml *node;
	int r;

	if (memchr(text, '\0', length))
		return netd_yaml_problem(d, place, "a value with a NUL character", NULL);
	r = add(d, &node, place);
	if (r < 0)
		return r;
	node->plain = plain;
	node->text = netd_arena_text(&d->arena, text, length);
	if (!node->text)
		return -ENOMEM;
	if (d->depth)
		d->open[d->depth - 1]->weight++;
	return 0;
}

int netd_yaml_begin(struct netd_yaml_document *d, enum netd_yaml_kind kind,
		    struct netd_place place)
{
	struct netd_yaml *node;
	int r;

	if (d->depth == NETD_YAML_DEPTH_MAX)
		return netd_yaml_problem(
			d, place, "nested too deeply",
			"no part of a topology is deeper than six levels");
	r = add(d, &node, place);
	if (r < 0)
		return r;
	node->kind = kind;
	d->open[d->depth] = node;
	d->last[d->depth] = NULL;
	d->depth++;
	return 0;
}

void netd_yaml_end(struct netd_yaml_document *d)
{
	struct netd_yaml *node = d->open[--d->depth];

	if (d->depth)
		d->open[d->depth - 1]->weight += node->weight;
}

int netd_yaml_alias(struct netd_yaml_document *d, const struct netd_yaml *to,
		    struct netd_place place)
{
	struct netd_yaml *node;
	int r;

	for (unsigned i = 0; i < d->depth; i++)
		if (d->open[i] == to)
			return netd_yaml_problem(d, place,
						 "an alias to what it is part of", NULL);
	/* What the walk meets counts, whether it takes memory or not. */
	if (to->weight > NETD_YAML_NODES_MAX - d->nodes)
		return netd_yaml_problem(d, place,
					 "aliases that unfold to too many values",
					 "write the values out");
	r = add(d, &node, place);
	if (r < 0)
		return r;
	d->nodes += to->weight;
	node->kind = to->kind;
	node->plain = to->plain;
	node->text = to->text;
	node->first = to->first;
	node->weight = to->weight;
	if (d->depth)
		d->open[d->depth - 1]->weight += node->weight;
	return 0;
}

struct netd_yaml *netd_yaml_last(const struct netd_yaml_document *d)
{
	if (d->depth == 0)
		return d->root;
	if (d->last[d->depth - 1])
		return d->last[d->depth - 1];
	return d->open[d->depth - 1];
}

/*
 * What is refused before any parser sees it, with its place.  libfyaml looks ahead for
 * the end of a key as far as the line and its brackets go, at some hundred bytes of
 * memory for each of them.  Brackets in quotes and comments count too: nobody writes a
 * thousand of them that are never closed.
 */
#define LINE_MAX_BYTES ((size_t)4 << 20)
#define OPEN_MAX 1000

static const char *unfit(const char *text, size_t length, struct netd_place *place)
{
	size_t start = 0, n, open = 0;
	unsigned line = 1;

	for (size_t i = 0; i < length; i += n) {
		bool ascii = (unsigned char)(text[i] - 1) < 0x7f;

		n = ascii ? 1 : netd_utf8_length(text + i, length - i);
		*place = (struct netd_place){line, (unsigned)(i - start + 1), 1};
		if (text[i] == '\0')
			return "not a text file: it holds a NUL byte";
		if (n == 0)
			return "not text in UTF-8";
		if (i - start > LINE_MAX_BYTES)
			return "a line of more than 4 MiB";
		if (text[i] == '[' || text[i] == '{')
			open++;
		else if ((text[i] == ']' || text[i] == '}') && open)
			open--;
		if (open > OPEN_MAX)
			return "nested too deeply";
		if (text[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	return NULL;
}

int netd_yaml_read(struct netd_yaml_document *d, const char *text, size_t length)
{
	struct netd_place place;
	const char *problem = unfit(text, length, &place);
	int r;

	if (problem)
		return netd_yaml_problem(d, place, problem, "is this a topology file?");
	r = netd_yaml_read_plain(d, text, length);
	if (r != -EAGAIN)
		return r;
	netd_yaml_done(d);
	return netd_yaml_read_fy(d, text, length);
}

bool netd_yaml_is_null(const struct netd_yaml *node)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

	if (node->kind != NETD_YAML_SCALAR || !node->plain)
		return false;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(nulls); i++)
		if (strcmp(node->text, nulls[i]) == 0)
			return true;
	return false;
}
