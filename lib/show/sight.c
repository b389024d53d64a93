// SPDX-License-Identifier: GPL-2.0-or-later
/* A router or host as it is asked for, and as its namespace has it. */
#include "show/sight.h"

#include <errno.h>
#include <string.h>

#include "observe/nodes.h"
#include "base/cleanup.h"

static void sight_done(struct netd_sight *s)
{
	netd_state_done(&s->space);
}

/* Every interface that the topology asks for is there, and up. */
static bool is_complete(const struct netd_sight *s)
{
	const struct netd_node_interface *want;

	for (size_t i = 0;
	     (want = netd_node_interface(s->topology, s->node, i, NULL, NULL)); i++) {
		const struct netd_link *link = netd_state_link(&s->space, want->name);

		if (!link || !link->up)
			return false;
	}
	return true;
}

/* The state; what its namespace has is in s->space then. */
static const char *look(struct netd *netd, struct netd_sight *s)
{
	int r;

	if (!s->runs)
		return "stopped";
	r = netd_node_observe(netd, s->node->name, &s->space, NULL);
	if (r == -ENOENT || r == -EINVAL) /* a leftover name is no namespace */
		return "missing";
	if (r == -EPERM || r == -EACCES)
		return "unknown";
	if (r < 0)
		return "unreadable";
	if (!netd_node_is_ours(&s->space, s->topology->name, s->node->name))
		return "foreign";
	if (!is_complete(s))
		return "incomplete";
	return "up";
}

static bool runs_somewhere(const struct netd_scene *scene, const char *name)
{
	for (size_t i = 0; i < scene->running_count; i++)
		if (netd_topology_node(scene->running[i], name))
			return true;
	return false;
}

int netd_sight_each(const struct netd_scene *scene, enum netd_node_kind kind,
		    void (*visit)(const struct netd_sight *s, void *data), void *data)
{
	size_t total = scene->running_count + scene->defined_count;
	int count = 0;

	for (size_t i = 0; i < total; i++) {
		bool runs = i < scene->running_count;
		const struct netd_topology *t;

		if (runs)
			t = scene->running[i];
		else
			t = scene->defined[i - scene->running_count];
		for (size_t j = 0; j < t->node_count; j++) {
			const struct netd_node *n = &t->nodes[j];
			netd_auto(sight_done) struct netd_sight s = {.netd = scene->netd,
								     .topology = t,
								     .node = n,
								     .runs = runs};

			if (n->kind != kind ||
			    (scene->network && strcmp(scene->network, n->name) != 0) ||
			    (!runs && runs_somewhere(scene, n->name)))
				continue;
			s.state = look(scene->netd, &s);
			visit(&s, data);
			count++;
		}
	}
	return count;
}

void netd_sight_addresses(const struct netd_state *space, const char *link,
			  struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	for (size_t i = 0; i < space->addr_count; i++) {
		const struct netd_ifaddr *a = &space->addrs[i];
		char prefix[NETD_PREFIX_TEXT];

		if (link && strcmp(a->link, link) != 0)
			continue;
		if (!link && (strcmp(a->link, "lo") == 0 ||
			      netd_addr_is_link_local(&a->prefix.addr)))
			continue;
		netd_str_next(&text, " ");
		netd_str_add(&text, netd_prefix_format(&a->prefix, prefix));
	}
	netd_table_add_text(table, netd_str_text(&text));
}
