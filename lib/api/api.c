// SPDX-License-Identifier: GPL-2.0-or-later
/* Public calls that only pass on to other rooms: errors, files and plans as texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/context.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "config/config.h"
#include "netd.h"
#include "plan/plan.h"
#include "show/error.h"
#include "base/safe.h"
#include "base/suggest.h"
#include "show/plan.h"

struct netd_error *netd_error_new(void)
{
	return calloc(1, sizeof(struct netd_error));
}

struct netd_error *netd_error_free(struct netd_error *err)
{
	netd_error_done(err);
	free(err);
	return NULL;
}

void netd_error_clear(struct netd_error *err)
{
	netd_error_done(err);
}

int netd_error_put(struct netd_error *err, int code, const char *text, const char *hint)
{
	netd_error_add(err, code, "%s", text);
	if (hint)
		netd_error_hint(err, "%s", hint);
	return code;
}

char *netd_error_format(const struct netd_error *err, enum netd_format format, bool color)
{
	struct netd_str text = {0};

	if (format == NETD_FORMAT_JSON)
		netd_render_error_json(err, &text);
	else
		netd_render_error(err, color, &text);
	return netd_str_take(&text);
}

char *netd_text_printable(const char *text)
{
	struct netd_str safe = {0};

	netd_render_safe(text, &safe);
	return netd_str_take(&safe);
}

size_t netd_text_distance(const char *word, const char *known)
{
	return netd_suggest_distance(word, known);
}

/* All of standard input, up to the limit of a topology file. */
static int read_input(struct netd_str *out, struct netd_error *err)
{
	char buffer[16384];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buffer, sizeof(buffer))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int r = -errno;

			return netd_error_add(err, r, "cannot read standard input: %s",
					      strerror(-r));
		}
		netd_str_add_bytes(out, buffer, (size_t)n);
		if (out->length > NETD_CONFIG_MAX)
			return netd_error_add(
				err, -EFBIG,
				"standard input is too large: at most %d bytes",
				NETD_CONFIG_MAX);
	}
	return netd_str_error(out);
}

int netd_topology_load(const char *path, struct netd_topology **out,
		       struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	int r;

	if (strcmp(path, "-") != 0)
		return netd_config_load(path, out, err);
	r = read_input(&text, err);
	if (r < 0)
		return r;
	return netd_config_parse(netd_str_text(&text), text.length, "stdin", out, err);
}

int netd_topology_parse(const char *text, const char *file, struct netd_topology **out,
			struct netd_error *err)
{
	size_t length = strlen(text);

	if (length > NETD_CONFIG_MAX)
		return netd_error_add(err, -EFBIG, "%s is too large: at most %d bytes",
				      file, NETD_CONFIG_MAX);
	return netd_config_parse(text, length, file, out, err);
}

const char *netd_topology_source(const struct netd_topology *t, const char **file)
{
	if (!t->text || !t->file)
		return NULL;
	*file = t->file;
	return t->text;
}

const char *netd_topology_name(const struct netd_topology *t)
{
	return t->name;
}

int netd_topology_format(const struct netd_topology *t, enum netd_format format,
			 char **out, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	char *taken = NULL;
	int r;

	if (format == NETD_FORMAT_JSON)
		r = netd_config_write_json(t, &text);
	else
		r = netd_config_write(t, &text);
	if (r >= 0)
		taken = netd_str_take(&text);
	if (!taken)
		return netd_error_no_memory(err);
	*out = taken;
	return 0;
}

size_t netd_plan_size(const struct netd_plan *plan)
{
	return plan->op_count;
}

char *netd_plan_format(const struct netd_plan *plan, enum netd_format format, bool color)
{
	netd_auto(netd_table_done) struct netd_table table = {0};
	netd_auto(netd_str_done) struct netd_str text = {0};
	int r;

	netd_show_plan(plan, &table);
	if (format == NETD_FORMAT_JSON)
		r = netd_table_render_json(&table, &text);
	else
		r = netd_render_plan(&table, color, &text);
	if (r < 0)
		return NULL;
	return netd_str_take(&text);
}

int netd_plan_table(const struct netd_plan *plan, struct netd_table **out,
		    struct netd_error *err)
{
	netd_auto(netd_table_done) struct netd_table table = {0};

	netd_show_plan(plan, &table);
	return netd_table_hand_over(&table, out, err);
}

char *netd_plan_notes(const struct netd_plan *plan, enum netd_format format, bool color)
{
	struct netd_str text = {0};

	if (format == NETD_FORMAT_JSON)
		netd_render_notes_json(&plan->notes, &text);
	else
		netd_render_notes(&plan->notes, color, &text);
	return netd_str_take(&text);
}
