// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of one network, in the file's words, over what it has. */
#include "config/edit.h"

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

static int read_settings(struct netd_topology *t, struct netd_network *n,
			 struct netd_error *err)
{
	struct netd_yaml_document d = {0};
	struct netd_reader r = {.t = t, .err = err};
	int result = netd_yaml_read(&d, t->text, t->text_length);

	if (result == 0)
		result = netd_read_network_settings(&r, d.root, n);
	if (d.problem.text)
		netd_topology_error(t, err, d.problem.place, "%s", d.problem.text);
	netd_yaml_done(&d);
	return r.no_memory ? -ENOMEM : result;
}

int netd_config_edit(struct netd_topology *t, struct netd_network *n,
		     const char *settings, struct netd_error *err)
{
	int r = adopt_text(t, settings);

	if (r < 0)
		return no_memory(err);
	r = read_settings(t, n, err);
	return r < 0 ? r : netd_topology_check(t, err);
}

int netd_config_read_network(const char *settings, struct netd_network *n,
			     struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = netd_topology_new("");

	if (!t || adopt_text(t, settings) < 0)
		return no_memory(err);
	return read_settings(t, n, err);
}
