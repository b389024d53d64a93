// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a topology in memory: forwards, of a network or of a router. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "edit/settings.h"
#include "model/topology.h"
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
	out->node = out->network ? NULL : netd_topology_node(t, name);
	if (out->network || out->node)
		return 0;
	netd_error_add(err, -ENOENT, "topology %s has no network or router %s", t->name,
		       name);
	netd_error_hint(err,
			"`netdctl network list` and `netdctl router list` show those "
			"that exist");
	return -ENOENT;
}

int netd_forward_add(struct netd_topology *t, const char *owner, const char *settings,
		     struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	struct owner o;
	int r = find_owner(t, owner, &o, err);

	if (r < 0)
		return r;
	netd_str_addf(&text, "{forwards: [%s]}", settings);
	if (netd_str_error(&text))
		return netd_error_add(err, -ENOMEM, "out of memory");
	return o.network ? netd_config_edit(t, o.network, netd_str_text(&text), err)
			 : netd_config_edit_node(t, o.node, netd_str_text(&text), err);
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
		unsigned gone =
			all_protocols ? f->protocols : f->protocols & like->protocols;

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
	return o->network
		       ? remove_forwards(o->network->forwards, &o->network->forward_count,
					 like, all_protocols)
		       : remove_forwards(o->node->forwards, &o->node->forward_count, like,
					 all_protocols);
}

int netd_forward_remove(struct netd_topology *t, const char *owner, const char *listen,
			const char *protocol, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	struct netd_network like = {0};
	struct owner o;
	int r = find_owner(t, owner, &o, err);

	if (r < 0)
		return r;
	/* The target does not matter: the listen, in the file's words, is what is read.
	 */
	netd_str_addf(&text, "{forwards: [{listen: \"%s\", to: \"%s\"%s%s}]}", listen,
		      listen, protocol ? ", protocol: " : "", protocol ? protocol : "");
	r = netd_config_read_network(netd_str_text(&text), &like, err);
	if (r == 0 && !remove_from(&o, &like.forwards[0], !protocol)) {
		r = netd_error_add(
			err, -ENOENT, "%s %s has no forward of %s%s%s",
			o.network ? "network" : netd_node_kind_name(o.node->kind), owner,
			listen, protocol ? " " : "", protocol ? protocol : "");
		netd_error_hint(err, "`netdctl forward list %s` shows them", owner);
	}
	netd_network_done(&like);
	return r;
}
