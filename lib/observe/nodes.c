// SPDX-License-Identifier: GPL-2.0-or-later
/* Running routers and hosts: found by name, and looked at in their namespaces. */
#include "observe/nodes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/space.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/suggest.h"
#include "rtnl/address.h"
#include "kind/link.h"
#include "host/sysctl.h"

int netd_node_kind_parse(const char *name, enum netd_node_kind *out,
			 struct netd_error *err)
{
	for (int kind = NETD_NODE_ROUTER; kind <= NETD_NODE_HOST; kind++) {
		if (strcmp(netd_node_kind_name(kind), name) == 0) {
			*out = (enum netd_node_kind)kind;
			return 0;
		}
	}
	return netd_error_add(err, -EINVAL, "a node is a router or a host, not a \"%s\"",
			      name);
}

/* "there are r1, r2" or "did you mean …". */
static void hint_at(struct netd_topology *const *all, size_t count,
		    enum netd_node_kind kind, const char *name, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str known = {0};
	struct netd_suggest suggest = {.word = name};
	const char *best;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < all[i]->node_count; j++) {
			const struct netd_node *n = &all[i]->nodes[j];

			if (n->kind != kind)
				continue;
			netd_suggest_try(&suggest, n->name);
			if (known.length < 200)
				netd_str_addf(&known, "%s%s", known.length ? ", " : "",
					      n->name);
			else if (known.text[known.length - 1] != '.')
				netd_str_add(&known, ", ...");
		}
	}
	best = netd_suggest_best(&suggest);
	if (best)
		netd_error_hint(err, "did you mean \"%s\"?  There are: %s", best,
				netd_str_text(&known));
	else if (known.length)
		netd_error_hint(err, "there are: %s", netd_str_text(&known));
	else
		netd_error_hint(err, "no %s is running; `netdctl %s create` makes one",
				netd_node_kind_name(kind), netd_node_kind_name(kind));
}

int netd_node_unknown(struct netd_topology *const *all, size_t count,
		      enum netd_node_kind kind, const char *name, struct netd_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct netd_node *n = netd_topology_node(all[i], name);
		const char *other = n ? netd_node_kind_name(n->kind) : NULL;

		if (!n)
			continue;
		netd_error_add(err, -ENOENT, "%s is a %s, not a %s", name, other,
			       netd_node_kind_name(kind));
		netd_error_hint(err, "`netdctl %s …` is for those", other);
		return -ENOENT;
	}
	netd_error_add(err, -ENOENT, "there is no %s %s", netd_node_kind_name(kind),
		       name);
	hint_at(all, count, kind, name, err);
	return -ENOENT;
}

int netd_node_find_running(struct netd *netd, enum netd_node_kind kind, const char *name,
			   struct netd_topology **topology, struct netd_node **node,
			   struct netd_error *err)
{
	struct netd_topology **all = NULL;
	size_t count = 0, at = 0;
	int r = netd_context_open(netd, false, err);

	if (r == 0 && netd->store.fd >= 0)
		r = netd_store_load_all(&netd->store, &all, &count, err);
	for (; r == 0 && at < count; at++) {
		struct netd_node *n = netd_topology_node(all[at], name);

		if (!n || n->kind != kind)
			continue;
		*node = n;
		*topology = all[at];
		break;
	}
	if (r == 0 && at == count)
		r = netd_node_unknown(all, count, kind, name, err);
	for (size_t i = 0; i < count; i++)
		if (r < 0 || i != at)
			netd_topology_free(all[i]);
	free(all);
	return r;
}

/* One that is not there stays unknown. */
static int add_sysctl(struct netd_state *space, const char *path)
{
	struct netd_sysctl *sysctl;
	int value, r = netd_sysctl_read(path, &value);

	if (r < 0) {
		if (r == -ENOENT)
			return 0;
		return r;
	}
	sysctl = netd_array_add(&space->sysctls, &space->sysctl_count, sizeof(*sysctl));
	if (!sysctl)
		return -ENOMEM;
	netd_copy(sysctl->path, path);
	sysctl->value = value;
	return 0;
}

/* What /proc shows only to who is there. */
static int read_forwarding(const char *name, struct netd_state *out,
			   struct netd_error *err)
{
	int r = add_sysctl(out, NETD_FORWARDING4);

	if (r == 0)
		r = add_sysctl(out, NETD_FORWARDING6);
	if (r)
		return netd_error_add(err, r, "cannot see what %s forwards: %s", name,
				      strerror(-r));
	return 0;
}

int netd_node_look(struct netd *netd, const char *name, struct netd_state *out,
		   struct netd_error *err)
{
	struct netd_space *space;
	int r = netd_space_open(netd, name, &space, err), back;

	if (r == -ENOENT)
		return netd_error_add(err, r, "there is no namespace %s", name);
	/* it may be open already, and the thread elsewhere */
	if (r == 0)
		r = netd_space_enter(netd, space, err);
	if (r == 0)
		r = read_forwarding(name, out, err);
	back = netd_spaces_leave(netd, err);
	r = r ? r : back;
	if (r == 0)
		r = netd_link_dump(&space->nl, true, out, err);
	if (r == 0)
		r = netd_address_dump(&space->nl, out, err);
	if (r == 0)
		r = netd_route_dump(&space->nl, out, err);
	if (r < 0) {
		netd_state_done(out);
		return r;
	}
	netd_copy(out->space, name);
	return 0;
}

bool netd_node_is_ours(const struct netd_state *space, const char *topology,
		       const char *name)
{
	const struct netd_link *lo = netd_state_link(space, "lo");
	char want[NETD_OWNER];
	const char *owner;

	snprintf(want, sizeof(want), "%s/%s", topology, name);
	owner = lo ? netd_loopback_owner(lo, want) : NULL;
	return owner && strcmp(owner, want) == 0;
}
