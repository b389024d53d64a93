// SPDX-License-Identifier: GPL-2.0-or-later
/* Uplinks: which NIC moves onto its bridge, and which goes back. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "plan/diff.h"

/*
 * Theory of operation.  An uplink is there if the NIC is a port of the bridge, all that
 * it held is saved and moved (the file says so, see store/uplink_file.h), and it has no
 * address.  Anything less, as after a crash or if a DHCP client gave it one, takes a
 * MOVE_UPLINK, which brings about the rest.  A claim that nobody wants any more takes a
 * RETURN_UPLINK, as long as the file is there or the NIC is a port.
 *
 * A NIC that was renamed is known by what the file says of it.  One that is gone leaves a
 * bridge bereft, which keeps what it has: nothing joins or leaves it until the NIC is
 * there again, and to take the bridge away fails.  One that came back is another capture:
 * if it has addresses, those count, and what the bridge has goes with it.
 */

static bool has_address(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, link) == 0)
			return true;
	return false;
}

static bool is_moved(const struct netd_diff *d, const struct netd_desired_link *bridge,
		     const struct netd_link *nic)
{
	return strcmp(nic->master, bridge->name) == 0 && nic->captured_whole &&
	       strcmp(nic->captured_for, bridge->name) == 0 && nic->up &&
	       nic->mtu == bridge->mtu && !has_address(d->in->observed, nic->name);
}

/* @name: of the uplink; @nic: what that is now, NULL if it is not there. */
static int add(struct netd_diff *d, enum netd_op_kind kind, const char *name,
	       const struct netd_link *nic, const char *bridge,
	       const struct netd_desired_link *want)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	netd_copy(op->uplink.nic, name);
	netd_copy(op->uplink.record, name);
	netd_copy(op->uplink.bridge, bridge);
	if (nic)
		netd_copy(op->uplink.nic, nic->name);
	if (nic && nic->captured_as[0])
		netd_copy(op->uplink.record, nic->captured_as);
	if (want) {
		op->uplink.mtu = want->mtu;
		op->uplink.mac = want->mac;
		op->uplink.place = want->uplink_place;
	}
	return 0;
}

static int want_uplink(struct netd_diff *d, const struct netd_desired_link *bridge)
{
	const struct netd_link *nic = netd_state_uplink(d->in->observed, bridge->uplink);
	int r = netd_diff_claim(d, NETD_CLAIM_UPLINK, bridge->uplink, nic && nic->up, 1);

	if (!nic && netd_state_bridge_without_uplink(d->in->observed, bridge->uplink))
		return r;
	if (r)
		return r;
	if (nic && nic->captured_for[0] && strcmp(nic->captured_for, bridge->name) != 0)
		r = add(d, NETD_OP_RETURN_UPLINK, bridge->uplink, nic, nic->captured_for,
			NULL);
	if (r)
		return r;
	if (!(nic && is_moved(d, bridge, nic)))
		r = add(d, NETD_OP_MOVE_UPLINK, bridge->uplink, nic, bridge->name,
			bridge);
	return r;
}

int netd_diff_uplinks(struct netd_diff *d)
{
	const struct netd_desired *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; i < desired->link_count; i++) {
		if (desired->links[i].uplink[0])
			r = want_uplink(d, &desired->links[i]);
		if (r)
			return r;
	}
	return 0;
}

/* True if @nic is a port of a bridge of this topology. */
static bool is_port(const struct netd_diff *d, const struct netd_link *nic)
{
	const struct netd_link *master = netd_state_master(d->in->observed, nic);

	return master && netd_diff_is_made(d, master);
}

/* True if the file just calls it by another of its names now. */
static bool is_still_wanted(const struct netd_diff *d, const struct netd_link *nic)
{
	const struct netd_desired_link *bridge =
		netd_desired_link(d->in->desired, nic->captured_for);

	return bridge && (strcmp(bridge->uplink, nic->name) == 0 ||
			  strcmp(bridge->uplink, nic->captured_as) == 0);
}

static bool has_own_address(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, link) == 0 &&
		    !netd_addr_is_link_local(&s->addrs[i].prefix.addr))
			return true;
	return false;
}

/* What was saved is of a NIC that is gone, or came back as another. */
static int release_bereft(struct netd_diff *d, const struct netd_claim *c,
			  const struct netd_link *nic)
{
	const struct netd_link *bridge =
		netd_state_bridge_without_uplink(d->in->observed, c->key);

	if (!bridge || !netd_diff_is_made(d, bridge))
		return 0;
	if (!nic || !has_own_address(d->in->observed, nic->name))
		return add(d, NETD_OP_RETURN_UPLINK, c->key, nic, bridge->name, NULL);
	netd_plan_note(
		d->plan,
		"uplink %s was unplugged and has addresses of its own now: those of "
		"%s are not given back to it",
		c->key, bridge->name);
	return 0;
}

int netd_diff_release_uplink(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_link *nic = netd_state_uplink(d->in->observed, c->key);
	const char *bridge;

	if (!nic || (!nic->captured_for[0] && !is_port(d, nic)))
		return release_bereft(d, c, nic);
	if (is_still_wanted(d, nic))
		return 0;
	bridge = nic->master;
	if (nic->captured_for[0])
		bridge = nic->captured_for;
	return add(d, NETD_OP_RETURN_UPLINK, c->key, nic, bridge, NULL);
}
