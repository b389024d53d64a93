// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a topology in memory, in the words of its file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit/edit.h"
#include "advise/port_manager.h"
#include "host/context.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "edit/options.h"
#include "edit/pieces.h"
#include "edit/settings.h"
#include "netd.h"

static int no_such_network(const struct netd_topology *t, const char *name,
			   struct netd_error *err)
{
	netd_error_add(err, -ENOENT, "topology %s has no network %s", t->name, name);
	netd_error_hint(err, "`netdctl network list` shows those that exist");
	return -ENOENT;
}

static struct netd_network *find(const struct netd_topology *t, const char *name,
				 struct netd_error *err)
{
	struct netd_network *n = netd_topology_network(t, name);

	if (!n)
		no_such_network(t, name, err);
	return n;
}

int netd_network_add(struct netd_topology *t, const char *name,
		     const struct netd_option_value *settings, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	struct netd_network *n;

	if (netd_topology_network(t, name)) {
		netd_error_add(err, -EEXIST, "network %s exists already", name);
		netd_error_hint(err, "`netdctl network set %s` changes it", name);
		return -EEXIST;
	}
	if (netd_network_name_problem(name))
		return netd_error_add(err, -EINVAL, "network name \"%s\" %s", name,
				      netd_network_name_problem(name));
	if (netd_edit_begin(&edit, t, err) < 0)
		return -ENOMEM;
	n = netd_topology_add_network(t);
	if (!n)
		return netd_error_no_memory(err);
	netd_copy(n->name, name);
	return netd_edit_keep(
		&edit, netd_settings_edit(t, &netd_network_object, n, settings, err));
}

int netd_network_set(struct netd_topology *t, const char *name,
		     const struct netd_option_value *settings, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	struct netd_network *n = find(t, name, err);

	if (!n)
		return -ENOENT;
	if (netd_edit_begin(&edit, t, err) < 0)
		return -ENOMEM;
	n->defined = false;
	return netd_edit_keep(
		&edit, netd_settings_edit(t, &netd_network_object, n, settings, err));
}

int netd_network_remove(struct netd_topology *t, const char *name, struct netd_error *err)
{
	struct netd_network *n = find(t, name, err);

	if (!n)
		return -ENOENT;
	netd_topology_remove_network(t, (size_t)(n - t->networks));
	t->checked = false;
	return 0;
}

static bool is_plugged(const struct netd_node *node, const char *network)
{
	for (size_t i = 0; i < node->interface_count; i++)
		if (strcmp(node->interfaces[i].network, network) == 0)
			return true;
	return false;
}

int netd_network_unused(const struct netd_topology *t, const char *name,
			struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < t->node_count; i++) {
		const struct netd_node *node = &t->nodes[i];
		const char *kind = netd_node_kind_name(node->kind);

		if (!is_plugged(node, name))
			continue;
		r = netd_error_add(err, -EINVAL, "network %s: %s %s is plugged into it",
				   name, kind, node->name);
		netd_error_hint(err, "`netdctl %s delete %s` first", kind, node->name);
	}
	return r;
}

bool netd_network_exists(const struct netd_topology *t, const char *name)
{
	return netd_topology_network(t, name) != NULL;
}

static bool has_network(const struct netd_topology *t, const char *name)
{
	return netd_topology_network(t, name) != NULL;
}

/* The first running topology for which @has is true, in *@topology; stays NULL if none.
 */
static int find_running(struct netd *netd, const char *name, char **topology,
			bool (*has)(const struct netd_topology *t, const char *name),
			struct netd_error *err)
{
	netd_auto(netd_topologies_done) struct netd_topologies all = {0};
	int r = netd_context_open(netd, false, err);

	if (r < 0)
		return r;
	r = netd_store_load_all(&netd->store, &all, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < all.count && !*topology; i++)
		if (has(all.items[i], name))
			*topology = strdup(all.items[i]->name);
	return 0;
}

int netd_network_find(struct netd *netd, const char *name, char **topology,
		      struct netd_error *err)
{
	char *found = NULL;
	int r = find_running(netd, name, &found, has_network, err);

	if (r < 0)
		return r;
	if (!found) {
		netd_error_add(err, -ENOENT, "there is no network %s", name);
		netd_error_hint(err, "`netdctl network list` shows those that exist");
		return -ENOENT;
	}
	*topology = found;
	return 0;
}

int netd_node_find(struct netd *netd, const char *name, char **topology,
		   struct netd_error *err)
{
	char *found = NULL;
	int r = find_running(netd, name, &found, netd_node_exists, err);

	if (r < 0)
		return r;
	if (!found)
		return netd_error_add(err, -ENOENT, "there is no router or host %s",
				      name);
	*topology = found;
	return 0;
}

int netd_port_add(struct netd_topology *t, const char *network, const char *name,
		  const struct netd_option_value *settings, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	struct netd_network *n = find(t, network, err);
	struct netd_port *p;
	int r;

	if (!n)
		return -ENOENT;
	if (netd_ifname_problem(name))
		return netd_error_add(err, -EINVAL, "port name \"%s\" %s", name,
				      netd_ifname_problem(name));
	if (netd_edit_begin(&edit, t, err) < 0)
		return -ENOMEM;
	p = netd_array_add(&n->ports, &n->port_count, sizeof(*p));
	if (!p)
		return netd_error_no_memory(err);
	netd_copy(p->name, name);
	r = netd_settings_edit(t, &netd_port_object, p, settings, err);
	if (r < 0)
		return netd_edit_keep(&edit, r);
	return netd_edit_keep(&edit, netd_port_unmanaged(n, p, err));
}

int netd_port_remove(struct netd_topology *t, const char *network, const char *name,
		     struct netd_error *err)
{
	struct netd_network *n = find(t, network, err);

	for (size_t i = 0; n && i < n->port_count; i++) {
		if (strcmp(n->ports[i].name, name) != 0)
			continue;
		memmove(&n->ports[i], &n->ports[i + 1],
			(n->port_count - i - 1) * sizeof(*n->ports));
		n->port_count--;
		t->checked = false;
		return 0;
	}
	if (n) {
		netd_error_add(err, -ENOENT, "network %s has no port %s", network, name);
		netd_error_hint(err,
				"`netdctl port list %s` shows them; what a hook plugged "
				"in, its hook unplugs",
				network);
	}
	return -ENOENT;
}

int netd_machine_add(struct netd_topology *t, const char *network, const char *name,
		     const struct netd_option_value *settings, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	struct netd_network *n = find(t, network, err);
	struct netd_machine *m;

	if (!n)
		return -ENOENT;
	if (netd_machine_name_problem(name))
		return netd_error_add(err, -EINVAL, "machine name \"%s\" %s", name,
				      netd_machine_name_problem(name));
	if (netd_network_machine(n, name)) {
		netd_error_add(err, -EEXIST, "network %s has a machine %s already",
			       network, name);
		netd_error_hint(err, "`netdctl machine remove %s %s` first", network,
				name);
		return -EEXIST;
	}
	if (netd_edit_begin(&edit, t, err) < 0)
		return -ENOMEM;
	m = netd_array_add(&n->machines, &n->machine_count, sizeof(*m));
	if (!m)
		return netd_error_no_memory(err);
	netd_copy(m->name, name);
	return netd_edit_keep(
		&edit, netd_settings_edit(t, &netd_machine_object, m, settings, err));
}

/* -EINVAL, with a problem for each forward of @owner ("network lan") to that machine. */
static int forwards_lead_to(const struct netd_forward *forwards, size_t count,
			    const char *owner, const char *name, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < count; i++) {
		const struct netd_forward *f = &forwards[i];
		char listen[NETD_ADDR_TEXT];

		if (strcmp(f->machine, name) != 0)
			continue;
		netd_addr_format(&f->listen, listen);
		r = -EINVAL;
		if (f->port_first)
			netd_error_add(err, r, "%s forwards port %u of %s to machine %s",
				       owner, f->port_first, listen, name);
		else
			netd_error_add(err, r, "%s forwards %s to machine %s", owner,
				       listen, name);
		netd_error_hint(err, "take that forward out first");
	}
	return r;
}

/* The same for those of the network, and of routers that reach the machine by it. */
static int machine_is_unused(const struct netd_topology *t, const struct netd_network *n,
			     const char *name, struct netd_error *err)
{
	char owner[64];
	int r;

	snprintf(owner, sizeof(owner), "network %s", n->name);
	r = forwards_lead_to(n->forwards, n->forward_count, owner, name, err);
	for (size_t i = 0; i < t->node_count; i++) {
		const struct netd_node *node = &t->nodes[i];
		int one = 0;

		snprintf(owner, sizeof(owner), "router %s", node->name);
		if (is_plugged(node, n->name))
			one = forwards_lead_to(node->forwards, node->forward_count, owner,
					       name, err);
		if (one < 0)
			r = one;
	}
	return r;
}

int netd_machine_remove(struct netd_topology *t, const char *network, const char *name,
			struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	struct netd_network *n = find(t, network, err);
	struct netd_machine *m = n ? netd_network_machine(n, name) : NULL;
	size_t i;
	int r;

	if (!n)
		return -ENOENT;
	if (!m) {
		netd_error_add(err, -ENOENT, "network %s has no machine %s", network,
			       name);
		netd_error_hint(err, "`netdctl machine list %s` shows them", network);
		return -ENOENT;
	}
	r = machine_is_unused(t, n, name, err);
	if (r < 0)
		return r;
	if (netd_edit_begin(&edit, t, err) < 0)
		return -ENOMEM;
	i = (size_t)(m - n->machines);
	memmove(m, m + 1, (n->machine_count - i - 1) * sizeof(*m));
	n->machine_count--;
	netd_topology_forget_places(t);
	return netd_edit_keep(&edit, netd_topology_check(t, err));
}
