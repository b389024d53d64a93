// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a topology in memory: forwards, of a network or of a router. */
#include <errno.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "edit/settings.h"
#include "model/topology.h"
#include "edit/edit.h"
#include "netd.h"

/* Whose they are; if a network and a router share a name, the network. */
struct owner {
	struct netd_network *network;
	struct netd_node *node;
};

static int find_owner(const struct netd_topology *t, const char *name, struct owner *out,
		      struct netd_error *err)
{
	out->network = netd_topology_network(t, name);
	out->node = NULL;
	if (!out->network)
		out->node = netd_topology_node(t, name);
	if (out->network || out->node)
		return 0;
	netd_error_add(err, -ENOENT, "topology %s has no network or router %s", t->name,
		       name);
	netd_error_hint(err,
			"`netdctl network list` and `netdctl router list` show those "
			"that exist");
	return -ENOENT;
}

/* Reads one forward, and appends it to those of @o. */
static int append(struct netd_topology *t, struct owner *o,
		  const struct netd_option_value *settings, struct netd_error *err)
{
	struct netd_forward forward = {0}, *slot;
	int r = netd_settings_read(t, &netd_forward_object, &forward, settings, err);

	if (r < 0)
		return r;
	if (o->network)
		slot = netd_array_add(&o->network->forwards, &o->network->forward_count,
				      sizeof(*slot));
	else
		slot = netd_array_add(&o->node->forwards, &o->node->forward_count,
				      sizeof(*slot));
	if (!slot)
		return netd_error_no_memory(err);
	*slot = forward;
	return netd_topology_check(t, err);
}

int netd_forward_add(struct netd_topology *t, const char *owner,
		     const struct netd_option_value *settings, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	struct owner o;
	int r = find_owner(t, owner, &o, err);

	if (r < 0)
		return r;
	if (o.node && o.node->kind == NETD_NODE_HOST)
		return netd_error_add(err, -EINVAL,
				      "%s: a host does not forward; routers do", owner);
	if (netd_edit_begin(&edit, t, err) < 0)
		return -ENOMEM;
	return netd_edit_keep(&edit, append(t, &o, settings, err));
}

static bool same_listen(const struct netd_forward *a, const struct netd_forward *b)
{
	return netd_addr_equal(&a->listen, &b->listen) &&
	       a->port_first == b->port_first && a->port_last == b->port_last;
}

/* Takes @protocols off every forward that listens there; the number of those it had. */
static size_t remove_forwards(struct netd_forward *forwards, size_t *count,
			      const struct netd_forward *like, bool all_protocols)
{
	size_t kept = 0, hits = 0;

	for (size_t i = 0; i < *count; i++) {
		struct netd_forward *f = &forwards[i];
		unsigned gone = f->protocols;

		if (!all_protocols)
			gone &= like->protocols;
		if (same_listen(f, like) && (gone || !f->protocols)) {
			hits++;
			f->protocols &= ~gone;
			if (!f->protocols)
				continue;
		}
		forwards[kept++] = *f;
	}
	*count = kept;
	return hits;
}

static size_t remove_from(struct owner *o, const struct netd_forward *like,
			  bool all_protocols)
{
	if (o->network)
		return remove_forwards(o->network->forwards, &o->network->forward_count,
				       like, all_protocols);
	return remove_forwards(o->node->forwards, &o->node->forward_count, like,
			       all_protocols);
}

static int no_such_forward(const struct owner *o, const char *owner, const char *listen,
			   const char *protocol, struct netd_error *err)
{
	const char *kind = "network", *blank = " ";

	if (o->node)
		kind = netd_node_kind_name(o->node->kind);
	if (!protocol)
		blank = protocol = "";
	netd_error_add(err, -ENOENT, "%s %s has no forward of %s%s%s", kind, owner,
		       listen, blank, protocol);
	netd_error_hint(err, "`netdctl forward list %s` shows them", owner);
	return -ENOENT;
}

int netd_forward_remove(struct netd_topology *t, const char *owner, const char *listen,
			const char *protocol, struct netd_error *err)
{
	/* The target does not matter: the listen is what is read. */
	struct netd_option_value settings[4] = {{"listen", listen}, {"to", listen}};
	netd_auto_topology struct netd_topology *scratch = netd_topology_new("");
	struct netd_forward like = {0};
	struct owner o;
	int r = find_owner(t, owner, &o, err);

	if (r < 0)
		return r;
	if (protocol)
		settings[2] = (struct netd_option_value){"protocol", protocol};
	if (!scratch)
		return netd_error_no_memory(err);
	r = netd_settings_read(scratch, &netd_forward_object, &like, settings, err);
	if (r < 0)
		return r;
	if (!remove_from(&o, &like, !protocol))
		return no_such_forward(&o, owner, listen, protocol, err);
	t->checked = false;
	return 0;
}
