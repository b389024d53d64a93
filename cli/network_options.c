// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of network create and set, and the settings that they stand for. */
#include <string.h>

#include "cli.h"

#define SAME_OPTIONS                                                                     \
	VALUE("mode", 'm', mode, "MODE",                                                 \
	      "isolated (default), nat, routed, open or bridged",                        \
	      "isolated|nat|routed|open|bridged"),                                       \
		VALUE("uplink", 'u', uplink, "IFACE",                                    \
		      "the NIC that joins the bridge (mode bridged)", "<interface>"),    \
		LIST("address", 'a', addresses, "CIDR",                                  \
		     "the bridge's address, e.g. 10.1.0.1/24"),                          \
		LIST("route", 'r', routes, "TO=VIA",                                     \
		     "a route of the host by this network, e.g. 10.9.0.0/16=10.1.0.2"),  \
		VALUE("bridge", 0, bridge, "NAME",                                       \
		      "the bridge's name, if not the network's", NULL),                  \
		VALUE("mac", 0, mac, "MAC", "the bridge's MAC address", NULL),           \
		VALUE("mtu", 0, mtu, "BYTES", "the MTU of the bridge and its ports",     \
		      NULL),                                                             \
		VALUE("stp", 0, stp, "on|off", "spanning tree (default off)", "on|off"), \
		VALUE("overlaps", 0, overlaps, "on|off",                                 \
		      "its subnet may be used by the host otherwise (default off)",      \
		      "on|off"),                                                         \
		VALUE("antispoof", 0, antispoof, "on|off",                               \
		      "only sources that belong to the network (default on)", "on|off"), \
		LIST("nat-source", 0, nat_sources, "ADDR[-ADDR]",                        \
		     "source address or pool, instead of masquerade"),                   \
		VALUE("nat-ports", 0, nat_ports, "A-B",                                  \
		      "source ports (default 1024-65535)", NULL),                        \
		VALUE("nat-out", 0, nat_out, "IFACE", "the only interface to leave by",  \
		      "<interface>"),                                                    \
		VALUE("nat-on", 0, nat_on, "IFACE", "add the sources to this interface", \
		      "<interface>"),                                                    \
		FLAG("autostart", 0, autostart, "start it when the host boots"),         \
		FLAG("dhcp", 0, dhcp, "give guests addresses, names and routes"),        \
		FLAG("no-dhcp", 0, no_dhcp, "do not"),                                   \
		LIST("dhcp-range", 0, dhcp_ranges, "A-B",                                \
		     "what is given out (default: what is free of the subnet)"),         \
		VALUE("domain", 0, domain, "NAME", "the domain of the guests' names",    \
		      NULL),                                                             \
		LIST("dns", 0, name_servers, "ADDR[:PORT]",                              \
		     "who is asked for other names (default: as the host)"),             \
		FLAG("no-dns", 0, no_dns, "serve no names"),                             \
		LIST("machine", 0, machines, "NAME=MAC[,ADDR]",                          \
		     "a guest with a name, and an address that stays")

const struct option_row network_create_options[] = {
	VALUE("preset", 'p', preset, "PRESET",
	      "libvirt: NAT, DHCP and DNS on virbr0, 192.168.122.1/24; hostonly: "
	      "isolated, with DHCP, 192.168.56.1/24; options come first",
	      "libvirt|hostonly"),
	SAME_OPTIONS,
	FLAG("no-start", 0, no_start, "define it only"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

const struct option_row network_set_options[] = {
	SAME_OPTIONS,
	TRIAL_OPTIONS,
	OPTIONS_END,
};

/* "on" and "off" in YAML 1.2's words; anything else stays, to be refused. */
static const char *switch_word(const char *value)
{
	if (value && strcmp(value, "on") == 0)
		return "true";
	return value && strcmp(value, "off") == 0 ? "false" : value;
}

static void add_nat(struct settings *s, const struct options *o)
{
	settings_open(s, "nat");
	settings_list(s, "source", &o->nat_sources);
	settings_word(s, "ports", o->nat_ports);
	settings_word(s, "out", o->nat_out);
	settings_word(s, "on", o->nat_on);
	settings_close(s);
}

static void add_services(struct settings *s, const struct options *o)
{
	if (o->dhcp_ranges.count) {
		settings_open(s, "dhcp");
		settings_list(s, "range", &o->dhcp_ranges);
		settings_close(s);
	} else if (o->dhcp || o->no_dhcp) {
		settings_number(s, "dhcp", o->dhcp ? "true" : "false");
	}
	if (o->domain || o->name_servers.count) {
		settings_open(s, "dns");
		settings_word(s, "domain", o->domain);
		settings_list(s, "forwarders", &o->name_servers);
		settings_close(s);
	} else if (o->no_dns) {
		settings_number(s, "dns", "false");
	}
}

/* "NAME=MAC[,ADDRESS…]" */
static void add_machine(struct settings *s, const char *text)
{
	size_t name = strcspn(text, "=");
	const char *mac = text[name] ? text + name + 1 : "";
	size_t length = strcspn(mac, ",");

	settings_open_named(s, text, name);
	if (length)
		settings_part(s, "mac", mac, length);
	if (mac[length])
		settings_split(s, "address", mac + length + 1);
	settings_close(s);
}

char *network_settings(const struct options *o)
{
	bool nat = o->nat_sources.count || o->nat_ports || o->nat_out || o->nat_on;
	struct settings s = {0};

	settings_open(&s, NULL);
	settings_word(&s, "mode",
		      o->mode	  ? o->mode
		      : nat	  ? "nat"
		      : o->uplink ? "bridged"
				  : NULL);
	settings_word(&s, "uplink", o->uplink);
	settings_word(&s, "bridge", o->bridge);
	settings_list(&s, "addresses", &o->addresses);
	settings_routes(&s, &o->routes);
	settings_word(&s, "mac", o->mac);
	settings_number(&s, "mtu", o->mtu);
	settings_number(&s, "stp", switch_word(o->stp));
	settings_number(&s, "overlaps", switch_word(o->overlaps));
	settings_number(&s, "antispoof", switch_word(o->antispoof));
	settings_flag(&s, "autostart", o->autostart);
	if (nat)
		add_nat(&s, o);
	add_services(&s, o);
	if (o->machines.count) {
		settings_open(&s, "machines");
		for (size_t i = 0; i < o->machines.count; i++)
			add_machine(&s, o->machines.items[i]);
		settings_close(&s);
	}
	settings_close(&s);
	return s.text;
}
