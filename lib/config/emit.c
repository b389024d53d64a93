// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of a topology file, out of a topology. */
#include "config/emit.h"

#include <string.h>
#include <sys/socket.h>

#include "base/range.h"
#include "model/topology.h"

void netd_emit_string(const struct netd_emitter *e, const char *key, const char *text)
{
	if (!*text)
		return;
	e->key(e->to, key);
	e->string(e->to, text);
}

void netd_emit_number(const struct netd_emitter *e, const char *key, bool has, uint64_t n)
{
	if (!has)
		return;
	e->key(e->to, key);
	e->number(e->to, n);
}

void netd_emit_truth(const struct netd_emitter *e, const char *key, bool value)
{
	if (!value)
		return;
	e->key(e->to, key);
	e->truth(e->to, true);
}

void netd_emit_untruth(const struct netd_emitter *e, const char *key, bool not )
{
	if (!not )
		return;
	e->key(e->to, key);
	e->truth(e->to, false);
}

void netd_emit_mac(const struct netd_emitter *e, bool has, const struct netd_mac *m)
{
	char text[NETD_MAC_TEXT];

	if (has)
		netd_emit_string(e, "mac", netd_mac_format(m, text));
}

/* One text as it is, two as a list. */
void netd_emit_pair(const struct netd_emitter *e, const char *key, const char *one,
		    const char *two)
{
	if (!*one || !*two) {
		netd_emit_string(e, key, *one ? one : two);
		return;
	}
	e->key(e->to, key);
	e->begin_list(e->to, true);
	e->string(e->to, one);
	e->string(e->to, two);
	e->end_list(e->to);
}

static char *put_port(char *at, unsigned port)
{
	unsigned unit = 1;

	while (port / unit >= 10)
		unit *= 10;
	for (; unit; unit /= 10)
		*at++ = (char)('0' + port / unit % 10);
	*at = '\0';
	return at;
}

#define PORTS_TEXT 16
/* "80", "80-90"; returns its end.  Without printf: there may be 10,000 forwards. */
static char *put_ports(char *at, unsigned first, unsigned last)
{
	at = put_port(at, first);
	if (first == last)
		return at;
	*at++ = '-';
	return put_port(at, last);
}

void netd_emit_nat(const struct netd_emitter *e, const struct netd_nat *nat)
{
	char one[NETD_RANGE_TEXT], two[NETD_RANGE_TEXT], ports[PORTS_TEXT] = "";

	netd_range_format(&nat->source4, one);
	netd_range_format(&nat->source6, two);
	if (nat->port_first)
		put_ports(ports, nat->port_first, nat->port_last);
	if (!*one && !*two && !*ports && !*nat->out && !*nat->on)
		return;
	e->key(e->to, "nat");
	e->begin_mapping(e->to, true);
	netd_emit_pair(e, "source", one, two);
	netd_emit_string(e, "ports", ports);
	netd_emit_string(e, "out", nat->out);
	netd_emit_string(e, "on", nat->on);
	e->end_mapping(e->to);
}

void netd_emit_prefixes(const struct netd_emitter *e, const char *key,
			const struct netd_prefix *list, size_t count)
{
	char text[NETD_PREFIX_TEXT];

	if (!count)
		return;
	e->key(e->to, key);
	e->begin_list(e->to, true);
	for (size_t i = 0; i < count; i++)
		e->string(e->to, netd_prefix_format(&list[i], text));
	e->end_list(e->to);
}

void netd_emit_listed(const struct netd_emitter *e, const char *key,
		      const struct netd_listed_addr *list, size_t count)
{
	char text[NETD_ADDR_TEXT];

	if (!count)
		return;
	e->key(e->to, key);
	e->begin_list(e->to, true);
	for (size_t i = 0; i < count; i++)
		e->string(e->to, netd_addr_format(&list[i].addr, text));
	e->end_list(e->to);
}

static void emit_machines(const struct netd_emitter *e, const struct netd_network *n)
{
	static const struct netd_addr none;
	char one[NETD_ADDR_TEXT], two[NETD_ADDR_TEXT];

	if (!n->machine_count)
		return;
	e->key(e->to, "machines");
	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < n->machine_count; i++) {
		const struct netd_machine *m = &n->machines[i];

		e->key(e->to, m->name);
		e->begin_mapping(e->to, true);
		netd_emit_mac(e, m->has_mac, &m->mac);
		netd_addr_format(m->chosen4 ? &none : &m->address4, one);
		netd_addr_format(m->chosen6 ? &none : &m->address6, two);
		netd_emit_pair(e, "address", one, two);
		e->end_mapping(e->to);
	}
	e->end_mapping(e->to);
}

/* "host", "host:80", "[address]:80-90". */
static void emit_endpoint(const struct netd_emitter *e, const char *key, const char *host,
			  unsigned first, unsigned last)
{
	bool brackets = first && strchr(host, ':');
	char text[NETD_MACHINE_NAME + sizeof("[]:") + PORTS_TEXT], *at = text;

	if (brackets)
		*at++ = '[';
	at = stpcpy(at, host);
	if (brackets)
		*at++ = ']';
	if (first) {
		*at++ = ':';
		put_ports(at, first, last);
	}
	netd_emit_string(e, key, text);
}

static void emit_protocols(const struct netd_emitter *e, unsigned protocols)
{
	bool one = (protocols & (protocols - 1)) == 0;

	if (!protocols)
		return;
	e->key(e->to, "protocol");
	if (!one)
		e->begin_list(e->to, true);
	netd_protocol_for_each(p, protocols) e->string(e->to, netd_protocol_name(p));
	if (!one)
		e->end_list(e->to);
}

void netd_emit_forward(const struct netd_emitter *e, const struct netd_forward *f)
{
	char listen[NETD_ADDR_TEXT], to[NETD_ADDR_TEXT];
	unsigned more = (unsigned)f->port_last - f->port_first;

	e->begin_mapping(e->to, true);
	netd_addr_format(&f->listen, listen);
	emit_endpoint(e, "listen", listen, f->port_first, f->port_last);
	emit_endpoint(e, "to", *f->machine ? f->machine : netd_addr_format(&f->to, to),
		      f->to_port, f->to_port + more);
	emit_protocols(e, f->protocols);
	netd_emit_string(e, "on", f->on);
	e->end_mapping(e->to);
}

void netd_emit_forwards(const struct netd_emitter *e, const struct netd_forward *list,
			size_t count)
{
	if (!count)
		return;
	e->key(e->to, "forwards");
	e->begin_list(e->to, false);
	for (size_t i = 0; i < count; i++)
		netd_emit_forward(e, &list[i]);
	e->end_list(e->to);
}

static void emit_ports(const struct netd_emitter *e, const struct netd_network *n)
{
	static const char *const kinds[] = {
		[NETD_PORT_INTERFACE] = "",
		[NETD_PORT_TAP] = "tap",
		[NETD_PORT_VETH] = "veth",
	};

	if (!n->port_count)
		return;
	e->key(e->to, "ports");
	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < n->port_count; i++) {
		const struct netd_port *p = &n->ports[i];

		e->key(e->to, p->name);
		e->begin_mapping(e->to, true);
		netd_emit_string(e, "type", kinds[p->kind]);
		netd_emit_number(e, "owner", p->has_owner, p->owner);
		netd_emit_number(e, "group", p->has_group, p->group);
		netd_emit_truth(e, "multi_queue", p->multi_queue);
		netd_emit_truth(e, "vnet_hdr", p->vnet_hdr);
		netd_emit_string(e, "peer", p->peer);
		netd_emit_string(e, "namespace", p->peer_namespace);
		e->end_mapping(e->to);
	}
	e->end_mapping(e->to);
}

static void emit_network(const struct netd_emitter *e, const struct netd_network *n)
{
	e->key(e->to, n->name);
	e->begin_mapping(e->to, false);
	if (strcmp(n->bridge, n->name) != 0)
		netd_emit_string(e, "bridge", n->bridge);
	if (n->mode != NETD_MODE_ISOLATED)
		netd_emit_string(e, "mode", netd_mode_name(n->mode));
	netd_emit_prefixes(e, "addresses", n->addresses, n->address_count);
	netd_emit_mac(e, n->has_mac, &n->mac);
	netd_emit_number(e, "mtu", n->mtu, n->mtu);
	netd_emit_truth(e, "stp", n->stp);
	netd_emit_truth(e, "autostart", n->autostart);
	netd_emit_untruth(e, "antispoof", n->no_antispoof);
	netd_emit_truth(e, "existing", n->existing);
	netd_emit_truth(e, "overlaps", n->overlaps);
	netd_emit_string(e, "uplink", n->uplink);
	netd_emit_routes(e, n->routes, n->route_count);
	netd_emit_nat(e, &n->nat);
	netd_emit_dhcp(e, &n->dhcp);
	netd_emit_dns(e, &n->dns);
	emit_machines(e, n);
	netd_emit_forwards(e, n->forwards, n->forward_count);
	emit_ports(e, n);
	e->end_mapping(e->to);
}

void netd_emit_topology(const struct netd_emitter *e, const struct netd_topology *t)
{
	e->begin_mapping(e->to, false);
	netd_emit_string(e, "name", t->name);
	netd_emit_truth(e, "autostart", t->autostart);
	e->key(e->to, "networks");
	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < t->network_count; i++)
		emit_network(e, &t->networks[i]);
	e->end_mapping(e->to);
	netd_emit_nodes(e, t);
	netd_emit_cables(e, t);
	e->end_mapping(e->to);
}
