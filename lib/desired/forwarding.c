// SPDX-License-Identifier: GPL-2.0-or-later
/* Which interfaces outside must forward, so that replies come back to the networks. */
#include "desired/forwarding.h"
#include "kind/kind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"

/*
 * Theory of operation.  The kernel looks forwarding up on the interface that a packet
 * came in by (net/ipv4/route.c ip_route_input_slow(), IN_DEV_FORWARD).  So our bridges
 * forward, and so must each interface by which replies or forwarded flows come in;
 * net.ipv4.ip_forward stays 0.
 *
 * Addresses and interfaces come late (DHCP at boot, a VPN, a dock), and nobody may be
 * there to look again.  So nothing here depends on who has which address, and
 * conf/default is set: the kernel copies it to each interface that appears (devinet.c
 * inetdev_init(), addrconf.c ipv6_add_dev()).  Of those that are there, `nat: {out: X}`
 * needs X, what `on:` names, and, if a forward listens without `on:`, all; any other
 * network may be left and entered by all.  What needs no forwarding is listed as kept: if
 * it forwarded before conf/default did, it must be told from what came later when that
 * goes back.
 *
 * Whoever switches conf/all/forwarding on later (Docker, an admin) makes the whole host a
 * router, and relies on it.  So what conf/all was is captured, too, and nothing is given
 * back if it went from 0 to 1 (diff_claims.c).
 *
 * IPv6 has a switch per interface only since Linux 6.17 (force_forwarding).  Before, it
 * is conf/all/forwarding, which makes the host ignore router advertisements and drop what
 * it learned from them, unless accept_ra is 2: so that is raised first, in conf/default,
 * too.
 *
 * conf/IFACE/forwarding of IPv6 makes an interface no router, but makes it say so:
 * without it, its neighbour advertisements lack the R flag, and guests drop the default
 * route that they have by its router advertisement (net/ipv6/ndisc.c ndisc_recv_na()). So
 * a bridge that advertises has it.  Writing it drops what the rest of the host learned
 * that way (net/ipv6/addrconf.c addrconf_fixup_forwarding()), so accept_ra goes first
 * here, too.
 */

static bool has_family(const struct netd_network *n, uint8_t family)
{
	for (size_t i = 0; i < n->address_count; i++)
		if (n->addresses[i].addr.family == family)
			return true;
	return false;
}

static bool forwards(const struct netd_network *n, uint8_t family)
{
	return (n->mode == NETD_MODE_NAT || n->mode == NETD_MODE_ROUTED ||
		n->mode == NETD_MODE_OPEN) &&
	       has_family(n, family);
}

/* True if network @n needs @link to forward what comes in by it. */
static bool network_uses(const struct netd_network *n, const char *link, uint8_t family)
{
	if (!forwards(n, family))
		return false;
	if (!n->nat.out[0] || strcmp(n->nat.out, link) == 0 ||
	    strcmp(n->nat.on, link) == 0)
		return true;
	for (size_t i = 0; i < n->forward_count; i++) {
		const struct netd_forward *f = &n->forwards[i];

		if (f->listen.family == family && (!f->on[0] || !strcmp(f->on, link)))
			return true;
	}
	return false;
}

static bool topology_uses(const struct netd_topology *t, const char *link, uint8_t family)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (network_uses(&t->networks[i], link, family))
			return true;
	return false;
}

/* True if @link is the bridge of an uplink, or (@nic) the uplink, of @t. */
static bool is_of_uplink(const struct netd_topology *t, const char *link, bool nic)
{
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];

		const char *name = n->bridge;

		if (nic)
			name = n->uplink;
		if (n->uplink[0] && strcmp(name, link) == 0)
			return true;
	}
	return false;
}

static const struct netd_network *network_on(const struct netd_topology *t,
					     const char *bridge)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (strcmp(t->networks[i].bridge, bridge) == 0)
			return &t->networks[i];
	return NULL;
}

/* An existing bridge that is a network's is inside, unless it is bridged to the outside.
 */
static bool is_inside(const struct netd_topology *t, const char *link)
{
	const struct netd_network *n = network_on(t, link);

	return n && n->existing && n->mode != NETD_MODE_BRIDGED;
}

/* True if @link is a bridge with somebody's uplink in it. */
static bool has_uplink(const struct netd_state *s, const struct netd_link *link)
{
	for (size_t i = 0; netd_kind_of(link)->is_network && i < s->link_count; i++)
		if (s->links[i].captured_for[0] &&
		    strcmp(s->links[i].captured_for, link->name) == 0)
			return true;
	return false;
}

/* True if a route with a gateway goes by @link. */
static bool has_gateway(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->route_count; i++)
		if (s->routes[i].via.family && strcmp(s->routes[i].link, link) == 0)
			return true;
	return false;
}

/* True if @t took that interface of somebody else's as a port. */
static bool was_taken(const struct netd_topology *t, const struct netd_facts *facts,
		      const struct netd_link *link)
{
	for (size_t i = 0; i < facts->claim_count; i++)
		if (facts->claims[i].kind == NETD_CLAIM_PORT &&
		    strcmp(facts->claims[i].topology, t->name) == 0 &&
		    strcmp(facts->claims[i].key, link->name) == 0)
			return true;
	return false;
}

/* True if it will be a port, ours or a guest's; one that @t took and lets go will not. */
static bool is_port(const struct netd_topology *t, const struct netd_facts *facts,
		    const struct netd_link *link)
{
	for (size_t i = 0; i < t->network_count; i++)
		for (size_t j = 0; j < t->networks[i].port_count; j++)
			if (strcmp(t->networks[i].ports[j].name, link->name) == 0)
				return true;
	return !was_taken(t, facts, link) && netd_link_is_guest_port(link);
}

/* A link that is there and leads outside after @t was applied; not one that @t makes. */
static bool is_outside(const struct netd_topology *t, const struct netd_facts *facts,
		       const struct netd_link *link)
{
	const struct netd_state *observed = facts->observed;
	const struct netd_network *n = network_on(t, link->name);
	const char *owner = netd_link_owner(link);

	if (link->loopback || is_of_uplink(t, link->name, true) ||
	    (n && (!n->existing || is_inside(t, link->name))) || is_port(t, facts, link))
		return false;
	if (!netd_link_is_ours(link))
		return true;
	/* Our own bridges have their settings from the start; what is of @t, and not
	 * among its networks, goes. */
	return owner && !netd_owner_is(owner, t->name) &&
	       netd_kind_of(link)->is_network &&
	       (has_uplink(observed, link) || has_gateway(observed, link->name));
}

/* Somebody's NIC or port that @t has in a bridge, and will give back. */
static bool is_borrowed(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_link *link)
{
	return !netd_link_is_ours(link) && !netd_link_is_guest_port(link) &&
	       (is_of_uplink(t, link->name, true) || is_port(t, facts, link));
}

static bool topology_forwards(const struct netd_topology *t, uint8_t family)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (forwards(&t->networks[i], family))
			return true;
	return false;
}

static struct netd_sysctl *add_setting(struct netd_desired *out, const char *family,
				       const char *link, const char *name, int value)
{
	struct netd_sysctl *s =
		netd_array_add(&out->sysctls, &out->sysctl_count, sizeof(*s));

	if (!s)
		return NULL;
	snprintf(s->path, sizeof(s->path), "%s/conf/%s/%s", family, link, name);
	s->value = value;
	s->foreign = true;
	return s;
}

static int add(struct netd_desired *out, const char *family, const char *link,
	       const char *name, int value)
{
	if (!add_setting(out, family, link, name, value))
		return -ENOMEM;
	return 0;
}

/* What stays as it is, and has to be known when another switch goes back. */
static int add_kept(struct netd_desired *out, const char *family, const char *link,
		    const char *name, bool always)
{
	struct netd_sysctl *s = add_setting(out, family, link, name, 1);

	if (!s)
		return -ENOMEM;
	s->kept = true;
	s->overridden = always;
	return 0;
}

/* A setting of a bridge that may not be there yet, and will have that of its NIC then. */
static int add_of_uplink(struct netd_desired *out, const struct netd_network *n,
			 const char *family, const char *name, int value)
{
	struct netd_sysctl *s = add_setting(out, family, n->bridge, name, value);

	if (!s || !netd_copy(s->nic, n->uplink))
		return -ENOMEM;
	return 0;
}

/* What of @link, which is there, is to forward, or has to be remembered. */
static int add_link(const struct netd_topology *t, const struct netd_facts *facts,
		    const struct netd_link *link, struct netd_desired *out,
		    uint8_t family, const char *directory, const char *name)
{
	if (is_outside(t, facts, link)) {
		if (topology_uses(t, link->name, family))
			return add(out, directory, link->name, name, 1);
		return add_kept(out, directory, link->name, name, false);
	}
	if (is_borrowed(t, facts, link))
		return add_kept(out, directory, link->name, name, false);
	return 0;
}

static int add_per_link(const struct netd_topology *t, const struct netd_facts *facts,
			struct netd_desired *out, uint8_t family, const char *directory,
			const char *name)
{
	const struct netd_state *observed = facts->observed;
	int r = add_kept(out, directory, "all", name, true);

	if (r < 0)
		return r;
	r = add(out, directory, "default", name, 1);
	if (r < 0)
		return r;
	for (size_t i = 0; i < observed->link_count; i++) {
		r = add_link(t, facts, &observed->links[i], out, family, directory, name);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];

		if (n->uplink[0] && !n->existing && topology_uses(t, n->bridge, family))
			r = add_of_uplink(out, n, directory, name, 1);
		if (r)
			return r;
	}
	return 0;
}

/*
 * True if the link does, or one day could, live from router advertisements.  Nobody
 * listens for them on loopback or a port.  Guests' taps and pairs that come later have
 * what conf/default has.
 */
static bool may_listen(const struct netd_topology *t, const struct netd_facts *facts,
		       const struct netd_link *link)
{
	if (link->loopback || is_port(t, facts, link) ||
	    (netd_link_is_ours(link) && !has_uplink(facts->observed, link)))
		return false;
	return !link->master[0] || was_taken(t, facts, link);
}

/* True if the bridge listens for them, or the NIC that will join it does. */
static bool uplink_listens(const struct netd_state *observed,
			   const struct netd_network *n)
{
	const char *link = n->uplink;
	char path[NETD_SYSCTL_PATH];
	int value;

	if (netd_state_link(observed, n->bridge))
		link = n->bridge;
	snprintf(path, sizeof(path), "ipv6/conf/%s/accept_ra", link);
	return netd_state_sysctl(observed, path, &value) && value;
}

/* Who listens for router advertisements, or will, out of the one switch's way. */
static int add_accept_ra(const struct netd_topology *t, const struct netd_facts *facts,
			 struct netd_desired *out)
{
	const struct netd_state *observed = facts->observed;
	int newcomers;

	if (netd_state_sysctl(observed, "ipv6/conf/default/accept_ra", &newcomers) &&
	    newcomers && add(out, "ipv6", "default", "accept_ra", 2) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < t->network_count; i++)
		if (t->networks[i].uplink[0] &&
		    uplink_listens(observed, &t->networks[i]) &&
		    add_of_uplink(out, &t->networks[i], "ipv6", "accept_ra", 2) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < observed->link_count; i++) {
		const struct netd_link *link = &observed->links[i];
		char path[NETD_SYSCTL_PATH];
		int value;

		if (is_of_uplink(t, link->name, true) ||
		    is_of_uplink(t, link->name, false) || is_inside(t, link->name))
			continue;

		snprintf(path, sizeof(path), "ipv6/conf/%s/accept_ra", link->name);
		if (!netd_state_sysctl(observed, path, &value) || !value ||
		    !may_listen(t, facts, link))
			continue;
		if (add(out, "ipv6", link->name, "accept_ra", 2) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* @link forwards by itself, which the one switch forgets when it goes off again. */
static int add_overridden(const struct netd_state *observed, struct netd_desired *out,
			  const char *link, bool switched)
{
	char path[NETD_SYSCTL_PATH];
	int value;

	snprintf(path, sizeof(path), "ipv6/conf/%s/forwarding", link);
	if (!netd_state_sysctl(observed, path, &value) || value != 1)
		return 0;
	if (add(out, "ipv6", link, "forwarding", 1) < 0)
		return -ENOMEM;
	out->sysctls[out->sysctl_count - 1].overridden = !switched;
	return 0;
}

/*
 * Linux before 6.17: the one switch.  It stands last, so it is the first to be given
 * back, and accept_ra the last.
 */
static int add_ipv6_global(const struct netd_topology *t, const struct netd_facts *facts,
			   struct netd_desired *out)
{
	const struct netd_state *observed = facts->observed;
	int value = 0;
	bool switched =
		netd_state_sysctl(observed, "ipv6/conf/all/forwarding", &value) && value;
	int r = add_accept_ra(t, facts, out);

	if (r)
		return r;
	r = add_overridden(observed, out, "default", switched);
	if (r < 0)
		return r;
	for (size_t i = 0; i < observed->link_count; i++) {
		if (!netd_link_is_ours(&observed->links[i]))
			r = add_overridden(observed, out, observed->links[i].name,
					   switched);
		if (r)
			return r;
	}
	return add(out, "ipv6", "all", "forwarding", 1);
}

static bool advertises(const struct netd_network *n)
{
	return n->dhcp.enabled && !n->dhcp.no_ra && !n->dhcp.no_gateway &&
	       forwards(n, AF_INET6);
}

bool netd_forwarding_advertises(const struct netd_topology *t)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (advertises(&t->networks[i]))
			return true;
	return false;
}

/*
 * The bridges that advertise are routers to their neighbours, too.  They stand behind
 * accept_ra, although they are our own: what is not there yet has no claim, but its turn.
 */
static int add_advertising(const struct netd_topology *t, const struct netd_facts *facts,
			   struct netd_desired *out)
{
	int r;

	if (!netd_forwarding_advertises(t))
		return 0;
	r = add_kept(out, "ipv6", "all", "forwarding", true);
	if (r)
		return r;
	r = add_accept_ra(t, facts, out);
	if (r)
		return r;
	for (size_t i = 0; i < t->network_count; i++) {
		if (advertises(&t->networks[i]))
			r = add(out, "ipv6", t->networks[i].bridge, "forwarding", 1);
		if (r)
			return r;
	}
	return 0;
}

int netd_forwarding_add(const struct netd_topology *t, const struct netd_facts *facts,
			struct netd_desired *out)
{
	int r = 0;

	if (topology_forwards(t, AF_INET))
		r = add_per_link(t, facts, out, AF_INET, "ipv4", "forwarding");
	if (r < 0 || !topology_forwards(t, AF_INET6))
		return r;
	if (!facts->force_forwarding)
		return add_ipv6_global(t, facts, out);
	r = add_per_link(t, facts, out, AF_INET6, "ipv6", "force_forwarding");
	if (r)
		return r;
	return add_advertising(t, facts, out);
}
