// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that are not one, and names given twice. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "check/check.h"

/* A name, what bears it, and where. */
struct name {
	const char *text;
	struct netd_place place;
};

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return netd_place_compare(&x->place, &y->place);
}

/* Reports every name of the list that is there twice; sorts the list. */
static void report_twice(struct netd_topology *t, struct netd_error *err,
			 struct name *names, size_t count, const char *what)
{
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 1; i < count; i++) {
		char line[NETD_LINE_TEXT];

		if (*names[i].text && strcmp(names[i].text, names[i - 1].text) == 0)
			netd_topology_error(t, err, names[i].place,
					    "%s \"%s\" is there already%s", what,
					    names[i].text,
					    netd_place_line(&names[i - 1].place, line));
	}
}

static void check_name(struct netd_topology *t, struct netd_error *err,
		       struct netd_place place, const char *what, const char *name,
		       const char *problem)
{
	if (problem && *name)
		netd_topology_error(t, err, place, "%s name \"%s\" %s", what, name,
				    problem);
}

/* What could not be read has no name; anything else must. */
static void check_given(struct netd_topology *t, struct netd_error *err,
			struct netd_place place, const char *what, const char *name,
			bool partial)
{
	if (!*name && !partial)
		netd_topology_error(t, err, place, "a %s without a name", what);
}

static void check_ifname(struct netd_topology *t, struct netd_error *err,
			 struct netd_place place, const char *what, const char *name)
{
	if (*name)
		check_name(t, err, place, what, name, netd_ifname_problem(name));
}

static void check_machines(struct netd_topology *t, struct netd_network *n,
			   struct netd_error *err)
{
	for (size_t i = 0; i < n->machine_count; i++) {
		struct netd_machine *m = &n->machines[i];

		check_name(t, err, m->place, "machine", m->name,
			   netd_machine_name_problem(m->name));
		check_given(t, err, m->place, "machine", m->name, m->partial);
	}
}

/* A port's name and, of a veth pair, the names of the far end and its namespace. */
static void check_port(struct netd_topology *t, struct netd_port *p,
		       struct netd_error *err)
{
	check_name(t, err, p->place, "port", p->name, netd_ifname_problem(p->name));
	check_given(t, err, p->place, "port", p->name, p->partial);
	check_ifname(t, err, p->peer_place, "peer", p->peer);
	if (*p->peer_namespace &&
	    (*p->peer_namespace == '.' || *p->peer_namespace == '-' ||
	     strchr(p->peer_namespace, '/')))
		netd_topology_error(t, err, p->peer_place,
				    "namespace name \"%s\" begins with '.' or '-' or "
				    "holds a '/'",
				    p->peer_namespace);
}

static void check_network(struct netd_topology *t, struct netd_network *n,
			  struct netd_error *err)
{
	/* libvirt's network is called "default", on virbr0 */
	bool own_bridge = *n->bridge && strcmp(n->bridge, n->name) != 0;
	const char *problem = netd_ifname_problem(n->name);

	if (own_bridge)
		problem = netd_network_name_problem(n->name);
	check_name(t, err, n->place, "network", n->name, problem);
	check_given(t, err, n->place, "network", n->name, n->partial);
	if (own_bridge)
		check_ifname(t, err, n->bridge_place, "bridge", n->bridge);
	check_ifname(t, err, n->uplink_place, "uplink", n->uplink);
	check_ifname(t, err, n->nat.out_place, "interface", n->nat.out);
	check_ifname(t, err, n->nat.on_place, "interface", n->nat.on);
	for (size_t i = 0; i < n->forward_count; i++)
		check_ifname(t, err, n->forwards[i].on_place, "interface",
			     n->forwards[i].on);
	for (size_t i = 0; i < n->port_count; i++)
		check_port(t, &n->ports[i], err);
	check_machines(t, n, err);
}

/* Routers and hosts are namespaces all, and so of one kind here. */
static int check_nodes(struct netd_topology *t, struct netd_error *err)
{
	netd_auto_free struct name *names = calloc(t->node_count + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < t->node_count; i++) {
		const struct netd_node *n = &t->nodes[i];
		const char *kind = netd_node_kind_name(n->kind);

		check_name(t, err, n->place, kind, n->name,
			   netd_node_name_problem(n->name));
		check_given(t, err, n->place, kind, n->name, n->partial);
		names[i] = (struct name){n->name, n->place};
	}
	report_twice(t, err, names, t->node_count, "a router or host named");
	return 0;
}

static int check_cables(struct netd_topology *t, struct netd_error *err)
{
	netd_auto_free struct name *names = calloc(t->cable_count + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < t->cable_count; i++) {
		const struct netd_cable *c = &t->cables[i];

		check_name(t, err, c->place, "link", c->name,
			   netd_ifname_problem(c->name));
		check_given(t, err, c->place, "link", c->name, c->partial);
		names[i] = (struct name){c->name, c->place};
	}
	report_twice(t, err, names, t->cable_count, "link");
	return 0;
}

/*
 * Names on one network.  DNS tells them all, and knows no case.
 */

/* A machine, or a node that is plugged in. */
struct told {
	const char *text;
	const char *kind; /* "machine", "router", "host" */
	const struct netd_node *node;
	struct netd_place place;
};

static int compare_told(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	int order = strcasecmp(x->text, y->text);

	if (order)
		return order;
	return netd_place_compare(&x->place, &y->place);
}

static void report_told(struct netd_topology *t, const struct told *have,
			const struct told *one, struct netd_error *err)
{
	bool same = strcmp(have->text, one->text) == 0;
	char line[NETD_LINE_TEXT];

	netd_place_line(&have->place, line);
	if (one->node && (one->node == have->node || (have->node && same)))
		return; /* plugged in twice; reported among nodes */
	if (same && !one->node && !have->node)
		netd_topology_error(t, err, one->place,
				    "machine \"%s\" is there already%s", one->text, line);
	else
		netd_topology_error(t, err, one->place,
				    "%s \"%s\" has the name of %s \"%s\"%s", one->kind,
				    one->text, have->kind, have->text, line);
	if (!same)
		netd_error_hint(err, "names on one network differ in more than case");
}

static int check_told(struct netd_topology *t, const struct netd_junction *s,
		      struct netd_error *err)
{
	const struct netd_network *n = s->network;
	struct told *all = calloc(n->machine_count + s->plugs.count + 1, sizeof(*all));
	size_t count = 0;

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < n->machine_count; i++)
		all[count++] = (struct told){n->machines[i].name, "machine", NULL,
					     n->machines[i].place};
	for (size_t i = 0; i < s->plugs.count; i++) {
		const struct netd_node *node = s->plugs.items[i]->node;

		if (node)
			all[count++] =
				(struct told){node->name, netd_node_kind_name(node->kind),
					      node, node->place};
	}
	netd_array_sort(all, count, sizeof(*all), compare_told);
	for (size_t i = 1; i < count; i++)
		if (*all[i].text && strcasecmp(all[i].text, all[i - 1].text) == 0)
			report_told(t, &all[i - 1], &all[i], err);
	free(all);
	return 0;
}

int netd_check_names(struct netd_topology *t, const struct netd_wiring *w,
		     struct netd_error *err)
{
	netd_auto_free struct name *names = calloc(t->network_count + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	check_name(t, err, t->name_place, "topology", t->name,
		   netd_topology_name_problem(t->name));
	for (size_t i = 0; i < t->network_count; i++) {
		check_network(t, &t->networks[i], err);
		names[i] = (struct name){t->networks[i].name, t->networks[i].place};
	}
	for (size_t i = 0; i < t->network_count; i++)
		if (check_told(t, &w->junctions[i], err) < 0)
			return -ENOMEM;
	report_twice(t, err, names, t->network_count, "network");
	if (check_nodes(t, err) < 0)
		return -ENOMEM;
	return check_cables(t, err);
}
