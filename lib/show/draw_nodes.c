// SPDX-License-Identifier: GPL-2.0-or-later
/* Routers and hosts with all that they have: interfaces, routes, forwards. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "observe/nodes.h"
#include "show/show_forwards.h"
#include "show/show_nodes.h"
#include "show/sight.h"
#include "base/array.h"
#include "base/json.h"

static const struct netd_column interface_columns[] = {
	{"INTERFACE", "interface", NETD_COLUMN_TEXT},
	{"STATE", "state", NETD_COLUMN_TEXT},
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"LINK", "link", NETD_COLUMN_TEXT},
	{"PORT", "port", NETD_COLUMN_TEXT},
	{"MAC", "mac", NETD_COLUMN_TEXT},
	{"ADDRESSES", "addresses", NETD_COLUMN_LIST},
	{"MTU", "mtu", NETD_COLUMN_NUMBER},
	{"RX", "rx_bytes", NETD_COLUMN_NUMBER},
	{"TX", "tx_bytes", NETD_COLUMN_NUMBER},
	{NULL, "rx_packets", NETD_COLUMN_NUMBER},
	{NULL, "tx_packets", NETD_COLUMN_NUMBER},
};

/* People see "default", as in a file, and programs a subnet. */
static const struct netd_column route_columns[] = {
	{"ROUTE", NULL, NETD_COLUMN_TEXT},
	{NULL, "to", NETD_COLUMN_TEXT},
	{"VIA", "via", NETD_COLUMN_TEXT},
	{"INTERFACE", "interface", NETD_COLUMN_TEXT},
	{"METRIC", "metric", NETD_COLUMN_NUMBER},
	{"SOURCE", "source", NETD_COLUMN_TEXT},
	{"TYPE", "type", NETD_COLUMN_TEXT},
	{"FROM", "protocol", NETD_COLUMN_TEXT},
};

/* The cable that @name is an end of, "" if none. */
static const char *cable_name(const struct netd_sight *s, const char *name)
{
	const struct netd_cable *cable;
	const struct netd_node_interface *i;

	for (size_t n = 0;
	     (i = netd_node_interface(s->topology, s->node, n, &cable, NULL)); n++)
		if (cable && strcmp(i->name, name) == 0)
			return cable->name;
	return "";
}

/* @link: as the kernel has it; NULL: not at all. */
static void add_interface(const struct netd_sight *s, const char *name,
			  const struct netd_link *link, struct netd_table *table)
{
	static const struct netd_link no_link;
	static const struct netd_node_interface unwanted;
	const struct netd_link *have = &no_link;
	const struct netd_mac *mac = NULL;
	const struct netd_node_interface *want =
		netd_node_interface_find(s->topology, s->node, name);

	if (!want)
		want = &unwanted;
	if (link) {
		have = link;
		mac = &link->mac;
	}
	netd_table_add_text(table, name);
	netd_table_add_text(table, netd_show_link_state(link));
	netd_table_add_text(table, want->network);
	netd_table_add_text(table, cable_name(s, name));
	netd_table_add_text(table, want->port);
	netd_table_add_mac(table, mac);
	netd_sight_addresses(&s->space, name, table);
	netd_table_add_number(table, have->mtu);
	netd_table_add_number(table, have->rx_bytes);
	netd_table_add_number(table, have->tx_bytes);
	netd_table_add_number(table, have->rx_packets);
	netd_table_add_number(table, have->tx_packets);
}

/* What the kernel has, then what it should have and has not. */
static void fill_interfaces(const struct netd_sight *s, struct netd_table *table)
{
	const struct netd_node_interface *want;

	for (size_t i = 0; i < s->space.link_count; i++)
		if (!s->space.links[i].loopback)
			add_interface(s, s->space.links[i].name, &s->space.links[i],
				      table);
	for (size_t i = 0;
	     (want = netd_node_interface(s->topology, s->node, i, NULL, NULL)); i++)
		if (!netd_state_link(&s->space, want->name))
			add_interface(s, want->name, NULL, table);
}

/* Who made a route; others are shown as numbers. */
static const struct {
	uint8_t protocol;
	const char *name;
} origins[] = {
	{RTPROT_KERNEL, "kernel"}, {RTPROT_BOOT, "boot"}, {RTPROT_STATIC, "static"},
	{RTPROT_RA, "ra"},	   {RTPROT_DHCP, "dhcp"}, {NETD_PROTOCOL, "netd"},
};

static void add_origin(uint8_t protocol, struct netd_table *table)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(origins); i++) {
		if (origins[i].protocol == protocol) {
			netd_table_add_text(table, origins[i].name);
			return;
		}
	}
	netd_table_addf(table, "%u", protocol);
}

static void fill_routes(const struct netd_sight *s, struct netd_table *table)
{
	for (size_t i = 0; i < s->space.route_count; i++) {
		const struct netd_route *r = &s->space.routes[i];
		char prefix[NETD_PREFIX_TEXT];
		const char *to = "default";

		netd_prefix_format(&r->to, prefix);
		if (r->to.length)
			to = prefix;
		netd_table_add_text(table, to);
		netd_table_add_text(table, prefix);
		netd_table_add_addr(table, &r->via);
		netd_table_add_text(table, r->link);
		netd_table_add_number(table, r->metric);
		netd_table_add_addr(table, &r->source);
		netd_table_add_text(table, netd_route_type_name(r->type));
		add_origin(r->protocol, table);
	}
}

static void fill_forwards(const struct netd_sight *s, struct netd_table *table)
{
	netd_show_node_forwards(s->netd, s->node, table);
}

/* The parts, in their order. */
static const struct {
	const char *key;
	const struct netd_column *columns;
	size_t column_count;
	void (*fill)(const struct netd_sight *s, struct netd_table *table);
} parts[] = {
	{"interfaces", interface_columns, NETD_ARRAY_SIZE(interface_columns),
	 fill_interfaces},
	{"routes", route_columns, NETD_ARRAY_SIZE(route_columns), fill_routes},
	{"forwards", netd_node_forward_columns, NETD_NODE_FORWARD_COLUMNS, fill_forwards},
};

struct drawing {
	struct netd_str *text;
	struct netd_json *json; /* NULL: text */
	bool failed;
};

static bool forwards(const struct netd_sight *s, const char *path)
{
	int value;

	return netd_state_sysctl(&s->space, path, &value) && value;
}

/* What it forwards; NULL: nothing. */
static const char *versions(const struct netd_sight *s)
{
	bool v4 = forwards(s, NETD_FORWARDING4), v6 = forwards(s, NETD_FORWARDING6);

	if (v4 && v6)
		return "IPv4 and IPv6";
	if (v4)
		return "IPv4";
	if (v6)
		return "IPv6";
	return NULL;
}

static void draw_head_text(const struct netd_sight *s, struct netd_str *out)
{
	const char *forwarded = versions(s);

	netd_str_next(out, "\n");
	netd_str_addf(out, "%s %s of topology %s: %s", netd_node_kind_name(s->node->kind),
		      s->node->name, s->topology->name, s->state);
	if (forwarded)
		netd_str_addf(out, ", forwards %s", forwarded);
	if (s->node->nat.out[0])
		netd_str_addf(out, ", source NAT out by %s", s->node->nat.out);
	if (s->node->isolate)
		netd_str_add(out, ", its networks isolated from each other");
	netd_str_add(out, "\n");
}

static void draw_text(const struct netd_sight *s, void *data)
{
	struct drawing *d = data;

	draw_head_text(s, d->text);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(parts); i++) {
		struct netd_table table = {parts[i].columns, parts[i].column_count};

		parts[i].fill(s, &table);
		if (table.cell_count)
			netd_str_add(d->text, "\n");
		d->failed = netd_table_render_text(&table, d->text) < 0 || d->failed;
		netd_table_done(&table);
	}
}

static void add_word(struct netd_json *j, const char *key, const char *value)
{
	netd_json_key(j, key);
	if (*value)
		netd_json_string(j, value);
	else
		netd_json_null(j);
}

static void draw_json(const struct netd_sight *s, void *data)
{
	struct drawing *d = data;
	struct netd_json *j = d->json;

	netd_json_begin_object(j);
	add_word(j, "name", s->node->name);
	add_word(j, "kind", netd_node_kind_name(s->node->kind));
	add_word(j, "topology", s->topology->name);
	add_word(j, "state", s->state);
	netd_json_key(j, "forwards_ipv4");
	netd_json_bool(j, forwards(s, NETD_FORWARDING4));
	netd_json_key(j, "forwards_ipv6");
	netd_json_bool(j, forwards(s, NETD_FORWARDING6));
	add_word(j, "nat", s->node->nat.out);
	netd_json_key(j, "isolate");
	netd_json_bool(j, s->node->isolate);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(parts); i++) {
		struct netd_table table = {parts[i].columns, parts[i].column_count};

		parts[i].fill(s, &table);
		netd_json_key(j, parts[i].key);
		d->failed = netd_table_write_json(&table, j) < 0 || d->failed;
		netd_table_done(&table);
	}
	netd_json_end_object(j);
}

int netd_draw_nodes(const struct netd_scene *scene, enum netd_node_kind kind,
		    enum netd_format format, struct netd_str *out)
{
	struct netd_json j = netd_json_to(out);
	struct drawing d = {.text = out, .json = &j};
	int count;

	if (format != NETD_FORMAT_JSON) {
		count = netd_sight_each(scene, kind, draw_text, &d);
	} else {
		netd_json_begin_array(&j);
		count = netd_sight_each(scene, kind, draw_json, &d);
		netd_json_end_array(&j);
		netd_json_finish(&j);
	}
	if (d.failed || netd_str_error(out))
		return -ENOMEM;
	return count;
}
