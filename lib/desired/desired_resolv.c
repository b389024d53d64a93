// SPDX-License-Identifier: GPL-2.0-or-later
/* The resolv.conf of a router or host. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "desired/desired_node.h"

#define SERVERS_MAX 3 /* resolv.h MAXNS: what a resolver reads */

/* What is found on the way. */
struct servers {
	struct netd_addr addrs[SERVERS_MAX];
	size_t count;
	const char *search;
};

static bool is_own(const struct netd_topology *t, const struct netd_node *node,
		   const struct netd_addr *a)
{
	const struct netd_node_interface *in;

	for (size_t i = 0; (in = netd_node_interface(t, node, i, NULL, NULL)); i++)
		for (size_t j = 0; j < in->address_count; j++)
			if (netd_addr_equal(&in->addresses[j].addr, a))
				return true;
	return false;
}

static void add_servers(struct servers *s, const struct netd_dns *dns,
			const struct netd_prefix *addresses, size_t count)
{
	if (!dns->enabled)
		return;
	for (size_t i = 0; i < count && s->count < SERVERS_MAX; i++)
		s->addrs[s->count++] = addresses[i].addr;
	if (!s->search[0])
		s->search = dns->domain;
}

/* Whoever serves DNS on a network that the node joins; a server does not ask itself. */
static void find_servers(const struct netd_topology *t, const struct netd_node *node,
			 const char *network, struct servers *s)
{
	const struct netd_network *n = netd_topology_network(t, network);

	if (n)
		add_servers(s, &n->dns, n->addresses, n->address_count);
	for (size_t i = 0; i < t->node_count; i++) {
		const struct netd_node *other = &t->nodes[i];

		if (other == node)
			continue;
		for (size_t j = 0; j < other->interface_count; j++)
			if (strcmp(other->interfaces[j].network, network) == 0)
				add_servers(s, &other->interfaces[j].dns,
					    other->interfaces[j].addresses,
					    other->interfaces[j].address_count);
	}
}

int netd_desired_resolv(const struct netd_topology *t, const struct netd_node *node,
			char **out)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	struct servers s = {.search = node->search};
	char addr[NETD_ADDR_TEXT];

	for (size_t i = 0; i < node->server_count && i < SERVERS_MAX; i++)
		s.addrs[s.count++] = node->servers[i].addr;
	for (size_t i = 0; !node->server_count && i < node->interface_count; i++)
		find_servers(t, node, node->interfaces[i].network, &s);
	*out = NULL;
	if (!s.count && !node->search[0])
		return 0;
	netd_str_addf(&text, "# netd %s/%s\n", t->name, node->name);
	for (size_t i = 0; i < s.count; i++)
		if (node->server_count || !is_own(t, node, &s.addrs[i]))
			netd_str_addf(&text, "nameserver %s\n",
				      netd_addr_format(&s.addrs[i], addr));
	if (s.search[0])
		netd_str_addf(&text, "search %s\n", s.search);
	*out = netd_str_take(&text);
	if (!*out)
		return -ENOMEM;
	return 0;
}
