// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of router and host create, and the settings that they stand for. */
#include <string.h>

#include "cli.h"

#define INTERFACE_OPTION                                   \
	LIST("interface", 'i', interfaces, "NET[=CIDR,…]", \
	     "an interface on that network, with its addresses; [NAME:]NET names it")
#define SAME_OPTIONS                                                                \
	LIST("route", 'r', routes, "TO=VIA",                                        \
	     "a route, e.g. default=10.1.0.254 or 10.9.0.0/16=blackhole"),          \
		LIST("dns", 0, name_servers, "ADDR", "name servers (resolv.conf)"), \
		VALUE("search", 0, search, "DOMAIN",                                \
		      "the domain that names are sought in", NULL)

const struct option_row router_options[] = {
	INTERFACE_OPTION,
	SAME_OPTIONS,
	VALUE("nat", 0, nat_node_out, "IFACE", "source NAT out of this interface", NULL),
	LIST("nat-source", 0, nat_sources, "ADDR[-ADDR]",
	     "source address or pool, instead of masquerade"),
	VALUE("nat-ports", 0, nat_ports, "A-B", "source ports (default 1024-65535)",
	      NULL),
	FLAG("isolate", 0, isolate, "its networks do not reach each other"),
	LIST("allow", 0, allows, "FROM=TO",
	     "only these reach each other, from one interface to another"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

const struct option_row host_options[] = {
	INTERFACE_OPTION,
	SAME_OPTIONS,
	TRIAL_OPTIONS,
	OPTIONS_END,
};

/* Its addresses, behind "NET=". */
static void add_addresses(struct settings *s, const char *text)
{
	text += strcspn(text, "=");
	if (*text)
		settings_split(s, "addresses", text + 1);
}

/* "[NAME:]NET[=ADDRESS,…]" */
static void add_interface(struct settings *s, const char *text)
{
	size_t end = strcspn(text, "="), name = strcspn(text, ":=");
	const char *network = text[name] == ':' ? text + name + 1 : text;

	settings_open_named(s, text, name);
	settings_part(s, "network", network, (size_t)(text + end - network));
	add_addresses(s, text);
	settings_close(s);
}

/* A host with one interface that has no name gets the usual one. */
static bool is_plain(const struct options *o)
{
	const char *text = o->interfaces.count == 1 ? o->interfaces.items[0] : ":";

	return text[strcspn(text, ":=")] != ':';
}

static void add_interfaces(struct settings *s, const struct options *o, bool is_host)
{
	if (is_host && is_plain(o)) {
		const char *text = o->interfaces.items[0];

		settings_part(s, "network", text, strcspn(text, "="));
		add_addresses(s, text);
		return;
	}
	settings_open(s, "interfaces");
	for (size_t i = 0; i < o->interfaces.count; i++)
		add_interface(s, o->interfaces.items[i]);
	settings_close(s);
}

/* "FROM=TO" */
static void add_allow(struct settings *s, const char *text)
{
	size_t from = strcspn(text, "=");

	settings_open(s, NULL);
	settings_part(s, "from", text, from);
	settings_word(s, "to", text[from] ? text + from + 1 : "");
	settings_close(s);
}

static void add_allows(struct settings *s, const struct list *list)
{
	if (!list->count)
		return;
	settings_begin(s, "allow");
	for (size_t i = 0; i < list->count; i++)
		add_allow(s, list->items[i]);
	settings_end(s);
}

static void add_nat(struct settings *s, const struct options *o)
{
	settings_open(s, "nat");
	settings_word(s, "out", o->nat_node_out);
	settings_list(s, "source", &o->nat_sources);
	settings_word(s, "ports", o->nat_ports);
	settings_close(s);
}

char *node_settings(const struct options *o, bool is_host)
{
	struct settings s = {0};

	settings_open(&s, NULL);
	add_interfaces(&s, o, is_host);
	settings_routes(&s, &o->routes);
	settings_list(&s, "dns", &o->name_servers);
	settings_word(&s, "search", o->search);
	if (o->nat_node_out || o->nat_sources.count || o->nat_ports)
		add_nat(&s, o);
	settings_flag(&s, "isolate", o->isolate);
	add_allows(&s, &o->allows);
	settings_close(&s);
	return s.text;
}
