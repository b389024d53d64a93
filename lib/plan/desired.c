// SPDX-License-Identifier: GPL-2.0-or-later
/* From a topology to the kernel objects that it asks for. */
#include "plan/desired.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"
#include "firewall/compile.h"
#include "plan/forwarding.h"

#define DEFAULT_MTU 1500
#define STP_FORWARD_DELAY 1500 /* 15 s in 1/100 s, IEEE 802.1D-1998 8.10.2 */
#define POOL_MAX 1024	       /* addresses that `nat: {on:}` may add */

/* FNV-1a, 64 bits (draft-eastlake-fnv 2 and 5). */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3;
	return (hash ^ 0xff) * 0x100000001b3;
}

struct netd_mac netd_desired_mac(const char *host_id, const char *owner)
{
	uint64_t hash = hash_text(hash_text(0xcbf29ce484222325, host_id), owner);
	struct netd_mac mac;

	for (int i = 0; i < 6; i++, hash >>= 8)
		mac.bytes[i] = (uint8_t)hash;
	/* locally administered, unicast: IEEE 802-2014 8.2 */
	mac.bytes[0] = (uint8_t)((mac.bytes[0] & 0xfc) | 0x02);
	return mac;
}

static void owner_text(const struct netd_topology *t, const struct netd_network *n,
		       char out[NETD_OWNER])
{
	snprintf(out, NETD_OWNER, "%s/%s", t->name, n->name);
}

static bool has_family(const struct netd_network *n, uint8_t family)
{
	for (size_t i = 0; i < n->address_count; i++)
		if (n->addresses[i].addr.family == family)
			return true;
	return false;
}

static struct netd_link *add_link(struct netd_state *out, const struct netd_topology *t,
				  const struct netd_network *n, const char *name)
{
	struct netd_link *link =
		netd_array_add(&out->links, &out->link_count, sizeof(*link));

	if (!link)
		return NULL;
	netd_copy(link->name, name);
	link->up = true;
	link->group = NETD_LINK_GROUP;
	link->mtu = n->mtu ? n->mtu : DEFAULT_MTU;
	snprintf(link->alias, sizeof(link->alias), NETD_ALIAS_PREFIX "%s/%s", t->name,
		 n->name);
	return link;
}

static int add_bridge(struct netd_state *out, const struct netd_topology *t,
		      const struct netd_network *n, const struct netd_facts *facts)
{
	struct netd_link *link = add_link(out, t, n, n->bridge);
	char owner[NETD_OWNER];

	if (!link)
		return -ENOMEM;
	owner_text(t, n, owner);
	link->kind = NETD_LINK_BRIDGE;
	link->has_mac = true;
	link->mac = n->has_mac ? n->mac : netd_desired_mac(facts->host_id, owner);
	link->place = n->bridge_place.line ? n->bridge_place : n->place;
	/* Snooping without a querier loses group traffic, and makes the Nth port cost
	 * O(N). */
	link->bridge = (struct netd_bridge){
		.stp = n->stp,
		.forward_delay = n->stp ? STP_FORWARD_DELAY : 0,
	};
	return 0;
}

static int add_port(struct netd_state *out, const struct netd_topology *t,
		    const struct netd_network *n, const struct netd_port *p)
{
	static const enum netd_link_kind kinds[] = {
		[NETD_PORT_INTERFACE] = NETD_LINK_OTHER,
		[NETD_PORT_TAP] = NETD_LINK_TAP,
		[NETD_PORT_VETH] = NETD_LINK_VETH,
	};
	struct netd_link *link = add_link(out, t, n, p->name);

	if (!link)
		return -ENOMEM;
	link->kind = kinds[p->kind];
	link->foreign = p->kind == NETD_PORT_INTERFACE;
	link->no_ipv6_address = !link->foreign;
	link->place = p->place;
	link->tap = (struct netd_tap){
		.has_owner = p->has_owner,
		.has_group = p->has_group,
		.owner = p->owner,
		.group = p->group,
		.multi_queue = p->multi_queue,
		.vnet_hdr = p->vnet_hdr,
		.persistent = true,
	};
	netd_copy(link->master, n->bridge);
	netd_copy(link->peer, p->peer);
	netd_copy(link->peer_namespace, p->peer_namespace);
	return 0;
}

static bool has_address(const struct netd_state *s, const char *link,
			const struct netd_prefix *prefix)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, link) == 0 &&
		    netd_prefix_compare(&s->addrs[i].prefix, prefix) == 0)
			return true;
	return false;
}

static int add_address(struct netd_state *out, const struct netd_topology *t,
		       const struct netd_network *n, const char *link,
		       const struct netd_prefix *prefix, struct netd_place place)
{
	struct netd_ifaddr *a;

	if (has_address(out, link, prefix))
		return 0;
	a = netd_array_add(&out->addrs, &out->addr_count, sizeof(*a));
	if (!a)
		return -ENOMEM;
	netd_copy(a->link, link);
	a->prefix = *prefix;
	a->protocol = NETD_PROTOCOL;
	a->place = place;
	owner_text(t, n, a->owner);
	return 0;
}

/*
 * A single address, as forwards and source pools put it onto an outside interface.  Of
 * two IPv6 addresses the kernel takes the longer match as source (RFC 6724, 5), so
 * without more this one would become the source of what the host itself, and masquerade,
 * sends.
 */
static int add_outside_address(struct netd_state *out, const struct netd_topology *t,
			       const struct netd_network *n, const char *link,
			       const struct netd_addr *addr, struct netd_place place)
{
	struct netd_prefix prefix = {*addr, (uint8_t)netd_addr_bits(addr)};
	size_t before = out->addr_count;
	int r = add_address(out, t, n, link, &prefix, place);

	if (out->addr_count > before)
		out->addrs[before].no_source = addr->family == AF_INET6;
	return r;
}

static int add_pool(struct netd_state *out, const struct netd_topology *t,
		    const struct netd_network *n, const struct netd_addr_range *pool,
		    struct netd_error *err)
{
	struct netd_addr a = pool->first;

	if (!a.family || !n->nat.on[0])
		return 0;
	for (int i = 0; i < POOL_MAX; i++, a = netd_addr_offset(&a, 1)) {
		int r = add_outside_address(out, t, n, n->nat.on, &a, n->nat.on_place);

		if (r < 0 || netd_addr_equal(&a, &pool->last))
			return r;
	}
	return netd_topology_error(t, err, n->nat.place,
				   "network %s: a source pool of more than %d addresses "
				   "cannot be added to %s",
				   n->name, POOL_MAX, n->nat.on);
}

static int add_addresses(struct netd_state *out, const struct netd_topology *t,
			 const struct netd_network *n, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n->address_count; i++)
		r = add_address(out, t, n, n->bridge, &n->addresses[i],
				n->address_places ? n->address_places[i] : n->place);
	if (r == 0)
		r = add_pool(out, t, n, &n->nat.source4, err);
	if (r == 0)
		r = add_pool(out, t, n, &n->nat.source6, err);
	for (size_t i = 0; r == 0 && i < n->forward_count; i++)
		if (n->forwards[i].on[0])
			r = add_outside_address(out, t, n, n->forwards[i].on,
						&n->forwards[i].listen,
						n->forwards[i].place);
	return r;
}

/*
 * What every bridge of ours is set to; the family column says when.  IPv6's `forwarding`
 * is not among them: on one interface it does not make the kernel forward, it makes it a
 * router to the neighbours, and setting it anywhere drops every default route that the
 * host has by router advertisement (net/ipv6/addrconf.c addrconf_fixup_forwarding()).
 */
static int add_bridge_sysctls(struct netd_state *out, const struct netd_network *n,
			      const struct netd_facts *facts)
{
	bool forwards = n->mode == NETD_MODE_NAT || n->mode == NETD_MODE_ROUTED ||
			n->mode == NETD_MODE_OPEN;
	bool v4 = has_family(n, AF_INET), v6 = has_family(n, AF_INET6);
	const struct {
		bool wanted;
		const char *family, *name;
		int value;
	} rows[] = {
		{true, "ipv4", "forwarding", forwards && v4},
		/* strict filtering drops replies of forwarded flows on multi-homed hosts
		 */
		{v4, "ipv4", "rp_filter", 2},
		/* else the new address of a subnet goes with its old one */
		{v4, "ipv4", "promote_secondaries", 1},
		{facts->ipv6, "ipv6", "disable_ipv6", !v6},
		{facts->ipv6 && v6, "ipv6", "accept_ra", 0},
		{facts->ipv6 && v6, "ipv6", "autoconf", 0},
		{facts->ipv6 && v6, "ipv6", "accept_dad", 0},
		{v6 && facts->force_forwarding, "ipv6", "force_forwarding", forwards},
	};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_sysctl *s;

		if (!rows[i].wanted)
			continue;
		s = netd_array_add(&out->sysctls, &out->sysctl_count, sizeof(*s));
		if (!s)
			return -ENOMEM;
		snprintf(s->path, sizeof(s->path), "%s/conf/%s/%s", rows[i].family,
			 n->bridge, rows[i].name);
		s->value = rows[i].value;
	}
	return 0;
}

static int add_network(struct netd_state *out, const struct netd_topology *t,
		       const struct netd_network *n, const struct netd_facts *facts,
		       struct netd_error *err)
{
	int r;

	if (n->uplink[0]) {
		netd_topology_error(
			t, err, n->place,
			"network %s: an uplink is not supported by this version",
			n->name);
		netd_error_hint(err,
				"list an interface without addresses under `ports:`");
		return -EOPNOTSUPP;
	}
	if (has_family(n, AF_INET6) && !facts->ipv6) {
		netd_topology_error(
			t, err, n->place,
			"network %s has an IPv6 address, but this kernel has no "
			"IPv6",
			n->name);
		return -EOPNOTSUPP;
	}
	r = add_bridge(out, t, n, facts);
	for (size_t i = 0; r == 0 && i < n->port_count; i++)
		r = add_port(out, t, n, &n->ports[i]);
	if (r == 0)
		r = add_bridge_sysctls(out, n, facts);
	if (r == 0)
		r = add_addresses(out, t, n, err);
	return r;
}

int netd_desired_make(const struct netd_topology *t, const struct netd_facts *facts,
		      struct netd_state *out, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->network_count; i++)
		r = add_network(out, t, &t->networks[i], facts, err);
	if (r == 0)
		r = netd_forwarding_add(t, facts, out);
	if (r == 0)
		r = netd_ruleset_compile(t, &out->ruleset, err);
	if (r == 0)
		r = netd_state_sort_links(out);
	if (r == -ENOMEM && !netd_error_code(err))
		netd_error_add(err, r, "out of memory");
	if (r < 0)
		netd_state_done(out);
	return r;
}
