// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of forwards: of networks and of routers. */
#include "show/show_forwards.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "host/space.h"
#include "ruleset/compile.h"
#include "ruleset/read.h"

#define LISTEN                                              \
	{"LISTEN", "listen", NETD_COLUMN_TEXT},             \
		{"PROTOCOL", "protocol", NETD_COLUMN_LIST}, \
		{"TO", "to", NETD_COLUMN_TEXT},             \
		{"MACHINE", "machine", NETD_COLUMN_TEXT},   \
		{"ON", "on", NETD_COLUMN_TEXT},             \
	{                                                   \
		"STATE", "state", NETD_COLUMN_TEXT          \
	}

/* People see one column for both, programs one for each. */
const struct netd_column netd_forward_columns[NETD_FORWARD_COLUMNS] = {
	{"NETWORK", NULL, NETD_COLUMN_TEXT},
	{NULL, "network", NETD_COLUMN_TEXT},
	{NULL, "router", NETD_COLUMN_TEXT},
	LISTEN,
};

const struct netd_column netd_node_forward_columns[NETD_NODE_FORWARD_COLUMNS] = {LISTEN};

/* "10.0.0.1", "10.0.0.1:80", "[fd00::1]:80-89" */
static void add_endpoint(struct netd_table *table, const struct netd_addr *a,
			 unsigned first, unsigned last)
{
	netd_auto(netd_str_done) struct netd_str out = {0};
	char text[NETD_ADDR_TEXT];

	netd_addr_format(a, text);
	if (first && netd_addr_size(a) == 16)
		netd_str_addf(&out, "[%s]", text);
	else
		netd_str_add(&out, text);
	if (first)
		netd_str_addf(&out, ":%u", first);
	if (first != last)
		netd_str_addf(&out, "-%u", last);
	netd_table_add_text(table, netd_str_text(&out));
}

static void add_protocols(struct netd_table *table, unsigned protocols)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	netd_protocol_for_each(p, protocols)
	{
		netd_str_next(&text, " ");
		netd_str_add(&text, netd_protocol_name(p));
	}
	if (!protocols)
		netd_str_add(&text, "all");
	netd_table_add_text(table, netd_str_text(&text));
}

/* What table inet netd of a namespace has; not known to who may not read it. */
struct kernel {
	struct netd_ruleset rules; /* sorted */
	bool known;
};

static void kernel_done(struct kernel *k)
{
	netd_ruleset_done(&k->rules);
}

static int read_rules(struct netd *netd, const char *space, struct netd_ruleset *out)
{
	struct netd_space *opened;
	struct netd_nft *nft;
	int r = 0;

	if (*space)
		r = netd_space_open(netd, space, &opened, NULL);
	if (r < 0)
		return r;
	r = netd_space_nft(netd, space, &nft, NULL);
	if (r < 0)
		return r;
	return netd_firewall_read(nft, out, NULL);
}

/* @space: a router; "": the host.  Without that namespace nothing is delivered. */
static void look(struct netd *netd, const char *space, struct kernel *out)
{
	int r = read_rules(netd, space, &out->rules);

	if (*space && netd_spaces_leave(netd, NULL) < 0)
		return;
	out->known = r == 0 || r == -ENOENT;
	netd_ruleset_sort(&out->rules);
}

static const char *state_of(const struct netd_forward *f, const struct kernel *k)
{
	if (!k->known)
		return "unknown";
	if (netd_forward_is_in(f, &k->rules))
		return "up";
	return "missing";
}

static void add_forward(const struct netd_forward *f, const struct kernel *k,
			struct netd_table *table)
{
	unsigned width = f->port_last - f->port_first;

	add_endpoint(table, &f->listen, f->port_first, f->port_last);
	add_protocols(table, f->protocols);
	add_endpoint(table, &f->to, f->to_port, f->to_port + width);
	netd_table_add_text(table, f->machine);
	netd_table_add_text(table, f->on);
	netd_table_add_text(table, state_of(f, k));
}

static bool is_shown(const struct netd_scene *scene, const char *name, size_t forwards)
{
	return forwards && (!scene->network || strcmp(scene->network, name) == 0);
}

static void add_network(const struct netd_network *n, const struct kernel *k,
			struct netd_table *table)
{
	for (size_t i = 0; i < n->forward_count; i++) {
		netd_table_add_text(table, n->name);
		netd_table_add_text(table, n->name);
		netd_table_add_text(table, "");
		add_forward(&n->forwards[i], k, table);
	}
}

static void add_router(struct netd *netd, const struct netd_node *node,
		       struct netd_table *table)
{
	netd_auto(kernel_done) struct kernel k = {0};

	look(netd, node->name, &k);
	for (size_t i = 0; i < node->forward_count; i++) {
		netd_table_add_text(table, node->name);
		netd_table_add_text(table, "");
		netd_table_add_text(table, node->name);
		add_forward(&node->forwards[i], &k, table);
	}
}

static bool has_network_forwards(const struct netd_scene *scene)
{
	for (size_t i = 0; i < scene->running_count; i++)
		for (size_t j = 0; j < scene->running[i]->network_count; j++)
			if (scene->running[i]->networks[j].forward_count)
				return true;
	return false;
}

void netd_show_forwards(const struct netd_scene *scene, struct netd_table *table)
{
	netd_auto(kernel_done) struct kernel host = {0};

	if (has_network_forwards(scene))
		look(scene->netd, "", &host);
	for (size_t i = 0; i < scene->running_count; i++) {
		const struct netd_topology *t = scene->running[i];

		for (size_t j = 0; j < t->network_count; j++) {
			const struct netd_network *n = &t->networks[j];

			if (is_shown(scene, n->name, n->forward_count))
				add_network(n, &host, table);
		}
		for (size_t j = 0; j < t->node_count; j++) {
			const struct netd_node *node = &t->nodes[j];

			if (is_shown(scene, node->name, node->forward_count))
				add_router(scene->netd, node, table);
		}
	}
}

void netd_show_node_forwards(struct netd *netd, const struct netd_node *node,
			     struct netd_table *table)
{
	netd_auto(kernel_done) struct kernel k = {0};

	if (node->forward_count)
		look(netd, node->name, &k);
	for (size_t i = 0; i < node->forward_count; i++)
		add_forward(&node->forwards[i], &k, table);
}
