// SPDX-License-Identifier: GPL-2.0-or-later
/* Ports of others, whose network comes back, gets another bridge, or goes. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "plan/diff.h"
#include "kind/kind.h"
#include "kind/tap.h"

static int plug_in(struct netd_diff *d, const struct netd_guest_port *plug)
{
	const struct netd_link *have = netd_state_link(d->in->observed, plug->port);
	const struct netd_desired_link *bridge =
		netd_desired_link(d->in->desired, plug->bridge);
	struct netd_link link;
	unsigned fields = NETD_LINK_MASTER;

	if (!have || have->index != plug->index || !bridge || netd_link_is_ours(have) ||
	    netd_desired_link(d->in->desired, have->name) ||
	    strcmp(have->master, plug->bridge) == 0)
		return 0;
	/* who was moved somewhere else since then is meant to be there */
	if (strcmp(have->master, plug->from) != 0) {
		netd_plan_note(d->plan,
			       "port %s was plugged into %s, and stays in %s now",
			       have->name, plug->bridge, have->master);
		return 0;
	}
	link = *have;
	netd_copy(link.master, plug->bridge);
	if (netd_link_is_tap(have) && bridge->mtu && have->mtu != bridge->mtu) {
		link.mtu = bridge->mtu;
		fields |= NETD_LINK_MTU;
	}
	return netd_diff_add_seen(d, NETD_OP_PLUG_PORT, &link, fields);
}

/* True if nobody asked for that port, which loses @bridge, but somebody plugged it in. */
static bool loses(const struct netd_diff *d, const struct netd_link *port,
		  const struct netd_link *bridge)
{
	if (strcmp(port->master, bridge->name) != 0 || netd_link_is_ours(port) ||
	    netd_diff_is_claimed(d, NETD_CLAIM_PORT, port->name) ||
	    netd_diff_is_claimed(d, NETD_CLAIM_UPLINK, port->name))
		return false;
	for (size_t i = 0; i < d->plan->op_count; i++)
		if (d->plan->ops[i].kind == NETD_OP_PLUG_PORT &&
		    strcmp(d->plan->ops[i].link.name, port->name) == 0)
			return false;
	return true;
}

/* The lan of "lab/lan". */
static const char *network_of(const struct netd_link *bridge)
{
	const char *owner = netd_link_owner(bridge), *slash = NULL;

	if (owner)
		slash = strchr(owner, '/');
	if (slash)
		return slash + 1;
	return bridge->name;
}

/* Says who is without a network when @bridge, which goes, is gone. */
static void note_losers(struct netd_diff *d, const struct netd_link *bridge)
{
	const struct netd_state *observed = d->in->observed;
	netd_auto(netd_str_done) struct netd_str names = {0};
	size_t count = 0;

	for (size_t i = 0; i < observed->link_count; i++)
		if (loses(d, &observed->links[i], bridge))
			netd_str_addf(&names, "%s%s", count++ ? ", " : "",
				      observed->links[i].name);
	if (!count)
		return;
	netd_plan_note(
		d->plan,
		"network %s goes, and %s %s plugged in: no network until it is back",
		network_of(bridge), netd_str_text(&names), count == 1 ? "is" : "are");
}

int netd_diff_plugs(struct netd_diff *d)
{
	const struct netd_state *observed = d->in->observed;

	for (size_t i = 0; i < d->in->plug_count; i++) {
		int r = plug_in(d, &d->in->plugs[i]);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < observed->link_count; i++) {
		const struct netd_link *link = &observed->links[i];

		if (netd_kind_of(link)->is_network && netd_diff_is_made(d, link) &&
		    !netd_desired_link(d->in->desired, link->name))
			note_losers(d, link);
	}
	return 0;
}
