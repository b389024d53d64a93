// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of a topology file, out of a topology. */
#include "config/emit.h"

#include <string.h>
#include <sys/socket.h>

#include "model/topology.h"

static void string(const struct netd_emitter *e, const char *key, const char *text)
{
	if (!*text)
		return;
	e->key(e->to, key);
	e->string(e->to, text);
}

static void number(const struct netd_emitter *e, const char *key, bool has, uint64_t n)
{
	if (!has)
		return;
	e->key(e->to, key);
	e->number(e->to, n);
}

static void truth(const struct netd_emitter *e, const char *key, bool value)
{
	if (!value)
		return;
	e->key(e->to, key);
	e->truth(e->to, true);
}

static void mac(const struct netd_emitter *e, bool has, const struct netd_mac *m)
{
	char text[NETD_MAC_TEXT];

	if (has)
		string(e, "mac", netd_mac_format(m, text));
}

/* One text as it is, two as a list. */
static void pair(const struct netd_emitter *e, const char *key, const char *one,
		 const char *two)
{
	if (!*one || !*two) {
		string(e, key, *one ? one : two);
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

static const char *range_text(const struct netd_addr_range *r,
			      char out[2 * NETD_ADDR_TEXT])
{
	size_t length;

	netd_addr_format(&r->first, out);
	if (!r->first.family || netd_addr_equal(&r->first, &r->last))
		return out;
	length = strlen(out);
	out[length] = '-';
	netd_addr_format(&r->last, out + length + 1);
	return out;
}

static void emit_nat(const struct netd_emitter *e, const struct netd_nat *nat)
{
	char one[2 * NETD_ADDR_TEXT], two[2 * NETD_ADDR_TEXT], ports[PORTS_TEXT] = "";

	range_text(&nat->source4, one);
	range_text(&nat->source6, two);
	if (nat->port_first)
		put_ports(ports, nat->port_first, nat->port_last);
	if (!*one && !*two && !*ports && !*nat->out && !*nat->on)
		return;
	e->key(e->to, "nat");
	e->begin_mapping(e->to, true);
	pair(e, "source", one, two);
	string(e, "ports", ports);
	string(e, "out", nat->out);
	string(e, "on", nat->on);
	e->end_mapping(e->to);
}

static void emit_addresses(const struct netd_emitter *e, const struct netd_network *n)
{
	char text[NETD_PREFIX_TEXT];

	if (!n->address_count)
		return;
	e->key(e->to, "addresses");
	e->begin_list(e->to, true);
	for (size_t i = 0; i < n->address_count; i++)
		e->string(e->to, netd_prefix_format(&n->addresses[i], text));
	e->end_list(e->to);
}

static void emit_machines(const struct netd_emitter *e, const struct netd_network *n)
{
	char one[NETD_ADDR_TEXT], two[NETD_ADDR_TEXT];

	if (!n->machine_count)
		return;
	e->key(e->to, "machines");
	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < n->machine_count; i++) {
		const struct netd_machine *m = &n->machines[i];

		e->key(e->to, m->name);
		e->begin_mapping(e->to, true);
		mac(e, m->has_mac, &m->mac);
		pair(e, "address", netd_addr_format(&m->address4, one),
		     netd_addr_format(&m->address6, two));
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
	string(e, key, text);
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
	string(e, "on", f->on);
	e->end_mapping(e->to);
}

static void emit_forwards(const struct netd_emitter *e, const struct netd_network *n)
{
	if (!n->forward_count)
		return;
	e->key(e->to, "forwards");
	e->begin_list(e->to, false);
	for (size_t i = 0; i < n->forward_count; i++)
		netd_emit_forward(e, &n->forwards[i]);
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
		string(e, "type", kinds[p->kind]);
		number(e, "owner", p->has_owner, p->owner);
		number(e, "group", p->has_group, p->group);
		truth(e, "multi_queue", p->multi_queue);
		truth(e, "vnet_hdr", p->vnet_hdr);
		string(e, "peer", p->peer);
		string(e, "namespace", p->peer_namespace);
		e->end_mapping(e->to);
	}
	e->end_mapping(e->to);
}

static void emit_network(const struct netd_emitter *e, const struct netd_network *n)
{
	e->key(e->to, n->name);
	e->begin_mapping(e->to, false);
	if (strcmp(n->bridge, n->name) != 0)
		string(e, "bridge", n->bridge);
	if (n->mode != NETD_MODE_ISOLATED)
		string(e, "mode", netd_mode_name(n->mode));
	emit_addresses(e, n);
	mac(e, n->has_mac, &n->mac);
	number(e, "mtu", n->mtu, n->mtu);
	truth(e, "stp", n->stp);
	truth(e, "autostart", n->autostart);
	string(e, "uplink", n->uplink);
	emit_nat(e, &n->nat);
	emit_machines(e, n);
	emit_forwards(e, n);
	emit_ports(e, n);
	e->end_mapping(e->to);
}

void netd_emit_topology(const struct netd_emitter *e, const struct netd_topology *t)
{
	e->begin_mapping(e->to, false);
	string(e, "name", t->name);
	e->key(e->to, "networks");
	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < t->network_count; i++)
		emit_network(e, &t->networks[i]);
	e->end_mapping(e->to);
	e->end_mapping(e->to);
}
