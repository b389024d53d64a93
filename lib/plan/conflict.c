// SPDX-License-Identifier: GPL-2.0-or-later
/* What on this host stands in a topology's way; found before anything is touched. */
#include "plan/conflict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "check/check.h"
#include "plan/conflict_address.h"
#include "plan/conflict_routes.h"
#include "desired/small_mtu.h"
#include "kind/kind.h"

/* A name of ours that something else bears already. */
static void check_taken(const struct netd_conflict *c,
			const struct netd_desired_link *want,
			const struct netd_link *have)
{
	const struct netd_kind *kind = netd_kind_of(want);
	const char *other = netd_kind_name(have, "physical interface");
	const char *key = "";

	if (kind->is_network)
		key = " with `bridge:`";
	if (netd_conflict_is_of(have, c->t) && have->kind == want->kind)
		return;
	if (netd_link_is_ours(have) && netd_link_owner(have)) {
		netd_topology_error(c->t, c->err, want->place,
				    "%s %s: the name belongs to %s", kind->word,
				    want->name, netd_link_owner(have));
		netd_error_hint(c->err,
				"destroy that one first, or choose another name%s", key);
		return;
	}
	netd_topology_error(c->t, c->err, want->place,
			    "%s %s: the name is taken by a %s that netd did not make",
			    kind->word, want->name, other);
	netd_error_hint(c->err, "remove that %s, or choose another name%s", other, key);
}

static bool has_addresses(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, link) == 0 &&
		    !netd_addr_is_link_local(&s->addrs[i].prefix.addr))
			return true;
	return false;
}

/* True if that is a bridge of the same topology: its ports may be moved. */
static bool is_own_bridge(const struct netd_conflict *c, const char *bridge)
{
	return netd_link_is_of(netd_state_link(c->observed, bridge), c->t->name);
}

/* Why @have cannot be made a port of @bridge; NULL if it can. */
static const char *port_problem(const struct netd_conflict *c,
				const struct netd_link *have, const char *bridge)
{
	if (have->loopback)
		return "a loopback interface cannot be a port";
	if (netd_kind_of(have)->is_network)
		return "a bridge cannot be a port of a bridge";
	if (have->master[0] && strcmp(have->master, bridge) != 0 &&
	    !is_own_bridge(c, have->master))
		return "it is a port of another bridge already";
	if (strcmp(have->master, bridge) != 0 && has_addresses(c->observed, have->name))
		return "it has addresses, which would stop working";
	return NULL;
}

static void check_foreign_port(const struct netd_conflict *c,
			       const struct netd_desired_link *want,
			       const struct netd_link *have)
{
	const char *problem;

	if (!have) {
		netd_topology_error(c->t, c->err, want->place,
				    "port %s: there is no such interface", want->name);
		netd_error_hint(c->err,
				"to make one, give it `type: tap` or `type: veth`");
		return;
	}
	problem = port_problem(c, have, want->master);
	if (problem)
		netd_topology_error(c->t, c->err, want->place, "port %s: %s", want->name,
				    problem);
}

static const struct netd_network *network_on(const struct netd_topology *t,
					     const char *bridge)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (strcmp(t->networks[i].bridge, bridge) == 0)
			return &t->networks[i];
	return NULL;
}

/* The NIC of an existing bridge is in it; netd moves none there. */
static void check_existing_uplink(const struct netd_conflict *c,
				  const struct netd_network *n)
{
	const struct netd_link *nic = netd_state_link(c->observed, n->uplink);

	if (!n->uplink[0] || (nic && strcmp(nic->master, n->bridge) == 0))
		return;
	netd_topology_error(c->t, c->err, n->uplink_place,
			    "uplink %s: it is not a port of the existing bridge %s",
			    n->uplink, n->bridge);
	netd_error_hint(c->err, "plug it in first, or leave `existing` out: then netd "
				"makes the bridge, and moves the NIC's addresses there");
}

static void say_no_bridge(const struct netd_conflict *c,
			  const struct netd_desired_link *want, bool there)
{
	if (there)
		netd_topology_error(c->t, c->err, want->place, "%s is no bridge",
				    want->name);
	else
		netd_topology_error(c->t, c->err, want->place, "there is no bridge %s",
				    want->name);
	netd_error_hint(c->err,
			"`existing: true` is for a bridge that is there; leave it "
			"out, and netd makes one");
}

static void say_own_bridge(const struct netd_conflict *c,
			   const struct netd_desired_link *want, const char *owner)
{
	if (owner)
		netd_topology_error(c->t, c->err, want->place,
				    "bridge %s is netd's own, of %s", want->name, owner);
	else
		netd_topology_error(c->t, c->err, want->place, "bridge %s is netd's own",
				    want->name);
	netd_error_hint(c->err, "leave `existing` out, or choose another bridge");
}

static void check_existing(const struct netd_conflict *c,
			   const struct netd_desired_link *want,
			   const struct netd_link *have)
{
	const struct netd_network *n = network_on(c->t, want->name);

	if (!have || !netd_kind_of(have)->is_network)
		say_no_bridge(c, want, have);
	else if (netd_link_is_ours(have))
		say_own_bridge(c, want, netd_link_owner(have));
	else if (n)
		check_existing_uplink(c, n);
}

/* @c has the states of one namespace: the host's, or a node's. */
static void check_links(const struct netd_conflict *c)
{
	for (size_t i = 0; i < c->desired->link_count; i++) {
		const struct netd_desired_link *want = &c->desired->links[i];
		const struct netd_link *have = netd_state_link(c->observed, want->name);

		if (netd_link_is_existing_network(want))
			check_existing(c, want, have);
		else if (want->foreign)
			check_foreign_port(c, want, have);
		else if (have && !want->loopback)
			check_taken(c, want, have);
	}
}

/* True if @link will be there: it is now, or it is one of ours to come. */
static bool will_exist(const struct netd_conflict *c, const char *link)
{
	return netd_state_link(c->observed, link) || netd_desired_link(c->desired, link);
}

static void check_interface(const struct netd_conflict *c, const char *name,
			    const char *key, struct netd_place place)
{
	if (!name[0] || will_exist(c, name))
		return;
	netd_topology_error(c->t, c->err, place,
			    "%s: there is no interface %s on this host", key, name);
}

/* A VPN or a modem may come later: rules go by its name, and it will forward. */
static void note_way_out(const struct netd_conflict *c, const struct netd_network *n)
{
	if (!n->nat.out[0] || will_exist(c, n->nat.out))
		return;
	netd_error_add(c->notes, 0,
		       "network %s has no way out until the interface %s comes, which is "
		       "its nat.out",
		       n->name, n->nat.out);
	netd_error_hint(c->notes, "`ip -br link` shows those that are there");
}

static void check_interfaces(const struct netd_conflict *c)
{
	for (size_t i = 0; i < c->t->network_count; i++) {
		const struct netd_network *n = &c->t->networks[i];

		note_way_out(c, n);
		check_interface(c, n->nat.on, "nat.on", n->nat.on_place);
		for (size_t j = 0; j < n->forward_count; j++)
			check_interface(c, n->forwards[j].on, "forward.on",
					n->forwards[j].on_place);
	}
}

static const char *kind_word(const struct netd_topology *t, const char *node)
{
	const struct netd_node *n = netd_topology_node(t, node);

	if (n && n->kind == NETD_NODE_HOST)
		return "host";
	return "router";
}

/* A namespace of that name that is not this topology's. */
static void check_space_free(const struct netd_conflict *c,
			     const struct netd_desired *want,
			     const struct netd_state *have)
{
	const char *kind = kind_word(c->t, want->space);
	const char *owner = have->owner;

	if (have->elsewhere[0])
		owner = have->elsewhere;
	if (!have->alive || netd_owner_is(have->owner, c->t->name))
		return;
	netd_topology_error(c->t, c->err, want->place, "%s %s: the namespace %s %s%s",
			    kind, want->space, want->space,
			    *owner ? "belongs to " : "exists already", owner);
	c->err->problems[c->err->count - 1].code = -EEXIST;
	if (*owner)
		netd_error_hint(c->err, "destroy that one first, or choose another name");
	else
		netd_error_hint(c->err,
				"netd did not make it: choose another name, or remove "
				"it with `ip netns delete %s`",
				want->space);
}

static void check_resolv_free(const struct netd_conflict *c,
			      const struct netd_desired *want,
			      const struct netd_state *have)
{
	const struct netd_node *n = netd_topology_node(c->t, want->space);

	if (!have->resolv_foreign || !n || (!n->server_count && !n->search[0]))
		return;
	netd_topology_error(c->t, c->err, want->place,
			    "%s %s: netd did not write /etc/netns/%s/resolv.conf",
			    kind_word(c->t, want->space), want->space, want->space);
	netd_error_hint(c->err, "remove that file, or leave `dns:` and `search:` out");
}

static void check_spaces(const struct netd_conflict *host)
{
	for (size_t i = 0; i < host->desired->space_count; i++) {
		const struct netd_desired *want = &host->desired->spaces[i];
		const struct netd_state *have =
			netd_state_space(host->observed, want->space);
		const struct netd_conflict c = {host->t, have, want, host->notes,
						host->err};

		if (!have)
			continue;
		check_space_free(host, want, have);
		check_resolv_free(host, want, have);
		if (netd_owner_is(have->owner, host->t->name))
			check_links(&c);
	}
}

int netd_conflict_check(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_desired *desired, struct netd_error *notes,
			struct netd_error *err)
{
	struct netd_error mine = {0};
	const struct netd_conflict c = {t, facts->observed, desired, notes, &mine};
	int r;

	check_links(&c);
	check_interfaces(&c);
	netd_conflict_addresses(&c);
	netd_conflict_far_names(t, facts->observed, desired, &mine);
	netd_conflict_routes(t, facts->observed, desired, &mine);
	check_spaces(&c);
	netd_small_mtu_check(t, facts->observed, desired, &mine);
	netd_problems_finish(&mine);
	r = netd_error_code(&mine);
	netd_error_move(err, &mine);
	return r;
}
