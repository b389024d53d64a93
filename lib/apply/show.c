// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl show and status: a look at everything, drawn as a table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/observe.h"
#include "apply/show.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/address.h"
#include "kernel/link.h"
#include "netd.h"
#include "plan/plan.h"
#include "render/table.h"

static void topologies_free(struct netd_topology **all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		netd_topology_free(all[i]);
	free(all);
}

static void scene_done(struct netd_scene *s)
{
	topologies_free(s->running, s->running_count);
	topologies_free(s->defined, s->defined_count);
	netd_state_done(&s->state);
}

/* Definitions that cannot be read do not keep the rest from being shown. */
static int load_definitions(struct netd_scene *s, struct netd_error *err)
{
	char **names = NULL;
	int r = netd_definition_names(s->netd, &names, err);

	for (size_t i = 0; r == 0 && names[i]; i++) {
		struct netd_topology *t, **slot;

		if (netd_definition_load(s->netd, names[i], &t, NULL) < 0)
			continue;
		slot = netd_array_add(&s->defined, &s->defined_count, sizeof(t));
		if (slot)
			*slot = t;
		else
			netd_topology_free(t);
	}
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
	return r;
}

static int scene_make(struct netd *netd, struct netd_scene *s, struct netd_error *err)
{
	int r = netd_context_open(netd, false, err);

	s->netd = netd;
	if (r == 0 && netd->store.fd >= 0)
		r = netd_store_load_all(&netd->store, &s->running, &s->running_count,
					err);
	if (r == 0)
		r = load_definitions(s, err);
	if (r == 0)
		r = netd_link_dump(&netd->nl, true, &s->state, err);
	if (r == 0)
		r = netd_address_dump(&netd->nl, &s->state, err);
	return r;
}

static const struct netd_show_kind *find_kind(const char *name, struct netd_error *err)
{
	const struct netd_show_kind *kind = netd_show_kind_find(name);

	if (kind)
		return kind;
	netd_error_add(err, -EINVAL, "there is nothing called \"%s\" to show", name);
	netd_error_hint(err, "networks, ports, forwards, machines or topologies");
	return NULL;
}

static int hand_over(struct netd_str *text, char **out, struct netd_error *err)
{
	char *taken = netd_str_take(text);

	if (!taken) {
		netd_error_add(err, -ENOMEM, "out of memory");
		return -ENOMEM;
	}
	*out = taken;
	return 0;
}

int netd_show(struct netd *netd, const char *kind, const char *name,
	      enum netd_format format, char **out, struct netd_error *err)
{
	const struct netd_show_kind *k = find_kind(kind, err);
	netd_auto(scene_done) struct netd_scene s = {.network = name};
	struct netd_table table = {0};
	struct netd_str text = {0};
	int r;

	if (!k)
		return -EINVAL;
	r = scene_make(netd, &s, err);
	if (r == 0) {
		table.columns = k->columns;
		table.column_count = k->column_count;
		k->fill(&s, &table);
		r = format == NETD_FORMAT_JSON ? netd_table_render_json(&table, &text)
					       : netd_table_render_text(&table, &text);
	}
	if (r == 0)
		r = hand_over(&text, out, err);
	netd_table_done(&table);
	netd_str_done(&text);
	return r;
}

/* Things about the host that spoil the best topology. */
static void add_warnings(struct netd_str *text)
{
	struct netd_state state = {0};
	struct netd_facts facts;

	netd_observe_facts(&state, &facts);
	if (facts.bridge_nf_call)
		netd_str_add(
			text,
			"warning: this host sends bridged frames through iptables: its "
			"rules can cut guests of one bridge\n"
			"         off from each other, at a cost for every frame; "
			"`sysctl net.bridge.bridge-nf-call-iptables=0`\n");
	netd_state_done(&state);
}

int netd_status(struct netd *netd, enum netd_format format, char **out,
		struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	netd_auto_free char *table = NULL;
	int r = netd_show(netd, "topologies", NULL, format, &table, err);

	if (!table)
		return r;
	netd_str_add(&text, *table ? table : "no topology is running\n");
	if (format == NETD_FORMAT_TEXT)
		add_warnings(&text);
	return hand_over(&text, out, err);
}
