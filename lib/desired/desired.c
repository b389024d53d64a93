// SPDX-License-Identifier: GPL-2.0-or-later
/* From a topology to the kernel objects that it asks for. */
#include "desired/desired.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/str.h"
#include "ruleset/compile.h"
#include "desired/desired_address.h"
#include "desired/desired_node.h"
#include "desired/desired_route.h"
#include "desired/desired_services.h"
#include "desired/forwarding.h"
#include "desired/small_mtu.h"

#define STP_FORWARD_DELAY 1500 /* 15 s in 1/100 s, IEEE 802.1D-1998 8.10.2 */

struct netd_mac netd_desired_mac(const char *host_id, const char *owner)
{
	uint64_t hash = netd_hash_text(netd_hash_text(NETD_HASH_START, host_id), owner);
	struct netd_mac mac;

	for (int i = 0; i < 6; i++, hash >>= 8)
		mac.bytes[i] = (uint8_t)hash;
	/* locally administered, unicast: IEEE 802-2014 8.2 */
	mac.bytes[0] = (uint8_t)((mac.bytes[0] & 0xfc) | 0x02);
	return mac;
}

static const struct netd_link *existing_bridge(const struct netd_network *n,
					       const struct netd_facts *facts)
{
	if (n->existing)
		return netd_state_link(facts->observed, n->bridge);
	return NULL;
}

uint32_t netd_desired_mtu(const struct netd_network *n, const struct netd_facts *facts)
{
	const struct netd_link *bridge = existing_bridge(n, facts);

	if (bridge)
		return bridge->mtu;
	if (n->mtu)
		return n->mtu;
	return NETD_DESIRED_MTU;
}

void netd_desired_high_mac(struct netd_desired_link *port, const struct netd_network *n,
			   const struct netd_facts *facts)
{
	if (!n->existing)
		return;
	port->has_mac = true;
	port->mac = netd_desired_mac(facts->host_id, port->name);
	port->mac.bytes[0] = 0xfe;
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

static struct netd_desired_link *add_link(struct netd_desired *out,
					  const struct netd_topology *t,
					  const struct netd_network *n,
					  const struct netd_facts *facts,
					  const char *name)
{
	struct netd_desired_link *link =
		netd_array_add(&out->links, &out->link_count, sizeof(*link));

	if (!link)
		return NULL;
	netd_copy(link->name, name);
	link->up = true;
	link->group = NETD_LINK_GROUP;
	link->mtu = netd_desired_mtu(n, facts);
	snprintf(link->alias, sizeof(link->alias), NETD_ALIAS_PREFIX "%s/%s", t->name,
		 n->name);
	return link;
}

/* The neighbours know the NIC's MAC, and the bridge takes its place. */
static void set_uplink(struct netd_desired_link *bridge, const struct netd_network *n,
		       const struct netd_facts *facts)
{
	const struct netd_link *nic = NULL;

	if (n->uplink[0])
		nic = netd_state_uplink(facts->observed, n->uplink);
	if (!nic) /* what it was is what its bridge has */
		nic = netd_state_bridge_without_uplink(facts->observed, n->uplink);
	netd_copy(bridge->uplink, n->uplink);
	bridge->uplink_place = n->uplink_place;
	if (nic && !n->has_mac && nic->has_mac)
		bridge->mac = nic->mac;
	if (nic && !n->mtu)
		bridge->mtu = nic->mtu;
}

/* Of an existing bridge nothing is wanted but that it is there. */
static int keep_existing_bridge(struct netd_desired_link *link,
				const struct netd_network *n,
				const struct netd_facts *facts)
{
	const struct netd_link *have = existing_bridge(n, facts);

	link->kind = NETD_LINK_BRIDGE;
	link->foreign = true;
	link->mtu = 0;
	link->up = have && have->up;
	if (have)
		netd_copy(link->master, have->master);
	link->place = netd_place_or(n->bridge_place, n->place);
	return 0;
}

static bool forwards(const struct netd_network *n)
{
	return n->mode == NETD_MODE_NAT || n->mode == NETD_MODE_ROUTED ||
	       n->mode == NETD_MODE_OPEN;
}

/*
 * IPv4's of a bridge of ours.  With an uplink it has the NIC's instead.  Who makes the
 * host a router (Docker, an admin) makes each interface forward, those that need not,
 * too: what must not pass, the rules hold back.
 */
static void add_bridge_settings(struct netd_desired_link *bridge,
				const struct netd_network *n,
				const struct netd_facts *facts)
{
	bool v4 = has_family(n, AF_INET), needed = forwards(n) && v4;

	if (n->uplink[0])
		return;
	if (needed || !facts->router4)
		netd_link_want_setting(&bridge->attrs, NETD_SETTING_FORWARDING4, needed);
	if (!v4)
		return;
	/* strict filtering drops replies of forwarded flows on multi-homed hosts */
	netd_link_want_setting(&bridge->attrs, NETD_SETTING_RP_FILTER, 2);
	/* else the new address of a subnet goes with its old one */
	netd_link_want_setting(&bridge->attrs, NETD_SETTING_PROMOTE, 1);
}

/* A mask that the file does not mention is somebody else's, unless it was netd's. */
static uint32_t group_fwd_mask(const struct netd_network *n,
			       const struct netd_facts *facts)
{
	const struct netd_link *have = netd_state_link(facts->observed, n->bridge);
	const struct netd_network *ran = NULL;

	if (facts->ran)
		ran = netd_topology_network(facts->ran, n->name);
	if (n->group_fwd_mask || !have || (ran && ran->group_fwd_mask))
		return n->group_fwd_mask;
	return have->bridge.group_fwd_mask;
}

static int add_bridge(struct netd_desired *out, const struct netd_topology *t,
		      const struct netd_network *n, const struct netd_facts *facts)
{
	struct netd_desired_link *link = add_link(out, t, n, facts, n->bridge);
	char owner[NETD_OWNER];

	if (!link)
		return -ENOMEM;
	if (n->existing)
		return keep_existing_bridge(link, n, facts);
	owner_text(t, n, owner);
	link->kind = NETD_LINK_BRIDGE;
	link->has_mac = true;
	link->mac = n->mac;
	if (!n->has_mac)
		link->mac = netd_desired_mac(facts->host_id, owner);
	set_uplink(link, n, facts);
	add_bridge_settings(link, n, facts);
	link->place = netd_place_or(n->bridge_place, n->place);
	/* Snooping without a querier loses group traffic, and makes the Nth port cost
	 * O(N). */
	link->bridge = (struct netd_bridge){
		.stp = n->stp,
		.forward_delay = n->stp ? STP_FORWARD_DELAY : 0,
		.group_fwd_mask = group_fwd_mask(n, facts),
	};
	return 0;
}

/* What is in an existing bridge already stays as it is, too. */
static void keep_port(struct netd_desired_link *link, const struct netd_network *n,
		      const struct netd_facts *facts)
{
	const struct netd_link *have = netd_state_link(facts->observed, link->name);

	if (!n->existing || !have || strcmp(have->master, n->bridge) != 0)
		return;
	link->mtu = 0;
	link->up = have->up;
}

static int add_port(struct netd_desired *out, const struct netd_topology *t,
		    const struct netd_network *n, const struct netd_facts *facts,
		    const struct netd_port *p)
{
	static const enum netd_link_kind kinds[] = {
		[NETD_PORT_INTERFACE] = NETD_LINK_OTHER,
		[NETD_PORT_TAP] = NETD_LINK_TAP,
		[NETD_PORT_VETH] = NETD_LINK_VETH,
	};
	struct netd_desired_link *link = add_link(out, t, n, facts, p->name);

	if (!link)
		return -ENOMEM;
	link->kind = kinds[p->kind];
	link->foreign = p->kind == NETD_PORT_INTERFACE;
	link->no_ipv6_address = !link->foreign;
	link->place = p->place;
	/* without an owner and a group, everybody could open it (kind/tap.h) */
	link->tap = (struct netd_tap){
		.has_owner = p->has_owner || !p->has_group,
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
	if (link->foreign)
		keep_port(link, n, facts);
	else
		netd_desired_high_mac(link, n, facts);
	return 0;
}

static int add_addresses(struct netd_desired *out, const struct netd_topology *t,
			 const struct netd_network *n, struct netd_error *err)
{
	char owner[NETD_OWNER], what[NETD_IFNAME + 16];
	int r = 0;

	owner_text(t, n, owner);
	snprintf(what, sizeof(what), "network %s", n->name);
	for (size_t i = 0; i < n->address_count; i++) {
		struct netd_place place = n->place;

		if (n->address_places)
			place = n->address_places[i];
		r = netd_desired_address(out, owner, n->bridge, &n->addresses[i], place);
		if (r)
			return r;
	}
	r = netd_desired_pools(out, t, owner, what, &n->nat, err);
	if (r)
		return r;
	for (size_t i = 0; i < n->forward_count; i++) {
		if (n->forwards[i].on[0])
			r = netd_desired_outside_address(out, owner, n->forwards[i].on,
							 &n->forwards[i].listen,
							 n->forwards[i].place);
		if (r)
			return r;
	}
	return 0;
}

/*
 * What else every bridge of ours is set to, and an existing one if it is to forward.
 * IPv6's `forwarding` is not among them: on one interface it does not make the kernel
 * forward, it makes it a router to the neighbours, and setting it anywhere drops every
 * default route that the host has by router advertisement (forwarding.c has it, where it
 * is needed).
 */
static int add_bridge_sysctls(struct netd_desired *out, const struct netd_network *n,
			      const struct netd_facts *facts)
{
	bool v4 = has_family(n, AF_INET), v6 = has_family(n, AF_INET6);
	bool ours = !n->existing;
	/* it would hear its own router advertisements */
	bool advertises = n->dhcp.enabled && !n->dhcp.no_ra;
	bool shut = ours && !facts->router6;
	const struct {
		bool wanted;
		const char *family, *name;
		int value;
	} rows[] = {
		{!ours && v4 && forwards(n), "ipv4", "forwarding", 1},
		{!ours && v4 && forwards(n), "ipv4", "rp_filter", 2},
		{ours && facts->ipv6, "ipv6", "disable_ipv6", !v6},
		{facts->ipv6 && v6 && (ours || advertises), "ipv6", "accept_ra", 0},
		{facts->ipv6 && v6 && (ours || advertises), "ipv6", "autoconf", 0},
		{ours && facts->ipv6 && v6, "ipv6", "accept_dad", 0},
		{v6 && facts->force_forwarding && (shut || forwards(n)), "ipv6",
		 "force_forwarding", forwards(n)},
	};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_sysctl *s;

		/* With an uplink it has the NIC's settings instead. */
		if (!rows[i].wanted || n->uplink[0])
			continue;
		s = netd_array_add(&out->sysctls, &out->sysctl_count, sizeof(*s));
		if (!s)
			return -ENOMEM;
		snprintf(s->path, sizeof(s->path), "%s/conf/%s/%s", rows[i].family,
			 n->bridge, rows[i].name);
		s->value = rows[i].value;
		s->foreign = n->existing;
	}
	return 0;
}

static int add_network(struct netd_desired *out, const struct netd_topology *t,
		       const struct netd_network *n, const struct netd_facts *facts,
		       struct netd_error *err)
{
	int r;

	if (has_family(n, AF_INET6) && !facts->ipv6) {
		netd_topology_error(
			t, err, n->place,
			"network %s has an IPv6 address, but this kernel has no "
			"IPv6",
			n->name);
		return -EOPNOTSUPP;
	}
	r = add_bridge(out, t, n, facts);
	if (r)
		return r;
	for (size_t i = 0; i < n->port_count; i++) {
		r = add_port(out, t, n, facts, &n->ports[i]);
		if (r)
			return r;
	}
	r = add_bridge_sysctls(out, n, facts);
	if (r)
		return r;
	r = add_addresses(out, t, n, err);
	if (r)
		return r;
	for (size_t i = 0; i < n->route_count; i++) {
		r = netd_desired_route(out, &n->routes[i], n->bridge);
		if (r)
			return r;
	}
	return 0;
}

static int make(const struct netd_topology *t, const struct netd_facts *facts,
		struct netd_desired *out, struct netd_error *err)
{
	int r;

	for (size_t i = 0; i < t->network_count; i++) {
		r = add_network(out, t, &t->networks[i], facts, err);
		if (r < 0)
			return r;
	}
	r = netd_desired_nodes(t, facts, out, err);
	if (r < 0)
		return r;
	r = netd_desired_services(t, facts, out, err);
	if (r < 0)
		return r;
	r = netd_forwarding_add(t, facts, out);
	if (r < 0)
		return r;
	r = netd_desired_sort_links(out);
	if (r < 0)
		return r;
	netd_small_mtu_trim(out, facts);
	return netd_ruleset_compile(t, out, &out->ruleset, err);
}

int netd_desired_make(const struct netd_topology *t, const struct netd_facts *facts,
		      struct netd_desired *out, struct netd_error *err)
{
	int r = make(t, facts, out, err);

	if (r == -ENOMEM && !netd_error_code(err))
		netd_error_no_memory(err);
	if (r < 0)
		netd_desired_done(out);
	return r;
}
