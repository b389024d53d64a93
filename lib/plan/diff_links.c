// SPDX-License-Identifier: GPL-2.0-or-later
/* Links: which to make, change, plug in, delete. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "kind/attribute.h"
#include "kind/kind.h"
#include "kind/tap.h"
#include "plan/diff.h"
#include "desired/small_mtu.h"

/* What was in an existing bridge before us is not ours to take out. */
static bool was_there(const struct netd_diff *d, const struct netd_desired_link *want,
		      const struct netd_link *have)
{
	const struct netd_desired_link *bridge =
		netd_desired_link(d->in->desired, want->master);

	return have && bridge && bridge->foreign &&
	       strcmp(have->master, want->master) == 0 &&
	       !netd_diff_is_claimed(d, NETD_CLAIM_PORT, want->name);
}

/* Its MTU is left as it is now, which may be what we made it. */
static int keep_mtu_claim(struct netd_diff *d, const char *link)
{
	const struct netd_claim *c =
		netd_claims_find(&d->old, d->in->topology, NETD_CLAIM_MTU, link);

	if (c)
		return netd_claims_add(&d->claims, c);
	return 0;
}

/* What an interface that is not ours was before it became a port. */
static int claim_port(struct netd_diff *d, const struct netd_desired_link *want,
		      const struct netd_link *have)
{
	int r = 0;

	if (netd_link_is_existing_network(want))
		return netd_diff_claim(d, NETD_CLAIM_BRIDGE, want->name, 1, 1);
	if (was_there(d, want, have))
		return 0;
	if (!want->mtu)
		r = keep_mtu_claim(d, want->name);
	else if (have && (have->mtu != want->mtu ||
			  netd_diff_is_claimed(d, NETD_CLAIM_MTU, want->name)))
		r = netd_diff_claim(d, NETD_CLAIM_MTU, want->name, (int)have->mtu,
				    (int)want->mtu);
	if (r < 0)
		return r;
	return netd_diff_claim(d, NETD_CLAIM_PORT, want->name, have && have->up, 1);
}

/* What the kernel must have before it takes @want's data. */
static int set_data_first(struct netd_diff *d, const struct netd_desired_link *want,
			  const struct netd_link *have)
{
	const struct netd_kind *kind = netd_kind_of(want);
	struct netd_desired_link first = {.place = want->place};

	if (!kind->data_first ||
	    !kind->data_first(&want->attrs, &have->attrs, &first.attrs))
		return 0;
	return netd_diff_add_link(d, NETD_OP_SET_LINK, &first, NETD_LINK_KIND_DATA);
}

/* The other end of a port's pair, wherever it was made, if nothing more is planned. */
static const struct netd_link *unplanned_end(const struct netd_diff *d,
					     const struct netd_desired_link *want,
					     const struct netd_link *have)
{
	const char *name = want->peer_namespace;
	const struct netd_state *there = d->in->observed;
	const struct netd_desired *planned = d->in->desired;
	const struct netd_link *far;

	if (*name) {
		there = netd_state_space(d->host->observed, name);
		planned = netd_desired_space(d->host->desired, name);
	}
	if (!there)
		return NULL;
	far = netd_state_peer(there, have);
	if (!far || !netd_kind_of(far)->is_pair ||
	    (planned && netd_desired_link(planned, far->name)))
		return NULL;
	return far;
}

/*
 * It follows as long as it has the MTU that it was made with: what is longer than a
 * veth's MTU, the other end does not get through.  It comes after the near end, so a
 * change that fails, or is killed, between the two takes both back.
 */
static int far_mtu(struct netd_diff *d, const struct netd_desired_link *want,
		   const struct netd_link *have)
{
	const struct netd_link *far;
	struct netd_op *op;

	if (d->space[0] || !netd_kind_of(want)->is_pair)
		return 0;
	far = unplanned_end(d, want, have);
	if (!far || far->mtu != have->mtu)
		return 0;
	op = netd_diff_add(d, NETD_OP_SET_LINK);
	if (!op)
		return -ENOMEM;
	op->link.attrs = far->attrs;
	op->link.mtu = want->mtu;
	op->link.place = want->place;
	op->fields = NETD_LINK_MTU;
	netd_copy(op->space, want->peer_namespace);
	return 0;
}

static void note_everybodys(struct netd_diff *d, const struct netd_desired_link *want,
			    const struct netd_link *have)
{
	if (want->foreign || !netd_tap_owner_differs(&want->attrs, &have->attrs) ||
	    !netd_tap_is_open_to_all(have))
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
static bool is_raised(const struct netd_desired_link *want, const struct netd_link *have,
		      unsigned fields)
{
	return have && fields & NETD_LINK_MTU && netd_mtu_is_small(have->mtu) &&
	       !netd_mtu_is_small(want->mtu);
}

static int set_link(struct netd_diff *d, const struct netd_desired_link *want,
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
	if (r < 0)
		return r;
	return set_link(d, want, have, fields & ~raised);
}

/* One that is there. */
static int change_link(struct netd_diff *d, const struct netd_desired_link *want,
		       const struct netd_link *have)
{
	unsigned fields = netd_link_changes(want, have, d->in->observed);
	int r;

	note_everybodys(d, want, have);
	if (want->foreign) {
		r = claim_port(d, want, have);
		if (r < 0)
			return r;
	}
	if (fields & NETD_LINK_KIND_DATA) {
		r = set_data_first(d, want, have);
		if (r < 0)
			return r;
	}
	r = set_link(d, want, have, fields);
	if (r < 0 || !(fields & NETD_LINK_MTU))
		return r;
	return far_mtu(d, want, have);
}

static int make_link(struct netd_diff *d, const struct netd_desired_link *want)
{
	int r;

	if (want->loopback)
		return 0; /* it comes with its namespace, complete */
	if (netd_link_is_existing_network(want))
		return claim_port(d, want, NULL); /* nothing can make it */
	if (!want->by_peer) {
		r = netd_diff_add_link(d, NETD_OP_CREATE_LINK, want, 0);
		if (r < 0)
			return r;
	}
	if (want->foreign) {
		r = claim_port(d, want, NULL);
		if (r < 0)
			return r;
	}
	return set_link(d, want, NULL, netd_link_late_fields(&want->attrs));
}

static int want_link(struct netd_diff *d, const struct netd_desired_link *want)
{
	const struct netd_link *have = netd_state_link(d->in->observed, want->name);

	if (have)
		return change_link(d, want, have);
	return make_link(d, want);
}

/* A tap that a hook plugged in follows its bridge's MTU, as when it was plugged in. */
static int follow_mtu(struct netd_diff *d, const struct netd_link *have)
{
	const struct netd_desired_link *bridge =
		netd_desired_link(d->in->desired, have->master);
	struct netd_desired_link link = {.attrs = have->attrs};

	if (!bridge || bridge->foreign || !netd_link_is_tap(have) ||
	    have->mtu == bridge->mtu || netd_desired_link(d->in->desired, have->name))
		return 0;
	link.mtu = bridge->mtu;
	link.no_ipv6_address = true; /* as the hook made it */
	return set_link(d, &link, have, NETD_LINK_MTU);
}

/* The far end of a pair that is wanted: it bears our group, but no name of its own. */
static bool is_far_end(const struct netd_diff *d, const struct netd_link *have)
{
	const struct netd_link *near = netd_state_peer(d->in->observed, have);
	const struct netd_desired_link *want;

	if (!near)
		return false;
	want = netd_desired_link(d->in->desired, near->name);
	return want && netd_kind_of(want)->is_pair && strcmp(want->peer, have->name) == 0;
}

static bool is_doomed(const struct netd_diff *d, const struct netd_link *have)
{
	return netd_link_is_ours(have) && netd_diff_is_made(d, have) && !have->loopback &&
	       (netd_link_owner(have) || !is_far_end(d, have)) &&
	       !netd_desired_link(d->in->desired, have->name);
}

/* In a node: the host's end of its pair goes too, and takes it along. */
static bool goes_with_peer(const struct netd_diff *d, const struct netd_link *have)
{
	const struct netd_link *peer = netd_state_peer(d->host->observed, have);

	return d->space[0] && netd_link_is_of(peer, d->in->topology) &&
	       !netd_desired_link(d->host->desired, peer->name);
}

static int drop_link(struct netd_diff *d, const struct netd_link *have)
{
	struct netd_link down = *have;
	int r;

	if (goes_with_peer(d, have))
		return 0;
	down.up = false;
	if (netd_kind_of(have)->is_network && have->up) {
		r = netd_diff_add_seen(d, NETD_OP_STOP_LINK, &down, NETD_LINK_UP);
		if (r < 0)
			return r;
	}
	return netd_diff_add_seen(d, NETD_OP_DELETE_LINK, have, 0);
}

int netd_diff_links(struct netd_diff *d)
{
	const struct netd_state *observed = d->in->observed;
	const struct netd_desired *desired = d->in->desired;
	int r;

	for (size_t i = 0; i < desired->link_count; i++) {
		r = want_link(d, &desired->links[i]);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < observed->link_count; i++) {
		if (is_doomed(d, &observed->links[i]))
			r = drop_link(d, &observed->links[i]);
		else
			r = follow_mtu(d, &observed->links[i]);
		if (r < 0)
			return r;
	}
	return 0;
}
