// SPDX-License-Identifier: GPL-2.0-or-later
/* Routers, and hosts with the keys of their only interface among their own. */
#include <errno.h>

#include "base/str.h"
#include "config/reader.h"

/*
 * Theory of operation.  A host on one network has the keys of its interface beside its
 * own; @one gathers them, and becomes an interface if any of them was there.
 */
static bool is_used(const struct netd_node_interface *one)
{
	return *one->name || *one->network || one->address_count || one->mac_place.line ||
	       one->mtu_place.line;
}

static int no_network(struct netd_reader *r, const struct netd_yaml *node,
		      const struct netd_node *n)
{
	netd_reader_problem(r, node, "host \"%s\" is on no network", n->name);
	netd_error_hint(r->err, "say \"network\"");
	return -EINVAL;
}

/* Puts what was read of the host's only interface where interfaces are. */
static int keep_one(struct netd_reader *r, struct netd_node *n,
		    struct netd_node_interface *one, const struct netd_yaml *node,
		    int result)
{
	struct netd_node_interface *slot;

	if (!n->interface_count && !*one->network && !one->network_place.line)
		result = no_network(r, node, n);
	if (n->interface_count)
		result = netd_reader_problem(r, node,
					     "a host has \"interfaces\", or the keys of "
					     "its only one (\"network\", …), not both");
	slot = netd_array_add(&n->interfaces, &n->interface_count, sizeof(*slot));
	if (!slot)
		return netd_reader_no_memory(r);
	*slot = *one;
	*one = (struct netd_node_interface){0};
	if (!slot->place.line)
		slot->place = slot->network_place;
	if (!slot->place.line)
		slot->place = n->place;
	if (!*slot->name)
		netd_copy(slot->name, "eth0");
	slot->partial = result < 0;
	return result;
}

static int read_into(struct netd_reader *r, const struct netd_yaml *node,
		     struct netd_node *n, struct netd_node_interface *one)
{
	const struct netd_target targets[] = {
		{&netd_host_object, n},
		{&netd_only_interface_object, one},
	};

	return netd_read_mapping(r, node, targets, NETD_ARRAY_SIZE(targets));
}

static int read_host(struct netd_reader *r, const struct netd_yaml *node,
		     struct netd_node *n)
{
	struct netd_node_interface one = {0};
	int result = read_into(r, node, n, &one);

	if (is_used(&one))
		result = keep_one(r, n, &one, node, result);
	netd_node_interface_done(&one);
	return result;
}

int netd_read_node(struct netd_reader *r, const struct netd_yaml *node,
		   struct netd_node *n)
{
	if (n->kind == NETD_NODE_HOST)
		return read_host(r, node, n);
	return netd_read_object(r, node, &netd_router_object, n);
}
