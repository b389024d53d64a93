// SPDX-License-Identifier: GPL-2.0-or-later
/* What is marked to be started at boot, and what of it does not run. */
#include "trial/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "edit/pieces.h"
#include "observe/foresee.h"

void netd_start_done(struct netd_start *s)
{
	netd_topology_free(s->running);
	free(s->unstarted);
	free(s->parts);
}

bool netd_start_runs(const struct netd_start *s, const struct netd_start_part *p)
{
	if (p->is_node)
		return netd_topology_node(s->running, p->name) != NULL;
	return netd_topology_network(s->running, p->name) != NULL;
}

/* The first network that part @p needs and @t does not have; NULL: @t has all. */
const char *netd_start_missing(const struct netd_start *s,
			       const struct netd_start_part *p,
			       const struct netd_topology *t)
{
	const struct netd_node *n;

	if (!p->is_node)
		return NULL;
	n = netd_topology_node(s->defined, p->name);
	for (size_t i = 0; i < n->interface_count; i++)
		if (*n->interfaces[i].network &&
		    !netd_topology_network(t, n->interfaces[i].network))
			return n->interfaces[i].network;
	return NULL;
}

/* True if all networks that it is plugged into are marked, or run. */
static bool is_wanted(const struct netd_start *s, const struct netd_node *n)
{
	for (size_t i = 0; i < n->interface_count; i++) {
		const char *network = n->interfaces[i].network;

		if (*network && !netd_network_autostart(s->defined, network) &&
		    !netd_topology_network(s->running, network))
			return false;
	}
	return true;
}

bool netd_start_is_marked(const struct netd_topology *defined)
{
	bool is = defined->autostart;

	for (size_t i = 0; i < defined->network_count && !is; i++)
		is = defined->networks[i].autostart;
	return is;
}

const char *netd_start_kind(const struct netd_start *s, const struct netd_start_part *p)
{
	if (p->is_node)
		return netd_node_kind_name(netd_topology_node(s->defined, p->name)->kind);
	return "network";
}

/* The text of the file `unstarted`; "" if there is none. */
static const char *unstarted(const struct netd_start *s)
{
	if (s->unstarted)
		return s->unstarted;
	return "";
}

void netd_start_read(struct netd_start *s)
{
	if (s->netd->store.fd >= 0)
		netd_store_read(&s->netd->store, NETD_UNSTARTED, &s->unstarted, NULL,
				NULL);
}

static bool is_recorded(const struct netd_start *s, const struct netd_start_part *p)
{
	const char *at = unstarted(s);
	char line[128];
	size_t length;

	snprintf(line, sizeof(line), "%s %s %s", s->defined->name, netd_start_kind(s, p),
		 p->name);
	for (; *at; at += length + (at[length] == '\n')) {
		length = strcspn(at, "\n");
		if (strlen(line) == length && memcmp(at, line, length) == 0)
			return true;
	}
	return false;
}

/* Replaces the lines of this topology by the parts that do not run; others' lines stay.
 */
void netd_start_write(const struct netd_start *s)
{
	const char *at = unstarted(s), *name = s->defined->name;
	netd_auto(netd_str_done) struct netd_str text = {0};
	size_t length, own = strlen(name);

	for (; *at; at += length) {
		length = strcspn(at, "\n");
		length += at[length] == '\n';
		if (strncmp(at, name, own) != 0 || at[own] != ' ')
			netd_str_add_bytes(&text, at, length);
	}
	for (size_t i = 0; i < s->count; i++)
		if (!netd_start_runs(s, &s->parts[i]))
			netd_str_addf(&text, "%s %s %s\n", name,
				      netd_start_kind(s, &s->parts[i]), s->parts[i].name);
	if (strcmp(netd_str_text(&text), unstarted(s)) == 0)
		return;
	/* only a hint: without it `--again` finds nothing to start */
	if (text.length)
		netd_store_write(&s->netd->store, NETD_UNSTARTED, &text, NULL);
	else
		netd_file_remove(s->netd->store.fd, NETD_UNSTARTED, NULL);
}

static int add_part(struct netd_start *s, bool again, bool is_node, const char *name)
{
	const struct netd_start_part part = {is_node, name};
	struct netd_start_part *slot;

	if (netd_start_runs(s, &part) || (again && !is_recorded(s, &part)))
		return 0;
	slot = netd_array_add(&s->parts, &s->count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = part;
	return 0;
}

/* @again: only those that could not be started before. */
int netd_start_list(struct netd_start *s, bool again)
{
	const struct netd_topology *t = s->defined;

	for (size_t i = 0; i < t->network_count; i++)
		if (netd_network_autostart(t, t->networks[i].name) &&
		    add_part(s, again, false, t->networks[i].name) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < t->node_count; i++)
		if (is_wanted(s, &t->nodes[i]) &&
		    add_part(s, again, true, t->nodes[i].name) < 0)
			return -ENOMEM;
	return 0;
}

/* Adds the part to @t: 1; 0 if @t does not have a network that the part needs. */
static int add_to(const struct netd_start *s, const struct netd_start_part *p,
		  struct netd_topology *t, struct netd_error *err)
{
	int r;

	if (netd_start_missing(s, p, t))
		return 0;
	if (p->is_node)
		r = netd_node_take(t, s->defined, p->name, err);
	else
		r = netd_network_take(t, s->defined, p->name, err);
	if (r < 0)
		return r;
	return 1;
}

/* What runs, with @count parts from @first on; *@grown: one of them could be added. */
int netd_start_compose(const struct netd_start *s, size_t first, size_t count,
		       struct netd_topology **out, bool *grown, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = netd_topology_copy(s->running);

	*grown = false;
	if (!t)
		return netd_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		int r = add_to(s, &s->parts[first + i], t, err);

		if (r < 0)
			return r;
		*grown |= r > 0;
	}
	t->autostart = s->defined->autostart;
	*out = netd_take(t);
	return 0;
}

/*
 * Why it does not run
 */

static void note_part(struct netd_start *s, size_t i, struct netd_error *notes)
{
	static const char what[] = "could not be started, and does not run";
	netd_auto_topology struct netd_topology *wanted = NULL;
	netd_auto(netd_error_done) struct netd_error why = {0};
	const struct netd_start_part *p = &s->parts[i];
	const char *kind = netd_start_kind(s, p),
		   *missing = netd_start_missing(s, p, s->running);
	netd_auto(netd_view_done) struct netd_view v = {0};
	bool grown;
	int r = netd_start_compose(s, i, 1, &wanted, &grown, &why);

	if (r >= 0 && !missing)
		r = netd_foresee(s->netd, wanted, &v, &why);
	if (missing)
		netd_error_add(notes, 0, "%s %s %s, since network %s does not", kind,
			       p->name, what, missing);
	else if (why.count && r != -EPERM && r != -EACCES) /* only root may know more */
		netd_error_add(notes, 0, "%s %s %s: %s", kind, p->name, what,
			       why.problems[0].text);
	else
		netd_error_add(notes, 0, "%s %s %s", kind, p->name, what);
	netd_error_hint(notes,
			"`netdctl network start --autostart --again` tries it again");
}

void netd_unstarted_note(struct netd *netd, const struct netd_topology *defined,
			 const struct netd_topology *running, struct netd_error *notes)
{
	netd_auto(netd_start_done) struct netd_start s = {
		.netd = netd,
		.defined = defined,
	};

	if (running)
		s.running = netd_topology_copy(running);
	else
		s.running = netd_topology_new(defined->name);
	netd_start_read(&s);
	if (!s.running || !s.unstarted || !netd_start_is_marked(defined) ||
	    netd_start_list(&s, true) < 0)
		return;
	for (size_t i = 0; i < s.count; i++)
		note_part(&s, i, notes);
}
