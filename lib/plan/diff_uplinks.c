// SPDX-License-Identifier: GPL-2.0-or-later
/* Uplinks: which NIC moves onto its bridge, and which goes back. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "plan/diff.h"

/*
 * Theory of operation.  An uplink is there if the NIC is a port of the bridge, all that
 * it held is saved and moved (the file says so, see apply/uplink_file.h), and it has no
 * address.  Anything less, as after a crash or if a DHCP client gave it one, takes a
 * MOVE_UPLINK, which brings about the rest.  A claim that nobody wants any more takes a
 * RETURN_UPLINK, as long as the file is there or the NIC is a port.
 */

static bool has_address(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, link) == 0)
			return true;
	return false;
}

static bool is_moved(const struct netd_diff *d, const struct netd_link *bridge,
		     const struct netd_link *nic)
{
	return strcmp(nic->master, bridge->name) == 0 && nic->captured_whole &&
	       strcmp(nic->captured_for, bridge->name) == 0 && nic->up &&
	       nic->mtu == bridge->mtu && !has_address(d->in->observed, nic->name);
}

static int add(struct netd_diff *d, enum netd_op_kind kind, const char *nic,
	       const char *bridge, const struct netd_link *want)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	netd_copy(op->uplink.nic, nic);
	netd_copy(op->uplink.bridge, bridge);
	if (want) {
		op->uplink.mtu = want->mtu;
		op->uplink.mac = want->mac;
		op->uplink.place = want->uplink_place;
	}
	return 0;
}

static int want_uplink(struct netd_diff *d, const struct netd_link *bridge)
{
	const struct netd_link *nic = netd_state_link(d->in->observed, bridge->uplink);
	int r = netd_diff_claim(d, NETD_CLAIM_UPLINK, bridge->uplink, nic && nic->up, 1);

	if (r == 0 && nic && nic->captured_for[0] &&
	    strcmp(nic->captured_for, bridge->name) != 0)
		r = add(d, NETD_OP_RETURN_UPLINK, nic->name, nic->captured_for, NULL);
	if (r == 0 && !(nic && is_moved(d, bridge, nic)))
		r = add(d, NETD_OP_MOVE_UPLINK, bridge->uplink, bridge->name, bridge);
	return r;
}

int netd_diff_uplinks(struct netd_diff *d)
{
	const struct netd_state *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; r == 0 && i < desired->link_count; i++)
		if (desired->links[i].uplink[0])
			r = want_uplink(d, &desired->links[i]);
	return r;
}

/* True if @nic is a port of a bridge of this topology. */
static bool is_port(const struct netd_diff *d, const struct netd_link *nic)
{
	const struct netd_link *master =
		nic->master[0] ? netd_state_link(d->in->observed, nic->master) : NULL;

	return master && netd_diff_is_made(d, master);
}

int netd_diff_release_uplink(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_link *nic = netd_state_link(d->in->observed, c->key);

	if (!nic || (!nic->captured_for[0] && !is_port(d, nic)))
		return 0;
	return add(d, NETD_OP_RETURN_UPLINK, nic->name,
		   nic->captured_for[0] ? nic->captured_for : nic->master, NULL);
}
