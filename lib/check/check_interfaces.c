// SPDX-License-Identifier: GPL-2.0-or-later
/* Interfaces of routers, hosts and links: names, networks, MACs, MTUs, addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/suggest.h"
#include "check/check.h"

const struct netd_plug *netd_check_interface(const struct netd_plugs *plugs,
					     const char *name)
{
	for (size_t i = 0; i < plugs->count; i++)
		if (strcmp(plugs->items[i]->interface->name, name) == 0)
			return plugs->items[i];
	return NULL;
}

void netd_check_suggest_interface(const struct netd_plugs *plugs, const char *name,
				  struct netd_error *err)
{
	struct netd_suggest suggest = {.word = name};

	for (size_t i = 0; i < plugs->count; i++)
		netd_suggest_try(&suggest, plugs->items[i]->interface->name);
	netd_suggest_hint(&suggest, err);
}

static void check_name(struct netd_topology *t, const struct netd_plug *plug,
		       struct netd_error *err)
{
	const struct netd_node_interface *i = plug->interface;
	const char *problem = NULL;

	if (*i->name)
		problem = netd_ifname_problem(i->name);
	if (strcmp(i->name, "lo") == 0)
		problem = "is that of the loopback interface";
	if (!*i->name && !i->partial && !(plug->cable && plug->cable->partial))
		problem = "is empty";
	if (problem)
		netd_topology_error(t, err, i->place, "interface name \"%s\" %s", i->name,
				    problem);
}

static void unknown_network(struct netd_topology *t, const struct netd_node *n,
			    const struct netd_node_interface *i, struct netd_error *err)
{
	struct netd_suggest suggest = {.word = i->network};
	bool said = i->network_place.line;

	if (netd_problems_enough(err))
		return;
	if (!*i->network) {
		netd_topology_error(t, err, i->place, "%s \"%s\" is on no network",
				    netd_node_kind_name(n->kind), n->name);
		netd_error_hint(err, "name one of this file: \"network: lan\"");
		return;
	}
	netd_topology_error(t, err, netd_place_or(i->network_place, i->place),
			    "there is no network \"%s\"", i->network);
	for (size_t k = 0; k < t->network_count; k++)
		netd_suggest_try(&suggest, t->networks[k].name);
	if (netd_suggest_hint(&suggest, err))
		return;
	if (said)
		netd_error_hint(err, "add it to \"networks\"");
	else
		netd_error_hint(err, "say \"network\" if it is not called as the "
				     "interface, or add it to \"networks\"");
}

static void check_network(struct netd_topology *t, const struct netd_plug *plug,
			  struct netd_error *err)
{
	if (!plug->cable && !plug->junction && !plug->interface->partial)
		unknown_network(t, plug->node, plug->interface, err);
}

/* The router's subnet decides if the network itself has none. */
static void check_subnet(struct netd_topology *t, const struct netd_plug *plug,
			 const struct netd_prefix *p, struct netd_place place,
			 struct netd_error *err)
{
	const struct netd_junction *s = plug->junction;
	char text[NETD_PREFIX_TEXT], other[NETD_PREFIX_TEXT];
	const struct netd_prefix *any, *subnet;
	const struct netd_plug *by;
	const char *problem = NULL;

	if (!s || netd_addr_is_link_local(&p->addr))
		return;
	by = s->subnets[p->addr.family == AF_INET6].plug;
	any = netd_junction_any_subnet(s, p->addr.family);
	if (!any || by == plug || s->network->partial)
		return;
	subnet = netd_junction_subnet(s, &p->addr);
	if (subnet)
		problem = netd_check_subnet_address(subnet, &p->addr);
	if (subnet && !problem)
		return;
	netd_prefix_format(p, text);
	if (problem)
		netd_topology_error(t, err, place, "address %s %s", text, problem);
	else
		netd_topology_error(t, err, place,
				    "address %s is outside of network \"%s\"", text,
				    s->network->name);
	if (by)
		netd_error_hint(err,
				"the network's subnet is that of %s, an address of "
				"router \"%s\"",
				netd_prefix_format(any, other), by->node->name);
	else
		netd_error_hint(err, "the network's subnet is that of %s",
				netd_prefix_format(any, other));
}

static void check_address(struct netd_topology *t, const struct netd_plug *plug,
			  const struct netd_prefix *p, struct netd_place place,
			  struct netd_error *err)
{
	const char *problem = netd_check_host_address(&p->addr);
	char text[NETD_PREFIX_TEXT];

	if (!problem)
		problem = netd_check_subnet_address(p, &p->addr);
	if (!problem && p->length == 0)
		problem = "leaves no room for any other network";
	if (problem)
		netd_topology_error(t, err, place, "address %s %s",
				    netd_prefix_format(p, text), problem);
	else
		check_subnet(t, plug, p, place, err);
}

static void check_addresses(struct netd_topology *t, const struct netd_plug *plug,
			    struct netd_error *err)
{
	const struct netd_node_interface *i = plug->interface;

	for (size_t k = 0; k < i->address_count; k++)
		check_address(t, plug, &i->addresses[k],
			      netd_check_address_place(i->address_places,
						       i->address_place_count, k),
			      err);
}

static int compare_names(const void *a, const void *b)
{
	const struct netd_plug *x = *(const struct netd_plug *const *)a;
	const struct netd_plug *y = *(const struct netd_plug *const *)b;
	int order = strcmp(x->interface->name, y->interface->name);

	if (order)
		return order;
	return netd_place_compare(&x->interface->place, &y->interface->place);
}

/* No interface of a node is there twice, those of links included. */
static int check_twice(struct netd_topology *t, const struct netd_node *n,
		       const struct netd_plugs *plugs, struct netd_error *err)
{
	const struct netd_plug **list = calloc(plugs->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < plugs->count; i++)
		list[i] = plugs->items[i];
	netd_array_sort(list, plugs->count, sizeof(*list), compare_names);
	for (size_t i = 1; i < plugs->count; i++) {
		const struct netd_node_interface *a = list[i - 1]->interface;
		const struct netd_node_interface *b = list[i]->interface;
		char line[NETD_LINE_TEXT];

		if (!*a->name || strcmp(a->name, b->name) != 0)
			continue;
		netd_topology_error(t, err, b->place,
				    "%s \"%s\" has an interface \"%s\" already%s",
				    netd_node_kind_name(n->kind), n->name, b->name,
				    netd_place_line(&a->place, line));
	}
	free(list);
	return 0;
}

int netd_check_interfaces(struct netd_topology *t, const struct netd_wiring *w,
			  struct netd_error *err)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct netd_node_interface *f = w->all[i].interface;

		check_name(t, &w->all[i], err);
		check_network(t, &w->all[i], err);
		if (f->has_mac)
			netd_check_mac(t, &f->mac, f->mac_place, err);
		netd_check_mtu(t, f->mtu, f->mtu_place, f->addresses, f->address_count,
			       err);
		check_addresses(t, &w->all[i], err);
	}
	for (size_t i = 0; i < t->node_count; i++)
		if (check_twice(t, &t->nodes[i], &w->nodes[i], err) < 0)
			return -ENOMEM;
	return 0;
}
