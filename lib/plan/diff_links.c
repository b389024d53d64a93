// SPDX-License-Identifier: GPL-2.0-or-later
/* Links: which to make, change, plug in, delete. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "plan/diff.h"

static bool bridge_equal(const struct netd_bridge *a, const struct netd_bridge *b)
{
	return a->stp == b->stp && a->forward_delay == b->forward_delay &&
	       a->multicast_snooping == b->multicast_snooping &&
	       a->nf_call_iptables == b->nf_call_iptables &&
	       a->nf_call_ip6tables == b->nf_call_ip6tables &&
	       a->nf_call_arptables == b->nf_call_arptables &&
	       a->group_fwd_mask == b->group_fwd_mask;
}

/* Which fields of an existing link differ from what it should be. */
static unsigned link_changes(const struct netd_link *want, const struct netd_link *have)
{
	unsigned fields = 0;

	if (want->up != have->up)
		fields |= NETD_LINK_UP;
	if (want->mtu && want->mtu != have->mtu)
		fields |= NETD_LINK_MTU;
	if (strcmp(want->master, have->master) != 0)
		fields |= NETD_LINK_MASTER;
	if (want->foreign)
		return fields;
	if (want->has_mac && memcmp(&want->mac, &have->mac, sizeof(want->mac)) != 0)
		fields |= NETD_LINK_MAC;
	if (strcmp(want->alias, have->alias) != 0)
		fields |= NETD_LINK_ALIAS_TEXT;
	if (want->group != have->group)
		fields |= NETD_LINK_GROUP_NUMBER;
	if (want->no_ipv6_address && !have->no_ipv6_address)
		fields |= NETD_LINK_NO_IPV6;
	if (want->kind == NETD_LINK_BRIDGE && !bridge_equal(&want->bridge, &have->bridge))
		fields |= NETD_LINK_BRIDGE_DATA;
	return fields;
}

/* What a link that was just made still lacks. */
static unsigned link_completion(const struct netd_link *want)
{
	unsigned fields = NETD_LINK_ALIAS_TEXT | NETD_LINK_UP;

	if (want->master[0])
		fields |= NETD_LINK_MASTER;
	if (want->no_ipv6_address)
		fields |= NETD_LINK_NO_IPV6;
	if (want->kind == NETD_LINK_TAP && want->mtu)
		fields |= NETD_LINK_MTU;
	return fields;
}

/* What an interface that is not ours was before it became a port. */
static int claim_port(struct netd_diff *d, const struct netd_link *want,
		      const struct netd_link *have)
{
	int r = 0;

	if (have && (have->mtu != want->mtu ||
		     netd_diff_is_claimed(d, NETD_CLAIM_MTU, want->name)))
		r = netd_diff_claim(d, NETD_CLAIM_MTU, want->name, (int)have->mtu,
				    (int)want->mtu);
	return r ? r
		 : netd_diff_claim(d, NETD_CLAIM_PORT, want->name, have && have->up, 1);
}

static int want_link(struct netd_diff *d, const struct netd_link *want)
{
	const struct netd_link *have = netd_state_link(d->in->observed, want->name);
	unsigned fields;
	int r = 0;

	if (!have) {
		r = netd_diff_add_link(d, NETD_OP_CREATE_LINK, want, 0);
		fields = link_completion(want);
	} else {
		fields = link_changes(want, have);
	}
	if (r == 0 && want->foreign)
		r = claim_port(d, want, have);
	if (r == 0 && fields)
		r = netd_diff_add_link(d, NETD_OP_SET_LINK, want, fields);
	return r;
}

/* A tap that a hook plugged in follows its bridge's MTU, as when it was plugged in. */
static int follow_mtu(struct netd_diff *d, const struct netd_link *have)
{
	const struct netd_link *bridge =
		have->master[0] ? netd_state_link(d->in->desired, have->master) : NULL;
	struct netd_link link;

	if (!bridge || have->kind != NETD_LINK_TAP || have->mtu == bridge->mtu ||
	    netd_state_link(d->in->desired, have->name))
		return 0;
	link = *have;
	link.mtu = bridge->mtu;
	return netd_diff_add_link(d, NETD_OP_SET_LINK, &link, NETD_LINK_MTU);
}

static bool is_doomed(const struct netd_diff *d, const struct netd_link *have)
{
	const char *owner = netd_link_owner(have);

	return netd_link_is_ours(have) &&
	       (owner ? netd_owner_is(owner, d->in->topology) : d->in->nameless) &&
	       !netd_state_link(d->in->desired, have->name);
}

static int drop_link(struct netd_diff *d, const struct netd_link *have)
{
	struct netd_link down = *have;
	int r = 0;

	down.up = false;
	if (have->kind == NETD_LINK_BRIDGE && have->up)
		r = netd_diff_add_link(d, NETD_OP_STOP_LINK, &down, NETD_LINK_UP);
	return r < 0 ? r : netd_diff_add_link(d, NETD_OP_DELETE_LINK, have, 0);
}

int netd_diff_links(struct netd_diff *d)
{
	const struct netd_state *observed = d->in->observed, *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; r == 0 && i < desired->link_count; i++)
		r = want_link(d, &desired->links[i]);
	for (size_t i = 0; r == 0 && i < observed->link_count; i++) {
		if (is_doomed(d, &observed->links[i]))
			r = drop_link(d, &observed->links[i]);
		else
			r = follow_mtu(d, &observed->links[i]);
	}
	return r;
}
