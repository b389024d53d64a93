// SPDX-License-Identifier: GPL-2.0-or-later
/* Links whose MTU is too small for IPv6. */
#include "desired/small_mtu.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "check/check.h"

/*
 * Theory of operation.  Where a link's MTU falls below 1,280, the kernel takes IPv6 away
 * from it: its addresses, its routes, and net/ipv6/conf/LINK
 * (net/ipv6/addrconf.c addrconf_notify(), NETDEV_CHANGEMTU).  So nothing of that is
 * wanted there; with an MTU that is large enough it comes back, with default values, and
 * the differ sets what is wanted (diff_links.c, NETD_OP_RAISE_MTU).
 */

bool netd_mtu_is_small(uint32_t mtu)
{
	return mtu && mtu < NETD_MTU_MIN_IPV6;
}

/* The MTU that @name will have; 0 if that is not known. */
static uint32_t mtu_of(const struct netd_state *observed,
		       const struct netd_desired *desired, const char *name)
{
	const struct netd_desired_link *want = netd_desired_link(desired, name);
	const struct netd_link *have = NULL;

	if (observed)
		have = netd_state_link(observed, name);
	if (want && want->mtu)
		return want->mtu;
	if (have && !have->loopback)
		return have->mtu;
	return 0;
}

/* "ipv6/conf/LINK/NAME" */
static bool is_of_small(const struct netd_sysctl *s, const struct netd_state *observed,
			const struct netd_desired *desired)
{
	static const char prefix[] = "ipv6/conf/";
	size_t skip = sizeof(prefix) - 1;
	char link[NETD_SYSCTL_PATH];

	if (strncmp(s->path, prefix, skip) != 0)
		return false;
	snprintf(link, sizeof(link), "%.*s",
		 (int)(strrchr(s->path, '/') - s->path - skip), s->path + skip);
	return netd_mtu_is_small(mtu_of(observed, desired, link));
}

static void trim(struct netd_desired *desired, const struct netd_state *observed,
		 bool ipv6)
{
	size_t kept = 0;

	for (size_t i = 0; i < desired->link_count; i++)
		if (!ipv6 || netd_mtu_is_small(desired->links[i].mtu))
			desired->links[i].no_ipv6_address = false;
	for (size_t i = 0; i < desired->sysctl_count; i++)
		if (!is_of_small(&desired->sysctls[i], observed, desired))
			desired->sysctls[kept++] = desired->sysctls[i];
	desired->sysctl_count = kept;
}

void netd_small_mtu_trim(struct netd_desired *desired, const struct netd_facts *facts)
{
	trim(desired, facts->observed, facts->ipv6);
	for (size_t i = 0; i < desired->space_count; i++) {
		struct netd_desired *space = &desired->spaces[i];

		trim(space, netd_state_space(facts->observed, space->space), facts->ipv6);
	}
}

/* What each check needs: the states are those of one namespace. */
struct check {
	const struct netd_topology *t;
	const struct netd_state *observed;
	const struct netd_desired *desired;
	struct netd_error *err;
};

/* Refuses @what on @link if that is too small. */
static void check_one(const struct check *c, const char *link, const char *what,
		      const struct netd_prefix *prefix, struct netd_place place)
{
	const struct netd_desired_link *want = netd_desired_link(c->desired, link);
	uint32_t mtu = mtu_of(c->observed, c->desired, link);
	bool uplinks = want && want->uplink[0];
	char text[NETD_PREFIX_TEXT];

	if (prefix->addr.family != AF_INET6 || !netd_mtu_is_small(mtu))
		return;
	netd_topology_error(c->t, c->err, place,
			    "%s %s: the MTU of %s is %u%s%s, and IPv6 needs %u", what,
			    netd_prefix_format(prefix, text), link, mtu,
			    uplinks ? ", as that of " : "", uplinks ? want->uplink : "",
			    NETD_MTU_MIN_IPV6);
	netd_error_hint(c->err, "give it a larger MTU, or leave IPv6 out");
}

/* The first address that is neither ours nor of the kernel's own making. */
static const struct netd_ifaddr *others6(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->addr_count; i++) {
		const struct netd_ifaddr *a = &s->addrs[i];

		if (a->prefix.addr.family == AF_INET6 && a->protocol != NETD_PROTOCOL &&
		    strcmp(a->link, link) == 0 &&
		    !netd_addr_is_link_local(&a->prefix.addr))
			return a;
	}
	return NULL;
}

/* The place of the MTU that makes it small. */
static struct netd_place mtu_place(const struct netd_topology *t,
				   const struct netd_desired_link *want)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (strcmp(t->networks[i].bridge, want->name) == 0 &&
		    t->networks[i].mtu_place.line)
			return t->networks[i].mtu_place;
	return want->place;
}

/* A bridge gets what its uplink has; both lose it. */
static void check_loss(const struct check *c, const struct netd_desired_link *want)
{
	const char *const holders[] = {want->name, want->uplink};

	if (!netd_mtu_is_small(want->mtu))
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct netd_ifaddr *a =
			*holders[i] ? others6(c->observed, holders[i]) : NULL;
		char text[NETD_PREFIX_TEXT];

		if (!a)
			continue;
		netd_topology_error(c->t, c->err, mtu_place(c->t, want),
				    "%s would lose its address %s: IPv6 needs an MTU of "
				    "%u, not %u",
				    holders[i], netd_prefix_format(&a->prefix, text),
				    NETD_MTU_MIN_IPV6, want->mtu);
		netd_error_hint(c->err,
				"choose a larger MTU, or remove that address first");
	}
}

static void check_space(const struct check *c)
{
	for (size_t i = 0; i < c->desired->addr_count; i++) {
		const struct netd_ifaddr *a = &c->desired->addrs[i];

		check_one(c, a->link, "address", &a->prefix, a->place);
	}
	for (size_t i = 0; i < c->desired->route_count; i++) {
		const struct netd_route *r = &c->desired->routes[i];

		check_one(c, r->link, "route", &r->to, r->place);
	}
	for (size_t i = 0; c->observed && i < c->desired->link_count; i++)
		check_loss(c, &c->desired->links[i]);
}

void netd_small_mtu_check(const struct netd_topology *t,
			  const struct netd_state *observed,
			  const struct netd_desired *desired, struct netd_error *err)
{
	check_space(&(struct check){t, observed, desired, err});
	for (size_t i = 0; i < desired->space_count; i++) {
		const struct netd_desired *space = &desired->spaces[i];

		check_space(&(struct check){t, netd_state_space(observed, space->space),
					    space, err});
	}
}
