// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of one object, as options of a verb give them, over what it has. */
#include "edit/settings.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "check/check.h"
#include "config/reader.h"
#include "edit/options.h"
#include "edit/tree.h"
#include "netd-types.h"

/*
 * Theory of operation.  Options become the tree that a file with the same content would
 * have, and that is read by the same tables.  Each option is a line of the text that
 * problems are told in, so that every one of them, and what the checks find later, shows
 * the option.  What is to be its default again is cleared before.
 */

/* Makes @settings the text that @t's places point into. */
static int adopt_text(struct netd_topology *t, const struct netd_object *o,
		      const struct netd_option_value *settings)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	netd_settings_print(o, settings, &text);
	if (netd_str_error(&text) < 0)
		return -ENOMEM;
	netd_topology_forget_places(t);
	free(t->file);
	free(t->text);
	t->file = NULL;
	t->text_length = text.length;
	t->text = netd_str_take(&text);
	return 0;
}

static void unset(const struct netd_object *o, void *object, const char *name)
{
	struct netd_option_path path;
	char *at = object;

	if (!netd_option_find(o, name, &path))
		return;
	for (size_t i = 0; i < path.depth; i++)
		at += path.parts[i]->offset;
	netd_field_clear(path.field, at);
}

static int read_tree(struct netd_reader *r, const struct netd_object *o, void *object,
		     const struct netd_option_value *settings)
{
	netd_auto(netd_settings_tree_done) struct netd_settings_tree tree = {
		.object = o,
		.settings = settings,
		.reader = r,
	};
	int result = netd_settings_tree_build(&tree);

	if (result < 0)
		return result;
	for (const struct netd_option_value *s = settings; s->name; s++)
		if (!s->value)
			unset(o, object, s->name);
	if (o == &netd_host_object)
		return netd_read_node(r, tree.root, object);
	return netd_read_object(r, tree.root, o, object);
}

/*
 * Some readers leave out what cannot be read, so that the rest is looked at all the same:
 * what counts is that nothing was found.
 */
static int read_and_check(struct netd_topology *t, const struct netd_object *o,
			  void *object, const struct netd_option_value *settings,
			  bool check, struct netd_error *found)
{
	struct netd_reader r = {.t = t, .err = found};
	int result = adopt_text(t, o, settings);

	if (result < 0)
		return result;
	result = read_tree(&r, o, object, settings);
	if (result < 0)
		return result;
	if (check) {
		result = netd_topology_check(t, found);
		if (result < 0)
			return result;
	}
	return netd_error_code(found);
}

static int edit(struct netd_topology *t, const struct netd_object *o, void *object,
		const struct netd_option_value *settings, bool check,
		struct netd_error *err)
{
	static const struct netd_option_value none[] = {{NULL, NULL}};
	struct netd_error found = {0};
	int r;

	if (!settings)
		settings = none;
	r = read_and_check(t, o, object, settings, check, &found);
	if (r == -ENOMEM && !found.count)
		netd_error_no_memory(&found);
	netd_problems_finish(&found);
	netd_error_move(err, &found);
	netd_error_done(&found);
	return r;
}

int netd_settings_read(struct netd_topology *t, const struct netd_object *o, void *object,
		       const struct netd_option_value *settings, struct netd_error *err)
{
	return edit(t, o, object, settings, false, err);
}

int netd_settings_edit(struct netd_topology *t, const struct netd_object *o, void *object,
		       const struct netd_option_value *settings, struct netd_error *err)
{
	return edit(t, o, object, settings, true, err);
}
