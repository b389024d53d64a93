// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP and DNS: what may be served, told, and written into dnsmasq's configuration. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "check/check.h"

static int serve(struct netd_topology *t, const struct netd_wiring *w,
		 struct netd_junction *s, struct netd_error *err,
		 int (*visit)(struct netd_topology *t, const struct netd_wiring *w,
			      const struct netd_server *server, struct netd_error *err))
{
	struct netd_network *n = s->network;
	struct netd_server server = {
		.junction = s,
		.addresses = n->addresses,
		.address_count = n->address_count,
		.dhcp = &n->dhcp,
		.dns = &n->dns,
		.partial = n->partial,
	};
	int r;

	snprintf(server.what, sizeof(server.what), "network \"%s\"", n->name);
	if (n->dhcp.enabled || n->dns.enabled) {
		r = visit(t, w, &server, err);
		if (r)
			return r;
	}
	for (size_t i = 0; i < s->plugs.count; i++) {
		const struct netd_plug *plug = s->plugs.items[i];
		struct netd_node_interface *f = plug->interface;

		if (!f->dhcp.enabled && !f->dns.enabled)
			continue;
		server = (struct netd_server){
			s,	  plug,	   f->addresses, f->address_count,
			&f->dhcp, &f->dns, f->partial,	 ""};
		snprintf(server.what, sizeof(server.what), "router \"%.20s\" on \"%s\"",
			 plug->node->name, f->name);
		r = visit(t, w, &server, err);
		if (r)
			return r;
	}
	return 0;
}

int netd_check_each_server(
	struct netd_topology *t, const struct netd_wiring *w, struct netd_error *err,
	int (*visit)(struct netd_topology *t, const struct netd_wiring *w,
		     const struct netd_server *server, struct netd_error *err))
{
	for (size_t i = 0; i < t->network_count; i++) {
		int r = serve(t, w, &w->junctions[i], err, visit);

		if (r)
			return r;
	}
	return 0;
}

/* A network has one DHCP server: of two, guests would believe whoever is quicker. */
static void check_only(struct netd_topology *t, const struct netd_junction *s,
		       struct netd_error *err)
{
	const struct netd_dhcp *first = NULL;
	char line[NETD_LINE_TEXT];

	if (s->network->dhcp.enabled)
		first = &s->network->dhcp;
	for (size_t i = 0; i < s->plugs.count; i++) {
		const struct netd_dhcp *d = &s->plugs.items[i]->interface->dhcp;

		if (!d->enabled)
			continue;
		if (first) {
			netd_topology_error(
				t, err, d->place, "network \"%s\" has DHCP already%s",
				s->network->name, netd_place_line(&first->place, line));
			netd_error_hint(err, "a network has one DHCP server");
		}
		first = d;
	}
}

/* What would end a value, or a line, of dnsmasq's configuration (its src/option.c). */
static const char *text_problem(const char *text)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return "holds a control character";
		if (strchr(",\"'#", *c))
			return "holds a ',', a '#' or a quotation mark";
	}
	if (*text == ' ' || (*text && text[strlen(text) - 1] == ' '))
		return "begins or ends with a blank";
	return NULL;
}

static void check_texts(struct netd_topology *t, const struct netd_dhcp *d,
			struct netd_error *err)
{
	const char *problem = text_problem(d->boot.file);

	if (problem)
		netd_topology_error(t, err, d->boot.place, "boot file \"%s\" %s",
				    d->boot.file, problem);
	problem = text_problem(d->tftp_root);
	if (*d->tftp_root && *d->tftp_root != '/')
		problem = "is not an absolute path";
	if (problem)
		netd_topology_error(t, err, d->tftp_place, "TFTP directory \"%s\" %s",
				    d->tftp_root, problem);
}

/* A gateway has to be an IPv4 host of a subnet that is served. */
static void check_gateway(struct netd_topology *t, const struct netd_server *s,
			  const struct netd_addr *a, struct netd_place place,
			  const char *what, struct netd_error *err)
{
	const struct netd_prefix *subnet =
		netd_prefixes_find(s->addresses, s->address_count, a);
	char text[NETD_ADDR_TEXT];
	const char *problem = NULL;

	netd_addr_format(a, text);
	if (a->family != AF_INET) {
		netd_topology_error(t, err, place, "%s %s: DHCP tells IPv4 gateways only",
				    what, text);
		netd_error_hint(err, "IPv6 gateways announce themselves");
		return;
	}
	if (subnet)
		problem = netd_check_subnet_address(subnet, a);
	else if (!s->partial)
		problem = "is in no subnet that is served";
	if (problem)
		netd_topology_error(t, err, place, "%s %s %s", what, text, problem);
}

static void check_told(struct netd_topology *t, const struct netd_server *s,
		       struct netd_error *err)
{
	const struct netd_dhcp *d = s->dhcp;
	char text[NETD_PREFIX_TEXT];

	if (d->gateway.family)
		check_gateway(t, s, &d->gateway, d->gateway_place, "gateway", err);
	for (size_t i = 0; i < d->route_count; i++) {
		const struct netd_dhcp_route *r = &d->routes[i];

		if (r->to.addr.family == AF_INET)
			check_gateway(t, s, &r->via, r->place, "gateway", err);
		else
			netd_topology_error(t, err, r->place,
					    "route to %s: DHCP tells IPv4 routes only",
					    netd_prefix_format(&r->to, text));
	}
	for (size_t i = 0; i < d->server_count; i++) {
		const char *problem = netd_check_host_address(&d->servers[i].addr);

		if (problem)
			netd_topology_error(
				t, err, d->servers[i].place, "name server %s %s",
				netd_addr_format(&d->servers[i].addr, text), problem);
	}
	if (d->boot.server.family == AF_INET6 ||
	    (d->boot.server.family && netd_check_host_address(&d->boot.server)))
		netd_topology_error(t, err, d->boot.place,
				    "boot server %s is not the IPv4 address of a host",
				    netd_addr_format(&d->boot.server, text));
}

/* RFC 4861 4.6.2 and dnsmasq's own limit: what is announced is a /64 or longer. */
static void check_prefixes(struct netd_topology *t, const struct netd_server *s,
			   struct netd_error *err)
{
	char text[NETD_PREFIX_TEXT];

	for (size_t i = 0; i < s->address_count; i++) {
		const struct netd_prefix *p = &s->addresses[i];

		if (p->addr.family != AF_INET6 || p->length >= 64)
			continue;
		netd_topology_error(t, err, s->dhcp->place,
				    "DHCP of %s: the subnet of %s is too wide to be "
				    "served, at least /64",
				    s->what, netd_prefix_format(p, text));
		netd_error_hint(err, "give the interface an address of a /64");
	}
}

/* It is often a router that has the address, and could serve. */
static void no_address(struct netd_topology *t, const struct netd_server *s,
		       const char *key, const char *what, struct netd_place place,
		       struct netd_error *err)
{
	netd_topology_error(t, err, place,
			    "%s of %s, which has no address to serve it from", what,
			    s->what);
	for (size_t i = 0; !s->plug && i < s->junction->plugs.count; i++) {
		const struct netd_plug *p = s->junction->plugs.items[i];

		if (p->node->kind != NETD_NODE_ROUTER || !p->interface->address_count)
			continue;
		netd_error_hint(err,
				"give it one, or have router \"%s\" serve it: "
				"\"%s: …\" below its interface \"%s\"",
				p->node->name, key, p->interface->name);
		return;
	}
	netd_error_hint(err, "give it one, e.g. \"addresses: [10.1.0.1/24]\"");
}

static void check_dhcp(struct netd_topology *t, const struct netd_server *s,
		       struct netd_error *err)
{
	check_texts(t, s->dhcp, err);
	if (!s->address_count) {
		if (s->partial)
			return;
		no_address(t, s, "dhcp", "DHCP", s->dhcp->place, err);
		return;
	}
	check_told(t, s, err);
	check_prefixes(t, s, err);
}

static void check_domain(struct netd_topology *t, const char *what, const char *domain,
			 struct netd_place place, struct netd_error *err)
{
	const char *problem = NULL;

	if (*domain)
		problem = netd_domain_problem(domain);
	if (problem)
		netd_topology_error(t, err, place, "%s \"%s\" %s", what, domain, problem);
}

static void check_forwarders(struct netd_topology *t, const struct netd_server *s,
			     struct netd_error *err)
{
	for (size_t i = 0; i < s->dns->forwarder_count; i++) {
		const struct netd_dns_forwarder *f = &s->dns->forwarders[i];
		const char *problem = netd_check_host_address(&f->addr);
		char text[NETD_ADDR_TEXT];

		check_domain(t, "domain", f->domain, f->place, err);
		if (problem && netd_addr_is_loopback(&f->addr))
			problem = NULL; /* a resolver of the host's own */
		for (size_t k = 0; k < s->address_count; k++)
			if (netd_addr_equal(&s->addresses[k].addr, &f->addr) &&
			    (f->port == 0 || f->port == 53))
				problem = "is the one that forwards to it";
		if (problem)
			netd_topology_error(t, err, f->place, "name server %s %s",
					    netd_addr_format(&f->addr, text), problem);
	}
}

/* The addresses of one name stand together, at the name's place. */
static void check_record(struct netd_topology *t, const struct netd_dns *d, size_t number,
			 struct netd_error *err)
{
	const struct netd_dns_record *r = &d->records[number];
	const char *problem = netd_check_host_address(&r->addr);
	char text[NETD_ADDR_TEXT], line[NETD_LINE_TEXT];

	if (problem && !netd_addr_is_loopback(&r->addr))
		netd_topology_error(t, err, r->place, "address %s of \"%s\" %s",
				    netd_addr_format(&r->addr, text), r->name, problem);
	if (number && netd_place_compare(&r->place, &d->records[number - 1].place) == 0)
		return;
	check_domain(t, "name", r->name, r->place, err);
	if (!*r->name)
		netd_topology_error(t, err, r->place, "a record without a name");
	for (size_t i = 0; i < number && r->place.line; i++) {
		if (strcasecmp(r->name, d->records[i].name) != 0)
			continue;
		netd_topology_error(t, err, r->place, "name \"%s\" is there already%s",
				    r->name, netd_place_line(&d->records[i].place, line));
		return;
	}
}

static int check_server(struct netd_topology *t, const struct netd_wiring *w,
			const struct netd_server *s, struct netd_error *err)
{
	(void)w;
	if (s->dhcp->enabled)
		check_dhcp(t, s, err);
	if (!s->dns->enabled)
		return 0;
	check_domain(t, "domain", s->dns->domain, s->dns->domain_place, err);
	if (!s->address_count && !s->dhcp->enabled && !s->partial)
		no_address(t, s, "dns", "DNS", s->dns->place, err);
	check_forwarders(t, s, err);
	for (size_t i = 0; i < s->dns->record_count; i++)
		check_record(t, s->dns, i, err);
	return 0;
}

int netd_check_services(struct netd_topology *t, const struct netd_wiring *w,
			struct netd_error *err)
{
	for (size_t i = 0; i < t->network_count; i++)
		check_only(t, &w->junctions[i], err);
	return netd_check_each_server(t, w, err, check_server);
}
