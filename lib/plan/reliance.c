// SPDX-License-Identifier: GPL-2.0-or-later
/* What others may have come to rely on since netd changed it. */
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"
#include "kind/kind.h"
#include "plan/diff.h"

/*
 * Theory of operation.  A claim says what a thing was before netd changed it, and it is
 * given back when the last topology lets go.  Meanwhile somebody else may have started to
 * need it as it is: then giving it back would cut off what is not netd's.  The table
 * below has each thing that netd gives back, and how it is seen that others rely on it.
 * What only may be so is left as it is and noted, with the command that gives it back: a
 * host that forwards too much does not lose a connection.
 *
 * What somebody else has set to another value since is left alone anyway (diff_claims.c).
 * What netd sets on links of its own (promote_secondaries, accept_dad, disable_ipv6,
 * group_fwd_mask and the like) is not claimed, and goes with them.
 */

/* IPv6's one switch before Linux 6.17. */
static const char all6[] = "ipv6/conf/all/forwarding";

static bool is_set(const struct netd_diff *d, const char *path)
{
	int value;

	return netd_state_sysctl(d->in->observed, path, &value) && value;
}

bool netd_diff_gives_switch_back(const struct netd_diff *d)
{
	for (size_t i = 0; i < d->plan->op_count; i++) {
		const struct netd_op *op = &d->plan->ops[i];

		if (op->kind == NETD_OP_RESTORE_SYSCTL &&
		    strcmp(op->sysctl.path, all6) == 0)
			return true;
	}
	return false;
}

/*
 * Somebody made the whole host a router since (net/ipv4/devinet.c
 * inet_forward_change()), who relies on each interface.  What conf/all was is captured
 * with the value that it had (forwarding.c).
 */
static bool is_router_since(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_claim *then;
	char all[NETD_SYSCTL_PATH];

	netd_sysctl_path_of(c->key, "all", all);
	then = netd_diff_find_claim(d, NETD_CLAIM_SYSCTL, all);
	return then && then != c && !then->previous && !then->ours && is_set(d, all);
}

/* A router hears advertisements with accept_ra 2 only.  The switch is released before. */
static bool is_router_beside(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_claim *then = netd_diff_find_claim(d, NETD_CLAIM_SYSCTL, all6);

	return c->ours == 2 && then && !then->previous && is_set(d, all6) &&
	       !netd_diff_gives_switch_back(d);
}

static bool is_in_a_file(const struct netd_diff *d, const char *path)
{
	const struct netd_state *o = d->in->observed;

	for (size_t i = 0; i < o->sysctl_count; i++)
		if (o->sysctls[i].filed && !strcmp(o->sysctls[i].path, path))
			return true;
	return false;
}

/* A bridge of somebody else's with guests of IPv6, it seems; NULL: none. */
static const struct netd_link *bridge_of_others(const struct netd_diff *d)
{
	const struct netd_state *o = d->in->observed;

	for (size_t i = 0; i < o->addr_count; i++) {
		const struct netd_ifaddr *a = &o->addrs[i];
		const struct netd_link *link = netd_state_link(o, a->link);

		if (a->prefix.addr.family == AF_INET6 &&
		    !netd_addr_is_link_local(&a->prefix.addr) && link &&
		    netd_kind_of(link)->is_network && !netd_link_is_ours(link))
			return link;
	}
	return NULL;
}

/* netd's switch is everybody's, and nothing tells who else has switched it on. */
static bool is_switch_used(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_link *bridge;

	if (c->previous)
		return false;
	if (is_in_a_file(d, c->key))
		return true;
	bridge = bridge_of_others(d);
	if (!bridge)
		return false;
	netd_plan_note(
		d->plan,
		"net.ipv6.conf.all.forwarding stays 1: guests of the bridge %s may "
		"rely on it",
		bridge->name);
	netd_error_hint(&d->plan->notes,
			"if they do not: `sysctl net.ipv6.conf.all.forwarding=0`");
	return true;
}

/* A VLAN or the like that stands upon the claimed link, and has at least that MTU. */
static const struct netd_link *upper_of(const struct netd_diff *d,
					const struct netd_claim *c, int mtu)
{
	const struct netd_state *o = d->in->observed;
	const struct netd_link *lower = netd_state_link(o, c->key);

	for (size_t i = 0; lower && i < o->link_count; i++) {
		const struct netd_link *upper = &o->links[i];

		if (upper->lower_index == lower->index && upper != lower &&
		    upper->mtu >= (uint32_t)mtu)
			return upper;
	}
	return NULL;
}

/* The kernel would lower what stands upon it, too (net/8021q/vlan.c vlan_device_event()).
 */
static bool is_mtu_used(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_link *upper = upper_of(d, c, c->previous + 1);

	if (!upper)
		return false;
	netd_plan_note(d->plan, "%s keeps MTU %d: %s stands upon it and has MTU %u",
		       c->key, c->ours, upper->name, upper->mtu);
	netd_error_hint(&d->plan->notes, "it was %d before: `ip link set %s mtu %d`",
			c->previous, c->key, c->previous);
	return true;
}

static bool has_address_of_others(const struct netd_diff *d, const char *link)
{
	const struct netd_state *o = d->in->observed;

	for (size_t i = 0; i < o->addr_count; i++)
		if (!strcmp(o->addrs[i].link, link) &&
		    o->addrs[i].protocol != NETD_PROTOCOL &&
		    !netd_addr_is_link_local(&o->addrs[i].prefix.addr))
			return true;
	return false;
}

/* It was down before, and carries something now. */
static bool is_port_used(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_link *upper = upper_of(d, c, 0);

	if (c->previous || (!upper && !has_address_of_others(d, c->key)))
		return false;
	if (upper)
		netd_plan_note(d->plan, "%s stays up: %s stands upon it", c->key,
			       upper->name);
	else
		netd_plan_note(d->plan, "%s stays up: it has an address", c->key);
	netd_error_hint(&d->plan->notes, "it was down before: `ip link set %s down`",
			c->key);
	return true;
}

/*
 * Where nobody can tell, or nobody can rely on it, there is no function: an address, a
 * route or a NIC in a bridge are netd's own and go with the topology; a bridge of others
 * that a network is on was not changed; strict filtering, or listening to advertisements,
 * is what the owner of such a bridge had set before.
 */
static const struct {
	enum netd_claim_kind kind;
	const char *end; /* of the key */
	bool (*is_relied_on)(struct netd_diff *d, const struct netd_claim *c);
} things[] = {
	{NETD_CLAIM_SYSCTL, "ipv6/conf/all/forwarding", is_switch_used},
	{NETD_CLAIM_SYSCTL, "/forwarding", is_router_since},
	{NETD_CLAIM_SYSCTL, "/force_forwarding", is_router_since},
	{NETD_CLAIM_SYSCTL, "/accept_ra", is_router_beside},
	{NETD_CLAIM_SYSCTL, "/autoconf", NULL},
	{NETD_CLAIM_SYSCTL, "/rp_filter", NULL},
	{NETD_CLAIM_MTU, "", is_mtu_used},
	{NETD_CLAIM_PORT, "", is_port_used}, /* that it is up; it leaves its bridge */
	{NETD_CLAIM_ADDRESS, "", NULL},
	{NETD_CLAIM_ROUTE, "", NULL},
	{NETD_CLAIM_UPLINK, "", NULL},
	{NETD_CLAIM_BRIDGE, "", NULL},
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), skip = strlen(end);

	return length >= skip && !strcmp(text + length - skip, end);
}

bool netd_diff_is_relied_on(struct netd_diff *d, const struct netd_claim *c)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(things); i++)
		if (things[i].kind == c->kind && ends_with(c->key, things[i].end))
			return things[i].is_relied_on && things[i].is_relied_on(d, c);
	return false;
}
