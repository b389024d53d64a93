// SPDX-License-Identifier: GPL-2.0-or-later
/* What is there, as tables: netdctl show and status. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "base/suggest.h"
#include "base/table.h"
#include "netd.h"
#include "observe/nodes.h"
#include "observe/observe.h"
#include "show/error.h"
#include "show/show.h"
#include "show/show_nodes.h"
#include "trial/confirm.h"

static const struct netd_show_kind *find_kind(const char *name, struct netd_error *err)
{
	const struct netd_show_kind *kind = netd_show_kind_find(name);

	if (kind)
		return kind;
	netd_error_add(err, -EINVAL, "there is nothing called \"%s\" to show", name);
	netd_error_hint(err, "networks, ports, forwards, machines, routers, hosts, "
			     "services, topologies or differences");
	return NULL;
}

static int hand_over(struct netd_str *text, char **out, struct netd_error *err)
{
	char *taken = netd_str_take(text);

	if (!taken)
		return netd_error_no_memory(err);
	*out = taken;
	return 0;
}

/* True if a topology, or a network, router or host of it, bears that name. */
static bool offer_names(struct netd_topology *const *all, size_t count, const char *name,
			struct netd_suggest *near)
{
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		const struct netd_topology *t = all[i];

		found |= strcmp(t->name, name) == 0;
		for (size_t j = 0; j < t->network_count; j++) {
			netd_suggest_try(near, t->networks[j].name);
			found |= strcmp(t->networks[j].name, name) == 0;
		}
		for (size_t j = 0; j < t->node_count; j++) {
			netd_suggest_try(near, t->nodes[j].name);
			found |= strcmp(t->nodes[j].name, name) == 0;
		}
	}
	return found;
}

/* An empty table is no answer to a name that nothing bears. */
static int check_name(const struct netd_scene *s, const char *name,
		      struct netd_error *err)
{
	struct netd_suggest near = {.word = name};
	bool runs = offer_names(s->running, s->running_count, name, &near);

	if (offer_names(s->defined, s->defined_count, name, &near) || runs)
		return 0;
	netd_error_add(err, -ENOENT, "there is nothing called \"%s\"", name);
	if (!netd_suggest_hint(&near, err))
		netd_error_hint(err, "`netdctl show` has the networks, `netdctl show "
				     "routers` and `hosts` the rest");
	return -ENOENT;
}

/* Fills @table; @s: zeroed, but for what netd_scene_make() takes. */
static int fill(struct netd *netd, const struct netd_show_kind *k, struct netd_scene *s,
		struct netd_table *table, struct netd_error *err)
{
	int r = netd_scene_make(netd, s, err);

	if (r < 0)
		return r;
	table->columns = k->columns;
	table->column_count = k->column_count;
	k->fill(s, table);
	if (s->network && !table->cell_count)
		return check_name(s, s->network, err);
	return 0;
}

int netd_list(struct netd *netd, const char *kind, const char *name,
	      struct netd_table **out, struct netd_error *err)
{
	netd_auto(netd_scene_done) struct netd_scene s = {.network = name};
	netd_auto(netd_table_done) struct netd_table table = {0};
	const struct netd_show_kind *k = find_kind(kind, err);
	int r;

	if (!k)
		return -EINVAL;
	r = fill(netd, k, &s, &table, err);
	if (r < 0)
		return r;
	return netd_table_hand_over(&table, out, err);
}

int netd_show_nodes(struct netd *netd, const char *kind, const char *name,
		    enum netd_format format, char **out, struct netd_error *err)
{
	netd_auto(netd_scene_done) struct netd_scene s = {.network = name};
	netd_auto(netd_str_done) struct netd_str text = {0};
	enum netd_node_kind number;
	int count, r = netd_node_kind_parse(kind, &number, err);

	if (r < 0)
		return r;
	r = netd_scene_make(netd, &s, err);
	if (r < 0)
		return r;
	count = netd_draw_nodes(&s, number, format, &text);
	if (count < 0)
		return netd_error_no_memory(err);
	if (!count && name)
		return netd_node_unknown(s.running, s.running_count, number, name, err);
	return hand_over(&text, out, err);
}

/* Things about the host that spoil the best topology. */
static void add_warnings(struct netd_error *notes)
{
	struct netd_state state = {0};
	struct netd_facts facts;

	if (netd_observe_facts(&state, &facts, notes) == 0 && facts.bridge_nf_call) {
		netd_error_add(
			notes, 0,
			"this host sends bridged frames through iptables: its rules can "
			"cut guests of one bridge off from each other, at a cost for "
			"every frame");
		netd_error_hint(notes, "`sysctl net.bridge.bridge-nf-call-iptables=0`");
	}
	netd_state_done(&state);
}

/* What the table does not say, in lines below it. */
static void add_remarks(struct netd *netd, const struct netd_str *drift,
			struct netd_error *notes, struct netd_str *out)
{
	netd_str_add(out, netd_str_text(drift));
	netd_confirm_status(netd, notes);
	add_warnings(notes);
	netd_render_notes(notes, false, out);
}

int netd_status(struct netd *netd, enum netd_format format, char **out,
		struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0}, drift = {0};
	netd_auto(netd_error_done) struct netd_error notes = {0};
	netd_auto(netd_scene_done) struct netd_scene s = {.notes = &notes,
							  .drift = &drift};
	netd_auto(netd_table_done) struct netd_table table = {0};
	int r = fill(netd, netd_show_kind_find("topologies"), &s, &table, err);

	if (r < 0)
		return r;
	if (format == NETD_FORMAT_JSON) {
		r = netd_table_render_json(&table, &text);
	} else {
		r = netd_table_render_text(&table, &text);
		if (!text.length)
			netd_str_add(&text, "no topology is running\n");
		add_remarks(netd, &drift, &notes, &text);
	}
	if (r < 0)
		return netd_error_no_memory(err);
	return hand_over(&text, out, err);
}
