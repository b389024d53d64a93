// SPDX-License-Identifier: GPL-2.0-or-later
/* Veth pairs whose far end shall be another one than they were made with. */
#include <errno.h>
#include <string.h>

#include "plan/conflict.h"

#include "check/check.h"
#include "plan/left_end.h"

/*
 * Theory of operation.  The far end of a port's pair is anybody's: it is renamed, moved
 * into a container, given addresses.  So it is not looked for, and where it was made is
 * known from the topology that runs only.  To make the pair anew would take away what
 * somebody built upon it, so that is left to them.
 */

/* In most cases it stands where it stood: at @index of the network of that name. */
static const struct netd_port *find_port(const struct netd_topology *t,
					 const char *network, size_t index,
					 const char *name)
{
	const struct netd_network *same = netd_topology_network(t, network);

	if (same && index < same->port_count &&
	    strcmp(same->ports[index].name, name) == 0)
		return &same->ports[index];
	for (size_t i = 0; i < t->network_count; i++)
		for (size_t j = 0; j < t->networks[i].port_count; j++)
			if (strcmp(t->networks[i].ports[j].name, name) == 0)
				return &t->networks[i].ports[j];
	return NULL;
}

static bool same_far_end(const struct netd_port *a, const struct netd_port *b)
{
	return strcmp(a->peer, b->peer) == 0 &&
	       strcmp(a->peer_namespace, b->peer_namespace) == 0;
}

/* Where it can be made as it is wanted, there is nothing to say. */
static bool is_there(const struct netd_topology *t, const struct netd_state *observed,
		     const char *name)
{
	return netd_link_is_of(netd_state_link(observed, name), t->name);
}

static void check_port(const struct netd_topology *t, const struct netd_topology *running,
		       const struct netd_state *observed, const struct netd_network *n,
		       size_t index, struct netd_error *err)
{
	const struct netd_port *p = &n->ports[index], *old;
	bool named;

	if (p->kind != NETD_PORT_VETH)
		return;
	old = find_port(running, n->name, index, p->name);
	if (!old || old->kind != NETD_PORT_VETH || same_far_end(p, old) ||
	    !is_there(t, observed, p->name))
		return;
	named = old->peer_namespace[0];
	netd_topology_error(t, err, netd_place_or(p->peer_place, p->place),
			    "veth %s: its far end was made as %s in %s%s, and stays that",
			    p->name, old->peer, named ? "namespace " : "the host",
			    old->peer_namespace);
	netd_error_hint(err,
			"`netdctl port remove %s %s` first, or give the new pair another "
			"name",
			n->name, p->name);
}

int netd_conflict_far_ends(const struct netd_topology *t,
			   const struct netd_topology *running,
			   const struct netd_state *observed, struct netd_error *err)
{
	struct netd_error mine = {0};
	int r;

	for (size_t i = 0; running && i < t->network_count; i++)
		for (size_t j = 0; j < t->networks[i].port_count; j++)
			check_port(t, running, observed, &t->networks[i], j, &mine);
	r = netd_error_code(&mine);
	netd_error_move(err, &mine);
	return r;
}

static void check_name(const struct netd_topology *t,
		       const struct netd_desired_link *want,
		       const struct netd_left_end *left, struct netd_error *err)
{
	const char *space = want->peer_namespace;
	const char *kind = "physical interface";

	if (left->far->kind_name[0])
		kind = left->far->kind_name;
	netd_topology_error(t, err, want->place,
			    "veth %s: the name of its far end, %s, is taken by a %s in "
			    "%s%s",
			    want->name, want->peer, kind,
			    *space ? "namespace " : "the host", space);
	netd_error_hint(err, "remove that %s, or choose another name with `peer:`", kind);
}

void netd_conflict_far_names(const struct netd_topology *t,
			     const struct netd_state *observed,
			     const struct netd_desired *desired, struct netd_error *err)
{
	for (size_t i = 0; i < desired->link_count; i++) {
		const struct netd_desired_link *want = &desired->links[i];
		struct netd_left_end left =
			netd_left_end(observed, desired, t->name, want);

		if (left.far && !left.ours)
			check_name(t, want, &left, err);
	}
}
