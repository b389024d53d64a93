// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl show and status: a look at everything, drawn as a table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trial/confirm.h"
#include "observe/observe.h"
#include "observe/nodes.h"
#include "observe/recognise.h"
#include "show/show.h"
#include "show/show_nodes.h"
#include "store/stuck.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/suggest.h"
#include "rtnl/address.h"
#include "kind/link.h"
#include "netd.h"
#include "plan/plan.h"
#include "show/error.h"
#include "base/table.h"

static void topologies_free(struct netd_topology **all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		netd_topology_free(all[i]);
	free(all);
}

void netd_scene_done(struct netd_scene *s)
{
	topologies_free(s->running, s->running_count);
	topologies_free(s->defined, s->defined_count);
	for (size_t i = 0; i < s->stuck_count; i++)
		free(s->stuck[i]);
	free(s->stuck);
	netd_state_done(&s->state);
}

static void load_definition(struct netd_scene *s, const char *name)
{
	struct netd_topology *t, **slot;
	struct netd_error why = {0};
	int r = netd_definition_load(s->netd, name, &t, &why);

	if (r < 0 && r != -EACCES && s->notes && why.count) {
		netd_error_add(s->notes, 0, "%s.yaml cannot be started: %s", name,
			       why.problems[0].text);
		netd_error_hint(s->notes,
				"`netdctl network list` shows where it says so");
	}
	netd_error_done(&why);
	if (r < 0)
		return;
	slot = netd_array_add(&s->defined, &s->defined_count, sizeof(t));
	if (slot)
		*slot = t;
	else
		netd_topology_free(t);
}

/* Definitions that cannot be read do not keep the rest from being shown. */
static int load_definitions(struct netd_scene *s, struct netd_error *err)
{
	char **names = NULL;
	int r = netd_definition_names(s->netd, &names, err);

	for (size_t i = 0; r == 0 && names[i]; i++)
		load_definition(s, names[i]);
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
	return r;
}

int netd_scene_make(struct netd *netd, struct netd_scene *s, struct netd_error *err)
{
	struct netd_topologies running = {0};
	int r = netd_context_open(netd, false, err);

	s->netd = netd;
	if (r)
		return r;
	r = netd_store_load_all(&netd->store, &running, err);
	s->running = running.items;
	s->running_count = running.count;
	if (r)
		return r;
	r = netd_stuck_names(&netd->store, &s->stuck, &s->stuck_count, err);
	if (r)
		return r;
	r = load_definitions(s, err);
	if (r)
		return r;
	r = netd_observe_netlink(&netd->nl, NETD_PART_ROUTES, true, &s->state, err);
	if (r)
		return r;
	return netd_recognise(netd, NULL, 0, &s->state, err);
}

const struct netd_topology *netd_scene_definition(const struct netd_scene *s,
						  const char *name)
{
	for (size_t i = 0; i < s->defined_count; i++)
		if (strcmp(s->defined[i]->name, name) == 0)
			return s->defined[i];
	return NULL;
}

size_t netd_show_count_ports(const struct netd_scene *s, const char *bridge)
{
	size_t count = 0;

	for (size_t i = 0; i < s->state.link_count; i++)
		count += strcmp(s->state.links[i].master, bridge) == 0;
	return count;
}

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

	if (!taken) {
		netd_error_no_memory(err);
		return -ENOMEM;
	}
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
	if (netd_suggest_best(&near))
		netd_error_hint(err, "did you mean \"%s\"?", netd_suggest_best(&near));
	else
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
	int r = netd_node_kind_parse(kind, &number, err);

	if (r == 0)
		r = netd_scene_make(netd, &s, err);
	if (r < 0)
		return r;
	r = netd_draw_nodes(&s, number, format, &text);
	if (r == 0 && name)
		return netd_node_unknown(s.running, s.running_count, number, name, err);
	if (r == -ENOMEM)
		return netd_error_add(err, r, "out of memory");
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
		return netd_error_add(err, r, "out of memory");
	return hand_over(&text, out, err);
}
