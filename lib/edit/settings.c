// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of one network or node, in the file's words, over what it has. */
#include "edit/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/reader.h"

#define SOURCE "settings"

static int no_memory(struct netd_error *err)
{
	return netd_error_add(err, -ENOMEM, "out of memory");
}

/* Makes @settings the text that @t's places point into. */
static int adopt_text(struct netd_topology *t, const char *settings)
{
	char *file = strdup(SOURCE), *text = strdup(settings);

	if (!file || !text) {
		free(file);
		free(text);
		return -ENOMEM;
	}
	netd_topology_forget_places(t);
	free(t->file);
	free(t->text);
	t->file = file;
	t->text = text;
	t->text_length = strlen(text);
	return 0;
}

/* Reads the text of @t into a network or a node; a settings reader of reader.h. */
typedef int read_object(struct netd_reader *r, const struct netd_yaml *root,
			void *object);

static int read_network(struct netd_reader *r, const struct netd_yaml *root, void *object)
{
	return netd_read_object(r, root, &netd_network_object, object);
}

static int read_any_node(struct netd_reader *r, const struct netd_yaml *root,
			 void *object)
{
	return netd_read_node(r, root, object);
}

static int read_text(struct netd_topology *t, read_object *read, void *object,
		     struct netd_error *err)
{
	struct netd_yaml_document d = {0};
	struct netd_reader r = {.t = t, .err = err};
	int result = netd_yaml_read(&d, t->text, t->text_length);

	if (result == 0 && d.root)
		result = read(&r, d.root, object);
	if (d.problem.text)
		netd_topology_error(t, err, d.problem.place, "%s", d.problem.text);
	netd_yaml_done(&d);
	return r.no_memory ? -ENOMEM : result;
}

/*
 * Some readers leave out what cannot be read, so that the rest is looked at all the same:
 * what counts is that nothing was found.
 */
static int edit(struct netd_topology *t, read_object *read, void *object,
		const char *settings, bool check, struct netd_error *err)
{
	struct netd_error found = {0};
	int r = adopt_text(t, settings);

	if (r < 0)
		return no_memory(err);
	r = read_text(t, read, object, &found);
	if (r == 0 && check)
		r = netd_topology_check(t, &found);
	if (r == -ENOMEM && !found.count)
		no_memory(&found);
	if (r == 0)
		r = netd_error_code(&found);
	netd_error_move(err, &found);
	netd_error_done(&found);
	return r;
}

int netd_config_edit(struct netd_topology *t, struct netd_network *n,
		     const char *settings, struct netd_error *err)
{
	return edit(t, read_network, n, settings, true, err);
}

int netd_config_edit_node(struct netd_topology *t, struct netd_node *n,
			  const char *settings, struct netd_error *err)
{
	return edit(t, read_any_node, n, settings, true, err);
}

int netd_config_read_network(const char *settings, struct netd_network *n,
			     struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = netd_topology_new("");

	if (!t)
		return no_memory(err);
	return edit(t, read_network, n, settings, false, err);
}
