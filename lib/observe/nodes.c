// SPDX-License-Identifier: GPL-2.0-or-later
/* Running routers and hosts: found by name, and what their namespaces have. */
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
#include "observe/observe.h"
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
static void hint_known(struct netd_topology *const *all, size_t count,
		       enum netd_node_kind kind, const char *name, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str known = {0};
	struct netd_suggest suggest = {.word = name};

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < all[i]->node_count; j++) {
			const struct netd_node *n = &all[i]->nodes[j];

			if (n->kind != kind)
				continue;
			netd_suggest_try(&suggest, n->name);
			if (known.length < 200) {
				netd_str_next(&known, ", ");
				netd_str_add(&known, n->name);
			} else if (known.text[known.length - 1] != '.') {
				netd_str_add(&known, ", ...");
			}
		}
	}
	if (suggest.best)
		netd_error_hint(err, "did you mean \"%s\"?  There are: %s", suggest.best,
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
		const char *other;

		if (!n)
			continue;
		other = netd_node_kind_name(n->kind);
		netd_error_add(err, -ENOENT, "%s is a %s, not a %s", name, other,
			       netd_node_kind_name(kind));
		netd_error_hint(err, "`netdctl %s …` is for those", other);
		return -ENOENT;
	}
	netd_error_add(err, -ENOENT, "there is no %s %s", netd_node_kind_name(kind),
		       name);
	hint_known(all, count, kind, name, err);
	return -ENOENT;
}

int netd_node_find_running(struct netd *netd, enum netd_node_kind kind, const char *name,
			   struct netd_topology **topology, struct netd_node **node,
			   struct netd_error *err)
{
	netd_auto(netd_topologies_done) struct netd_topologies all = {0};
	int r = netd_context_open(netd, false, err);

	if (r < 0)
		return r;
	r = netd_store_load_all(&netd->store, &all, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < all.count; i++) {
		struct netd_node *n = netd_topology_node(all.items[i], name);

		if (!n || n->kind != kind)
			continue;
		*node = n;
		*topology = netd_take(all.items[i]);
		return 0;
	}
	return netd_node_unknown(all.items, all.count, kind, name, err);
}

/* Has to be read by a thread in the namespace, since /proc/sys shows the thread's own. */
static int read_forwarding(const char *name, struct netd_state *out,
			   struct netd_error *err)
{
	static const char *const paths[] = {NETD_FORWARDING4, NETD_FORWARDING6};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(paths); i++) {
		int value, r = netd_sysctl_read(paths[i], &value);

		if (r == -ENOENT)
			continue;
		if (r == 0 && !netd_objects_add_sysctl(&out->objects, paths[i], value))
			return netd_error_no_memory(err);
		if (r < 0)
			return netd_error_add(err, r, "cannot read what %s forwards: %s",
					      name, strerror(-r));
	}
	return 0;
}

/* May leave the thread in the namespace. */
static int read_node(struct netd *netd, const char *name, struct netd_state *out,
		     struct netd_error *err)
{
	struct netd_space *space;
	int r = netd_space_open(netd, name, &space, err);

	if (r == -ENOENT)
		return netd_error_add(err, r, "there is no namespace %s", name);
	if (r < 0)
		return r;
	r = netd_observe_netlink(&space->nl, NETD_PART_ROUTES, true, out, err);
	if (r < 0)
		return r;
	r = netd_space_enter(netd, space, err);
	if (r < 0)
		return r;
	return read_forwarding(name, out, err);
}

int netd_node_observe(struct netd *netd, const char *name, struct netd_state *out,
		      struct netd_error *err)
{
	int r = netd_spaces_return(netd, read_node(netd, name, out, err), err);

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

	if (!lo)
		return false;
	snprintf(want, sizeof(want), "%s/%s", topology, name);
	owner = netd_loopback_owner(lo, want);
	return owner && strcmp(owner, want) == 0;
}
