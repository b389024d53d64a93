// SPDX-License-Identifier: GPL-2.0-or-later
/* Ports that others plugged into our bridges, and that come back with their network. */
#include "observe/plugs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"

#define LINE "# port "
#define FORMAT LINE "%15s %d %15s"	   /* NETD_IFNAME - 1 */
#define WAITING_FORMAT "%31s %15s %15s %d" /* NETD_TOPOLOGY_NAME - 1, NETD_IFNAME - 1 */

static const struct netd_network *network_on(const struct netd_topology *t,
					     const char *bridge)
{
	for (size_t i = 0; *bridge && i < t->network_count; i++)
		if (strcmp(t->networks[i].bridge, bridge) == 0)
			return &t->networks[i];
	return NULL;
}

/* True if the topology itself declares that port. */
static bool is_declared(const struct netd_network *n, const char *port)
{
	for (size_t i = 0; i < n->port_count; i++)
		if (strcmp(n->ports[i].name, port) == 0)
			return true;
	return strcmp(n->uplink, port) == 0;
}

void netd_plugs_collect(const struct netd_state *observed, const struct netd_topology *t,
			struct netd_str *out)
{
	for (size_t i = 0; i < observed->link_count; i++) {
		const struct netd_link *link = &observed->links[i];
		const struct netd_network *n = network_on(t, link->master);

		/* the kernel allows no blanks in a name (dev_valid_name()) */
		if (n && !netd_link_is_ours(link) && !is_declared(n, link->name))
			netd_str_addf(out, LINE "%s %d %s\n", link->name, link->index,
				      link->master);
	}
}

/* The next line of the comments at the beginning; NULL behind the last. */
static const char *next_comment(const char *line)
{
	line = strchr(line, '\n');
	if (line && line[1] == '#')
		return line + 1;
	return NULL;
}

static const char *first_comment(const char *text)
{
	if (text && text[0] == '#')
		return text;
	return NULL;
}

void netd_plugs_copy(const char *text, struct netd_str *out)
{
	for (const char *at = first_comment(text); at; at = next_comment(at))
		if (strncmp(at, LINE, strlen(LINE)) == 0) {
			netd_str_add_bytes(out, at, strcspn(at, "\n"));
			netd_str_add_char(out, '\n');
		}
}

/* False if that line is not about a port. */
static bool parse_comment(const char *at, struct netd_guest_port *out)
{
	char line[64];

	/* sscanf() would measure the whole text each time */
	snprintf(line, sizeof(line), "%.*s", (int)sizeof(line) - 1, at);
	return sscanf(line, FORMAT, out->port, &out->index, out->bridge) == 3;
}

static void restore(struct netd *netd, const struct netd_state *now,
		    const struct netd_guest_port *plug)
{
	const struct netd_link *link = netd_state_link(now, plug->port);
	const struct netd_link *bridge = netd_state_link(now, plug->bridge);
	const struct netd_link *master = netd_state_master(now, link);

	if (!link || !bridge || link->index != plug->index || master == bridge ||
	    (master && !netd_link_is_ours(master)))
		return;
	netd->ops->plug(netd, link, bridge->index);
}

void netd_plugs_restore(struct netd *netd, const char *text)
{
	netd_auto(netd_state_done) struct netd_state now = {0};
	struct netd_guest_port plug;
	bool looked = false;

	for (const char *at = first_comment(text); at; at = next_comment(at)) {
		if (!parse_comment(at, &plug))
			continue;
		if (!looked && netd->ops->observe_links(netd, &now, NULL) < 0)
			return;
		looked = true;
		restore(netd, &now, &plug);
	}
}

/*
 * Ports that wait for their network
 */

struct waiting {
	char topology[NETD_TOPOLOGY_NAME], network[NETD_IFNAME], port[NETD_IFNAME];
	int index;
};

static bool parse_waiting(const char *line, struct waiting *out)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\n"), line);
	return sscanf(copy, WAITING_FORMAT, out->topology, out->network, out->port,
		      &out->index) == 4;
}

/* The next line; NULL at the end. */
static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	if (line && line[1])
		return line + 1;
	return NULL;
}

static const char *first_line(const char *text)
{
	if (text && *text)
		return text;
	return NULL;
}

static int add(struct netd_guest_ports *out, const char *port, int index,
	       const char *from, const char *bridge)
{
	struct netd_guest_port *slot =
		netd_array_add(&out->items, &out->count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	netd_copy(slot->port, port);
	netd_copy(slot->from, from);
	netd_copy(slot->bridge, bridge);
	slot->index = index;
	return 0;
}

/* Ports on a bridge of @other whose network has a different bridge in @t. */
static int add_moving(const struct netd_topology *t, const struct netd_topology *other,
		      const struct netd_state *observed, struct netd_guest_ports *out)
{
	for (size_t i = 0; i < observed->link_count; i++) {
		const struct netd_link *link = &observed->links[i];
		const struct netd_network *was = network_on(other, link->master), *is;

		if (!was || was->existing || netd_link_is_ours(link) ||
		    link->captured_as[0] || is_declared(was, link->name))
			continue;
		is = netd_topology_network(t, was->name);
		if (!is || strcmp(is->bridge, was->bridge) == 0)
			continue;
		if (add(out, link->name, link->index, was->bridge, is->bridge) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Notes a port that waits for a network of that name in another topology. */
static void note_waiting(const struct waiting *w, const struct netd_state *observed,
			 struct netd_error *notes)
{
	const struct netd_link *link = netd_state_link(observed, w->port);

	if (!link || link->index != w->index || link->master[0])
		return;
	netd_error_add(notes, 0,
		       "port %s is not plugged in: it was in network %s of topology %s",
		       w->port, w->network, w->topology);
	netd_error_hint(notes, "`netdctl port add %s %s` plugs it in", w->network,
			w->port);
}

int netd_plugs_plan(const struct netd *netd, const struct netd_topology *t,
		    const struct netd_topology *other, const struct netd_state *observed,
		    struct netd_guest_ports *out, struct netd_error *notes,
		    struct netd_error *err)
{
	netd_auto_free char *text = NULL;

	if (netd->store.fd >= 0) {
		int r = netd_store_read(&netd->store, NETD_UNPLUGGED, &text, NULL, err);

		if (r < 0)
			return r;
	}
	if (other && add_moving(t, other, observed, out) < 0)
		return netd_error_no_memory(err);
	for (const char *at = first_line(text); at; at = next_line(at)) {
		const struct netd_network *n;
		struct waiting w;

		if (!parse_waiting(at, &w))
			continue;
		n = netd_topology_network(t, w.network);
		if (!n)
			continue;
		if (strcmp(w.topology, t->name) == 0) {
			if (add(out, w.port, w.index, "", n->bridge) < 0)
				return netd_error_no_memory(err);
		} else if (!other || !netd_topology_network(other, n->name)) {
			note_waiting(&w, observed, notes);
		}
	}
	return 0;
}

static void add_waiting(struct netd_str *out, const struct waiting *w)
{
	netd_str_addf(out, "%s %s %s %d\n", w->topology, w->network, w->port, w->index);
}

/* Keeps the ports that still wait: they exist, and their network does not. */
static void keep_old(struct netd *netd, const char *old, const struct netd_topology *to,
		     struct netd_str *out)
{
	for (const char *at = first_line(old); at; at = next_line(at)) {
		struct waiting w;

		if (parse_waiting(at, &w) &&
		    (strcmp(w.topology, to->name) != 0 ||
		     !netd_topology_network(to, w.network)) &&
		    netd->ops->ifindex(netd, w.port) == w.index)
			add_waiting(out, &w);
	}
}

static void keep_new(const char *text, const struct netd_topology *from,
		     const struct netd_topology *to, const char *old,
		     struct netd_str *out)
{
	for (const char *at = first_comment(text); at; at = next_comment(at)) {
		netd_auto(netd_str_done) struct netd_str line = {0};
		struct waiting w = {0};
		const struct netd_network *n;
		struct netd_guest_port plug;

		if (!parse_comment(at, &plug))
			continue;
		n = network_on(from, plug.bridge);
		if (!n || n->existing || netd_topology_network(to, n->name) ||
		    is_declared(n, plug.port))
			continue;
		netd_copy(w.topology, to->name);
		netd_copy(w.network, n->name);
		netd_copy(w.port, plug.port);
		w.index = plug.index;
		add_waiting(&line, &w);
		/* a change that was killed is settled twice: no second line for a port */
		if (!old || !strstr(old, netd_str_text(&line)))
			netd_str_add(out, netd_str_text(&line));
	}
}

static int write_waiting(struct netd *netd, const char *old, const struct netd_str *all)
{
	if (!old)
		old = "";
	if (strcmp(netd_str_text(all), old) == 0)
		return 0;
	if (!all->length)
		return netd_file_remove(netd->store.fd, NETD_UNPLUGGED, NULL);
	return netd_store_write(&netd->store, NETD_UNPLUGGED, all, NULL);
}

void netd_plugs_keep(struct netd *netd, const char *text,
		     const struct netd_topology *from, const struct netd_topology *to,
		     struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str all = {0};
	netd_auto_free char *old = NULL;
	int r;

	netd_store_read(&netd->store, NETD_UNPLUGGED, &old, NULL, notes);
	keep_old(netd, old, to, &all);
	keep_new(text, from, to, old, &all);
	r = write_waiting(netd, old, &all);
	if (r < 0 && notes)
		netd_error_add(
			notes, 0,
			"cannot write %s/" NETD_UNPLUGGED
			": %s; which ports wait for their network is no longer known",
			netd->store.path, strerror(-r));
}
