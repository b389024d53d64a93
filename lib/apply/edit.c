// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a topology in memory, in the words of its file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/context.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "config/edit.h"
#include "netd.h"

int netd_topology_create(const char *name, struct netd_topology **out,
			 struct netd_error *err)
{
	struct netd_topology *t = netd_topology_new(name);

	if (!t)
		return netd_error_add(err, -EINVAL, "\"%s\" cannot name a topology",
				      name);
	*out = t;
	return 0;
}

int netd_topology_duplicate(const struct netd_topology *t, struct netd_topology **out,
			    struct netd_error *err)
{
	struct netd_topology *copy = netd_topology_copy(t);

	if (!copy)
		return netd_error_add(err, -ENOMEM, "out of memory");
	*out = copy;
	return 0;
}

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

int netd_network_add(struct netd_topology *t, const char *name, const char *settings,
		     struct netd_error *err)
{
	struct netd_network *n;

	if (netd_topology_network(t, name)) {
		netd_error_add(err, -EEXIST, "network %s exists already", name);
		netd_error_hint(err, "`netdctl network set %s` changes it", name);
		return -EEXIST;
	}
	if (netd_ifname_problem(name))
		return netd_error_add(err, -EINVAL, "network name \"%s\" %s", name,
				      netd_ifname_problem(name));
	n = netd_topology_add_network(t);
	if (!n)
		return netd_error_add(err, -ENOMEM, "out of memory");
	netd_copy(n->name, name);
	return netd_config_edit(t, n, settings, err);
}

int netd_network_set(struct netd_topology *t, const char *name, const char *settings,
		     struct netd_error *err)
{
	struct netd_network *n = find(t, name, err);

	return n ? netd_config_edit(t, n, settings, err) : -ENOENT;
}

int netd_network_remove(struct netd_topology *t, const char *name, struct netd_error *err)
{
	struct netd_network *n = find(t, name, err);

	if (!n)
		return -ENOENT;
	netd_topology_remove_network(t, (size_t)(n - t->networks));
	return 0;
}

/* Problems of a network that comes from @from are told in that one's text. */
static int adopt_text(struct netd_topology *to, const struct netd_topology *from)
{
	char *file = from->file ? strdup(from->file) : NULL;
	char *text = from->text ? strdup(from->text) : NULL;

	if ((from->file && !file) || (from->text && !text)) {
		free(file);
		free(text);
		return -ENOMEM;
	}
	netd_topology_forget_places(to);
	free(to->file);
	free(to->text);
	to->file = file;
	to->text = text;
	to->text_length = text ? from->text_length : 0;
	return 0;
}

int netd_network_take(struct netd_topology *to, const struct netd_topology *from,
		      const char *name, struct netd_error *err)
{
	const struct netd_network *n = find(from, name, err);
	struct netd_network *slot;

	if (!n)
		return -ENOENT;
	if (adopt_text(to, from) < 0)
		return netd_error_add(err, -ENOMEM, "out of memory");
	slot = netd_topology_network(to, name);
	if (slot) {
		netd_network_done(slot);
		memset(slot, 0, sizeof(*slot));
	} else {
		slot = netd_topology_add_network(to);
	}
	if (!slot || netd_network_copy(slot, n) < 0)
		return netd_error_add(err, -ENOMEM, "out of memory");
	return netd_topology_check(to, err);
}

bool netd_network_exists(const struct netd_topology *t, const char *name)
{
	return netd_topology_network(t, name) != NULL;
}

bool netd_network_autostart(const struct netd_topology *t, const char *name)
{
	const struct netd_network *n = netd_topology_network(t, name);

	return n && n->autostart;
}

const char **netd_network_names(const struct netd_topology *t)
{
	const char **names = calloc(t->network_count + 1, sizeof(*names));

	for (size_t i = 0; names && i < t->network_count; i++)
		names[i] = t->networks[i].name;
	return names;
}

int netd_network_find(struct netd *netd, const char *name, char **topology,
		      struct netd_error *err)
{
	struct netd_topology **all = NULL;
	size_t count = 0;
	char *found = NULL;
	int r = netd_context_open(netd, false, err);

	if (r == 0 && netd->store.fd >= 0)
		r = netd_store_load_all(&netd->store, &all, &count, err);
	for (size_t i = 0; i < count; i++) {
		if (!found && netd_topology_network(all[i], name))
			found = strdup(all[i]->name);
		netd_topology_free(all[i]);
	}
	free(all);
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

/* Edits network @network with "@before@settings@after". */
static int edit_part(struct netd_topology *t, const char *network, const char *before,
		     const char *settings, const char *after, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	struct netd_network *n = find(t, network, err);

	if (!n)
		return -ENOENT;
	netd_str_addf(&text, "%s%s%s", before, settings, after);
	return netd_str_error(&text) ? netd_error_add(err, -ENOMEM, "out of memory")
				     : netd_config_edit(t, n, netd_str_text(&text), err);
}

int netd_port_add(struct netd_topology *t, const char *network, const char *name,
		  const char *settings, struct netd_error *err)
{
	char before[NETD_IFNAME + 16];

	if (netd_ifname_problem(name))
		return netd_error_add(err, -EINVAL, "port name \"%s\" %s", name,
				      netd_ifname_problem(name));
	snprintf(before, sizeof(before), "{ports: {\"%s\": ", name);
	return edit_part(t, network, before, settings, "}}", err);
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

int netd_forward_add(struct netd_topology *t, const char *network, const char *settings,
		     struct netd_error *err)
{
	return edit_part(t, network, "{forwards: [", settings, "]}", err);
}

static bool same_listen(const struct netd_forward *a, const struct netd_forward *b)
{
	return netd_addr_equal(&a->listen, &b->listen) &&
	       a->port_first == b->port_first && a->port_last == b->port_last;
}

/* Takes @protocols off every forward that listens there; the number of those it had. */
static size_t remove_forwards(struct netd_network *n, const struct netd_forward *like,
			      bool all_protocols)
{
	size_t kept = 0, hits = 0;

	for (size_t i = 0; i < n->forward_count; i++) {
		struct netd_forward *f = &n->forwards[i];
		unsigned gone =
			all_protocols ? f->protocols : f->protocols & like->protocols;

		if (same_listen(f, like) && (gone || !f->protocols)) {
			hits++;
			f->protocols &= ~gone;
			if (!f->protocols)
				continue;
		}
		n->forwards[kept++] = *f;
	}
	n->forward_count = kept;
	return hits;
}

int netd_forward_remove(struct netd_topology *t, const char *network, const char *listen,
			const char *protocol, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	struct netd_network like = {0};
	struct netd_network *n = find(t, network, err);
	int r;

	if (!n)
		return -ENOENT;
	/* The target does not matter: the listen, in the file's words, is what is read.
	 */
	netd_str_addf(&text, "{forwards: [{listen: \"%s\", to: \"%s\"%s%s}]}", listen,
		      listen, protocol ? ", protocol: " : "", protocol ? protocol : "");
	r = netd_config_read_network(netd_str_text(&text), &like, err);
	if (r == 0 && !remove_forwards(n, &like.forwards[0], !protocol)) {
		r = netd_error_add(err, -ENOENT, "network %s has no forward of %s%s%s",
				   network, listen, protocol ? " " : "",
				   protocol ? protocol : "");
		netd_error_hint(err, "`netdctl forward list %s` shows them", network);
	}
	netd_network_done(&like);
	return r;
}
