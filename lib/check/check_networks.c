// SPDX-License-Identifier: GPL-2.0-or-later
/* A network by itself: what its mode allows, its NAT, MAC, MTU and ports. */
#include <string.h>

#include "check/check.h"
#include "model/field.h"

#define SOURCES_ADDED_MAX 256

static bool has_family(const struct netd_network *n, int family)
{
	for (size_t i = 0; i < n->address_count; i++)
		if (n->addresses[i].addr.family == family)
			return true;
	return false;
}

/* True if the pool has more addresses than may be put on an interface. */
static bool is_long(const struct netd_addr_range *r)
{
	struct netd_addr last = netd_addr_offset(&r->first, SOURCES_ADDED_MAX - 1);

	return netd_addr_compare(&last, &r->last) < 0;
}

static void check_source(struct netd_topology *t, const struct netd_network *n,
			 const struct netd_addr_range *source, struct netd_place place,
			 struct netd_error *err)
{
	char text[NETD_ADDR_TEXT];

	if (!source->first.family)
		return;
	if (!n->partial && !has_family(n, source->first.family)) {
		const char *family = netd_check_family(&source->first);

		netd_topology_error(t, err, place,
				    "NAT source %s, but network \"%s\" has no %s address",
				    netd_addr_format(&source->first, text), n->name,
				    family);
		netd_error_hint(err,
				"give the network an %s address, or take the source out",
				family);
	}
	if (*n->nat.on && is_long(source))
		netd_topology_error(t, err, place,
				    "a pool of more than %d addresses cannot be added to "
				    "interface \"%s\"",
				    SOURCES_ADDED_MAX, n->nat.on);
}

/* Without an address of its own the host cannot be anybody's way out. */
static void check_addresses(struct netd_topology *t, const struct netd_network *n,
			    struct netd_error *err)
{
	if (n->partial || n->address_count ||
	    (n->mode != NETD_MODE_NAT && n->mode != NETD_MODE_ROUTED))
		return;
	netd_topology_error(t, err, n->mode_place,
			    "network \"%s\" has no address, but its mode is %s", n->name,
			    netd_mode_name(n->mode));
	netd_error_hint(err, "give it one, e.g. \"addresses: [10.1.0.1/24]\"");
}

static void check_nat(struct netd_topology *t, const struct netd_network *n,
		      struct netd_error *err)
{
	const struct netd_nat *nat = &n->nat;
	bool source = nat->source4.first.family || nat->source6.first.family;
	bool written = source || nat->port_first || nat->port_last || *nat->out ||
		       *nat->on || nat->place.line;

	if (written && n->mode != NETD_MODE_NAT) {
		if (n->partial)
			return;
		netd_topology_error(t, err, nat->place,
				    "network \"%s\" has \"nat\", but its mode is %s",
				    n->name, netd_mode_name(n->mode));
		netd_error_hint(err, "say \"mode: nat\", or take \"nat\" out");
		return;
	}
	netd_check_nat(t, nat, err);
	check_source(t, n, &nat->source4, nat->source4_place, err);
	check_source(t, n, &nat->source6, nat->source6_place, err);
	if (*nat->on && !source && !n->partial) {
		netd_topology_error(t, err, nat->on_place,
				    "\"on\" says where to add the sources, but there is "
				    "no \"source\"");
		netd_error_hint(err,
				"name the addresses in \"source\", or, to choose the "
				"interface that may be left through, say \"out\"");
	}
	if (*nat->out && strcmp(nat->out, n->bridge) == 0)
		netd_topology_error(t, err, nat->out_place,
				    "\"out\" is the network's own bridge");
	if (*nat->on && strcmp(nat->on, n->bridge) == 0)
		netd_topology_error(t, err, nat->on_place,
				    "\"on\" is the network's own bridge");
}

static void check_use_of_uplink(struct netd_topology *t,
				const struct netd_network *uplink, const char *name,
				const char *key, struct netd_place place,
				struct netd_error *err)
{
	if (!*name || strcmp(name, uplink->uplink) != 0)
		return;
	netd_topology_error(t, err, place,
			    "\"%s\": %s is the uplink of network \"%s\", and what it "
			    "is now, the bridge will be",
			    key, name, uplink->name);
	netd_error_hint(err, "say \"%s: %s\"", key, uplink->bridge);
}

/* A port has no addresses, and nothing is routed by it. */
static void check_uses_of_uplink(struct netd_topology *t,
				 const struct netd_network *uplink,
				 struct netd_error *err)
{
	for (size_t i = 0; *uplink->uplink && i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];
		const struct netd_nat *nat = &n->nat;

		check_use_of_uplink(t, uplink, nat->out, "out", nat->out_place, err);
		check_use_of_uplink(t, uplink, nat->on, "on", nat->on_place, err);
		for (size_t j = 0; j < n->forward_count; j++)
			check_use_of_uplink(t, uplink, n->forwards[j].on, "on",
					    n->forwards[j].on_place, err);
	}
}

static void check_uplink(struct netd_topology *t, const struct netd_network *n,
			 struct netd_error *err)
{
	bool bridged = n->mode == NETD_MODE_BRIDGED;

	if (n->partial)
		return;
	if (*n->uplink && !bridged) {
		netd_topology_error(t, err, n->uplink_place,
				    "network \"%s\" has an uplink, but its mode is %s",
				    n->name, netd_mode_name(n->mode));
		netd_error_hint(err, "say \"mode: bridged\"");
	} else if (!*n->uplink && bridged && !n->existing) {
		netd_topology_error(t, err, netd_place_or(n->mode_place, n->place),
				    "network \"%s\" is bridged, but has no uplink",
				    n->name);
		netd_error_hint(err, "name the interface that joins the bridge: "
				     "\"uplink: eth1\"");
	}
}

/* A bridge that netd did not make keeps what it is. */
static void check_existing(struct netd_topology *t, const struct netd_network *n,
			   struct netd_error *err)
{
	struct netd_place place = netd_place_or(n->existing_place, n->place);

	for (size_t i = 0; n->existing && i < netd_network_object.count; i++) {
		const struct netd_field *field = &netd_network_object.fields[i];

		if (!(field->flags & NETD_OWN_BRIDGE) ||
		    !netd_field_is_set(field, n, n->name))
			continue;
		netd_topology_error(t, err, place,
				    "network \"%s\" has an existing bridge, and netd "
				    "does not change the \"%s\" of what it did not make",
				    n->name, field->name);
		netd_error_hint(err, "leave \"%s\" out", field->name);
	}
}

/* What only one kind of port has. */
static void check_port(struct netd_topology *t, const struct netd_port *p,
		       struct netd_error *err)
{
	bool tap = p->has_owner || p->has_group || p->multi_queue || p->vnet_hdr;
	bool veth = *p->peer || *p->peer_namespace;

	if (tap && p->kind != NETD_PORT_TAP) {
		netd_topology_error(t, err, p->place,
				    "port \"%s\" is not a tap: \"owner\", \"group\", "
				    "\"multi_queue\" and \"vnet_hdr\" are for taps only",
				    p->name);
		netd_error_hint(err, "say \"type: tap\"");
	}
	if (veth && p->kind != NETD_PORT_VETH) {
		netd_topology_error(t, err, p->place,
				    "port \"%s\" is not a veth pair: \"peer\" and "
				    "\"namespace\" are for veth pairs only",
				    p->name);
		netd_error_hint(err, "say \"type: veth\"");
	}
	if (p->kind == NETD_PORT_VETH && !*p->peer && !p->partial) {
		netd_topology_error(t, err, p->place,
				    "port \"%s\" is a veth pair without a \"peer\"",
				    p->name);
		netd_error_hint(err, "name the far end: \"peer: eth0\"");
	}
}

static void check_ports(struct netd_topology *t, const struct netd_network *n,
			size_t nodes, struct netd_error *err)
{
	size_t count = n->port_count + (*n->uplink != '\0') + nodes;

	for (size_t i = 0; i < n->port_count; i++)
		check_port(t, &n->ports[i], err);
	if (count > NETD_PORTS_MAX) {
		netd_topology_error(t, err, n->place,
				    "network \"%s\" has %zu ports; a bridge holds %d",
				    n->name, count, NETD_PORTS_MAX);
		netd_error_hint(err, "spread them over several networks");
	}
}

int netd_check_networks(struct netd_topology *t, const struct netd_wiring *w,
			struct netd_error *err)
{
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];

		if (n->has_mac)
			netd_check_mac(t, &n->mac, n->mac_place, err);
		netd_check_mtu(t, n->mtu, n->mtu_place, n->addresses, n->address_count,
			       err);
		check_uplink(t, n, err);
		check_existing(t, n, err);
		check_uses_of_uplink(t, n, err);
		check_addresses(t, n, err);
		check_nat(t, n, err);
		check_ports(t, n, w->junctions[i].plugs.count, err);
	}
	return 0;
}
