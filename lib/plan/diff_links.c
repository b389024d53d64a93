// SPDX-License-Identifier: GPL-2.0-or-later
/* Links: which to make, change, plug in, delete. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "plan/diff.h"
#include "desired/small_mtu.h"

static bool bridge_equal(const struct netd_bridge *a, const struct netd_bridge *b)
{
	return a->stp == b->stp && a->forward_delay == b->forward_delay &&
	       a->multicast_snooping == b->multicast_snooping &&
	       a->nf_call_iptables == b->nf_call_iptables &&
	       a->nf_call_ip6tables == b->nf_call_ip6tables &&
	       a->nf_call_arptables == b->nf_call_arptables;
}

static bool settings_equal(const struct netd_link *want, const struct netd_link *have)
{
	for (unsigned i = 0; i < NETD_SETTING_COUNT; i++)
		if (want->settings_known & 1U << i &&
		    (!(have->settings_known & 1U << i) ||
		     want->settings[i] != have->settings[i]))
			return false;
	return true;
}

static bool same_owner(const struct netd_link *want, const struct netd_link *have)
{
	const struct netd_tap *a = &want->tap, *b = &have->tap;

	return want->kind != NETD_LINK_TAP ||
	       (a->has_owner == b->has_owner && a->owner == b->owner &&
		a->has_group == b->has_group && a->group == b->group);
}

/*
 * An older netd made taps that everybody can open.  While a program has one open, nobody
 * else can, and its owner cannot be set.
 */
static bool is_everybodys_in_use(const struct netd_link *have)
{
	return have->kind == NETD_LINK_TAP && !have->tap.has_owner &&
	       !have->tap.has_group && have->running;
}

/* One that shall be no port leaves our bridges only: others' masters are the admin's. */
static bool master_differs(const struct netd_diff *d, const struct netd_link *want,
			   const struct netd_link *have)
{
	const struct netd_link *master = netd_state_link(d->in->observed, have->master);

	if (want->master[0])
		return strcmp(want->master, have->master) != 0;
	return master && netd_link_is_ours(master);
}

/* Which fields of an existing link differ from what it should be. */
static unsigned link_changes(const struct netd_diff *d, const struct netd_link *want,
			     const struct netd_link *have)
{
	unsigned fields = 0;

	if (want->foreign && want->kind == NETD_LINK_BRIDGE)
		return 0; /* it exists, and that is all */
	if (want->up != have->up)
		fields |= NETD_LINK_UP;
	if (want->mtu && want->mtu != have->mtu)
		fields |= NETD_LINK_MTU;
	if (master_differs(d, want, have))
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
	if (!settings_equal(want, have))
		fields |= NETD_LINK_SETTINGS;
	if (want->kind == NETD_LINK_BRIDGE && !bridge_equal(&want->bridge, &have->bridge))
		fields |= NETD_LINK_BRIDGE_DATA;
	if (!same_owner(want, have) && !is_everybodys_in_use(have))
		fields |= NETD_LINK_TAP_OWNER;
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
	if (want->kind == NETD_LINK_TAP && want->has_mac)
		fields |= NETD_LINK_MAC;
	if (want->settings_known)
		fields |= NETD_LINK_SETTINGS;
	return fields;
}

/* What was in an existing bridge before us is not ours to take out. */
static bool was_there(const struct netd_diff *d, const struct netd_link *want,
		      const struct netd_link *have)
{
	const struct netd_link *bridge = netd_state_link(d->in->desired, want->master);

	return have && bridge && bridge->foreign &&
	       strcmp(have->master, want->master) == 0 &&
	       !netd_diff_is_claimed(d, NETD_CLAIM_PORT, want->name);
}

/* Its MTU is left as it is now, which may be what we made it. */
static int keep_mtu_claim(struct netd_diff *d, const char *link)
{
	const struct netd_claim *c =
		netd_claims_find(&d->old, d->in->topology, NETD_CLAIM_MTU, link);

	return c ? netd_claims_add(&d->claims, c) : 0;
}

/* What an interface that is not ours was before it became a port. */
static int claim_port(struct netd_diff *d, const struct netd_link *want,
		      const struct netd_link *have)
{
	int r = 0;

	if (want->kind == NETD_LINK_BRIDGE)
		return netd_diff_claim(d, NETD_CLAIM_BRIDGE, want->name, 1, 1);
	if (was_there(d, want, have))
		return 0;
	if (!want->mtu)
		r = keep_mtu_claim(d, want->name);
	else if (have && (have->mtu != want->mtu ||
			  netd_diff_is_claimed(d, NETD_CLAIM_MTU, want->name)))
		r = netd_diff_claim(d, NETD_CLAIM_MTU, want->name, (int)have->mtu,
				    (int)want->mtu);
	return r ? r
		 : netd_diff_claim(d, NETD_CLAIM_PORT, want->name, have && have->up, 1);
}

/*
 * The kernel sets the delay before the state, and refuses one of 0 as long as STP is on
 * (net/bridge/br_netlink.c br_changelink(), br_stp.c br_set_forward_delay()).  So STP
 * goes off first.
 */
static int stop_stp(struct netd_diff *d, const struct netd_link *want,
		    const struct netd_link *have)
{
	struct netd_link first = *have;

	if (!have->bridge.stp || want->bridge.stp)
		return 0;
	first.bridge.stp = false;
	return netd_diff_add_link(d, NETD_OP_SET_LINK, &first, NETD_LINK_BRIDGE_DATA);
}

/* The other end of a port's pair, wherever it was made, if nothing more is planned. */
static const struct netd_link *unplanned_end(const struct netd_diff *d,
					     const struct netd_link *want,
					     const struct netd_link *have)
{
	const char *name = want->peer_namespace;
	const struct netd_state *there =
		*name ? netd_state_space(d->host->observed, name) : d->in->observed;
	const struct netd_state *planned =
		*name ? netd_state_space(d->host->desired, name) : d->in->desired;
	const struct netd_link *far =
		there && have->peer_index
			? netd_state_link_by_index(there, have->peer_index)
			: NULL;

	if (!far || far->kind != NETD_LINK_VETH || far->peer_index != have->index ||
	    (planned && netd_state_link(planned, far->name)))
		return NULL;
	return far;
}

/*
 * It follows as long as it has the MTU that it was made with: what is longer than a
 * veth's MTU, the other end does not get through.  It comes after the near end, so a
 * change that fails, or is killed, between the two takes both back.
 */
static int far_mtu(struct netd_diff *d, const struct netd_link *want,
		   const struct netd_link *have)
{
	const struct netd_link *far = d->space[0] ? NULL : unplanned_end(d, want, have);
	struct netd_op *op;

	if (want->kind != NETD_LINK_VETH || !far || far->mtu != have->mtu)
		return 0;
	op = netd_diff_add(d, NETD_OP_SET_LINK);
	if (!op)
		return -ENOMEM;
	op->link = *far;
	op->link.mtu = want->mtu;
	op->link.place = want->place;
	op->fields = NETD_LINK_MTU;
	netd_copy(op->space, want->peer_namespace);
	return 0;
}

static void note_everybodys(struct netd_diff *d, const struct netd_link *want,
			    const struct netd_link *have)
{
	if (want->foreign || same_owner(want, have) || !is_everybodys_in_use(have))
		return;
	netd_plan_note(d->plan,
		       "tap %s: every user of this host can open it once the program "
		       "that has it open ends",
		       want->name);
	netd_error_hint(&d->plan->notes, "apply again then: its owner can be set");
}

/*
 * With an MTU that is large enough for IPv6, the kernel gives it IPv6 again, set as new:
 * so that comes before the settings.
 */
static bool is_raised(const struct netd_link *want, const struct netd_link *have,
		      unsigned fields)
{
	return have && fields & NETD_LINK_MTU && netd_mtu_is_small(have->mtu) &&
	       !netd_mtu_is_small(want->mtu);
}

static int set_link(struct netd_diff *d, const struct netd_link *want,
		    const struct netd_link *have, unsigned fields)
{
	unsigned raised = NETD_LINK_MTU;
	int r;

	if (!fields)
		return 0;
	if (!is_raised(want, have, fields))
		return netd_diff_add_link(d, NETD_OP_SET_LINK, want, fields);
	if (want->no_ipv6_address)
		raised |= NETD_LINK_NO_IPV6 | NETD_LINK_UP;
	r = netd_diff_add_link(d, NETD_OP_RAISE_MTU, want, raised);
	return r ? r : set_link(d, want, have, fields & ~raised);
}

static int want_link(struct netd_diff *d, const struct netd_link *want)
{
	const struct netd_link *have = netd_state_link(d->in->observed, want->name);
	unsigned fields;
	int r = 0;

	if (!have && want->loopback)
		return 0; /* it comes with its namespace, complete */
	if (!have && want->foreign && want->kind == NETD_LINK_BRIDGE)
		return claim_port(d, want, have); /* nothing can make it */
	if (!have) {
		if (!want->by_peer)
			r = netd_diff_add_link(d, NETD_OP_CREATE_LINK, want, 0);
		fields = link_completion(want);
	} else {
		fields = link_changes(d, want, have);
		note_everybodys(d, want, have);
	}
	if (r == 0 && want->foreign)
		r = claim_port(d, want, have);
	if (r == 0 && have && fields & NETD_LINK_BRIDGE_DATA)
		r = stop_stp(d, want, have);
	if (r == 0)
		r = set_link(d, want, have, fields);
	if (r == 0 && have && fields & NETD_LINK_MTU)
		r = far_mtu(d, want, have);
	return r;
}

/* A tap that a hook plugged in follows its bridge's MTU, as when it was plugged in. */
static int follow_mtu(struct netd_diff *d, const struct netd_link *have)
{
	const struct netd_link *bridge =
		have->master[0] ? netd_state_link(d->in->desired, have->master) : NULL;
	struct netd_link link;

	if (!bridge || bridge->foreign || have->kind != NETD_LINK_TAP ||
	    have->mtu == bridge->mtu || netd_state_link(d->in->desired, have->name))
		return 0;
	link = *have;
	link.mtu = bridge->mtu;
	link.no_ipv6_address = true; /* as the hook made it */
	return set_link(d, &link, have, NETD_LINK_MTU);
}

/* The far end of a pair that is wanted: it bears our group, but no name of its own. */
static bool is_far_end(const struct netd_diff *d, const struct netd_link *have)
{
	const struct netd_link *near =
		have->peer_index
			? netd_state_link_by_index(d->in->observed, have->peer_index)
			: NULL;
	const struct netd_link *want =
		near && near->peer_index == have->index
			? netd_state_link(d->in->desired, near->name)
			: NULL;

	return want && want->kind == NETD_LINK_VETH &&
	       strcmp(want->peer, have->name) == 0;
}

static bool is_doomed(const struct netd_diff *d, const struct netd_link *have)
{
	return netd_link_is_ours(have) && netd_diff_is_made(d, have) && !have->loopback &&
	       (netd_link_owner(have) || !is_far_end(d, have)) &&
	       !netd_state_link(d->in->desired, have->name);
}

/* In a node: the host's end of its pair goes too, and takes it along. */
static bool goes_with_peer(const struct netd_diff *d, const struct netd_link *have)
{
	const struct netd_state *host = d->host->observed;
	const struct netd_link *peer =
		have->peer_index ? netd_state_link_by_index(host, have->peer_index)
				 : NULL;

	return d->space[0] && peer && peer->peer_index == have->index &&
	       netd_link_is_ours(peer) && netd_link_owner(peer) &&
	       netd_owner_is(netd_link_owner(peer), d->in->topology) &&
	       !netd_state_link(d->host->desired, peer->name);
}

static int drop_link(struct netd_diff *d, const struct netd_link *have)
{
	struct netd_link down = *have;
	int r = 0;

	if (goes_with_peer(d, have))
		return 0;
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
