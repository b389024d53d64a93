// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP's part of dnsmasq.conf: ranges, options, router advertisements, boot files. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "dhcp/write.h"
#include "base/range.h"

#define LEASE_DEFAULT 3600
#define RA_INTERVAL 600 /* seconds; dnsmasq's own default */

/*
 * Ranges
 */

static bool advertises(const struct netd_segment *s)
{
	return netd_segment_has_family(s, AF_INET6) && !s->dhcp->no_ra;
}

static void write_lease_time(const struct netd_segment *s, struct netd_str *out)
{
	uint32_t lease = s->dhcp->lease;

	if (!lease)
		lease = LEASE_DEFAULT;
	if (lease == UINT32_MAX)
		netd_str_add(out, ",infinite\n");
	else
		netd_str_addf(out, ",%u\n", lease);
}

/* "255.255.0.0" */
static void write_mask(const struct netd_prefix *subnet, struct netd_str *out)
{
	struct netd_prefix ones = {
		.addr = {.family = AF_INET, .bytes = {255, 255, 255, 255}},
		.length = subnet->length};
	char text[NETD_ADDR_TEXT];

	ones = netd_prefix_network(&ones);
	netd_str_addf(out, ",%s", netd_addr_format(&ones.addr, text));
}

/*
 * The end of an IPv6 range: what routers may do with its prefix.  Autoconfiguration takes
 * a prefix of 64 bits (RFC 4862 5.5.3), and so does dnsmasq.  ra-names finds out the
 * autoconfigured address of a guest whose name it knows by DHCP.
 */
static void write_ipv6_modes(const struct netd_segment *s,
			     const struct netd_prefix *subnet, struct netd_str *out)
{
	if (advertises(s) && !s->dhcp->no_slaac && subnet->length <= 64) {
		netd_str_add(out, ",slaac");
		if (s->dns->enabled && netd_segment_has_family(s, AF_INET))
			netd_str_add(out, ",ra-names");
	}
	netd_str_addf(out, ",%u", subnet->length < 64 ? 64U : subnet->length);
}

static void write_subnet(const struct netd_segment *s, const struct netd_prefix *subnet,
			 struct netd_str *out)
{
	if (subnet->addr.family == AF_INET)
		write_mask(subnet, out);
	else
		write_ipv6_modes(s, subnet, out);
	write_lease_time(s, out);
}

static bool has_range(const struct netd_segment *s, const struct netd_prefix *subnet)
{
	for (size_t i = 0; i < s->dhcp->range_count; i++)
		if (netd_prefix_contains(subnet, &s->dhcp->ranges[i].range.first))
			return true;
	return false;
}

static bool has_machine(const struct netd_segment *s, const struct netd_prefix *subnet)
{
	for (size_t i = 0; i < s->network->machine_count; i++) {
		const struct netd_machine *m = &s->network->machines[i];

		if ((m->address4.family && netd_prefix_contains(subnet, &m->address4)) ||
		    (m->address6.family && netd_prefix_contains(subnet, &m->address6)))
			return true;
	}
	return false;
}

/* A subnet without a range: its reservations are served, its prefix is announced. */
static void write_bare_subnet(const struct netd_segment *s,
			      const struct netd_prefix *subnet, struct netd_str *out)
{
	struct netd_prefix network = netd_prefix_network(subnet);
	char text[NETD_ADDR_TEXT];

	netd_addr_format(&network.addr, text);
	if (has_machine(s, subnet)) {
		netd_str_addf(out, "dhcp-range=%s,static", text);
		write_subnet(s, subnet, out);
	} else if (subnet->addr.family == AF_INET6 && advertises(s) &&
		   !s->dhcp->no_slaac && subnet->length == 64) {
		netd_str_addf(out, "dhcp-range=%s,ra-only,64", text);
		write_lease_time(s, out);
	}
}

void netd_dhcp_write_ranges(const struct netd_segment *s, struct netd_str *out)
{
	char first[NETD_ADDR_TEXT], last[NETD_ADDR_TEXT];

	for (size_t i = 0; i < s->dhcp->range_count; i++) {
		const struct netd_addr_range *r = &s->dhcp->ranges[i].range;
		const struct netd_prefix *subnet = netd_segment_subnet(s, &r->first);

		if (!subnet)
			continue; /* refused by the topology's checks */
		netd_str_addf(out, "dhcp-range=%s,%s", netd_addr_format(&r->first, first),
			      netd_addr_format(&r->last, last));
		write_subnet(s, subnet, out);
	}
	for (size_t i = 0; i < s->address_count; i++)
		if (!netd_addr_is_link_local(&s->addresses[i].addr) &&
		    !has_range(s, &s->addresses[i]))
			write_bare_subnet(s, &s->addresses[i], out);
}

/*
 * Options
 */

static uint32_t told_mtu(const struct netd_segment *s)
{
	if (s->dhcp->mtu)
		return s->dhcp->mtu;
	if (s->mtu != 1500)
		return s->mtu;
	return 0;
}

/* Without this option, dnsmasq names its own address as the router. */
static void write_gateway(const struct netd_segment *s, struct netd_str *out)
{
	char text[NETD_ADDR_TEXT];

	if (s->dhcp->gateway.family == AF_INET)
		netd_str_addf(out, "dhcp-option=option:router,%s\n",
			      netd_addr_format(&s->dhcp->gateway, text));
	else if (netd_segment_no_gateway(s))
		netd_str_add(out, "dhcp-option=option:router\n");
}

/*
 * Without this option, dnsmasq advertises its link-local address, which is useless in a
 * resolv.conf without the interface's name.
 */
static void write_own_server(const struct netd_segment *s, struct netd_str *out)
{
	char text[NETD_ADDR_TEXT];

	for (size_t i = 0; i < s->address_count; i++) {
		const struct netd_addr *a = &s->addresses[i].addr;

		if (a->family != AF_INET6 || netd_addr_is_link_local(a))
			continue;
		netd_str_addf(out, "dhcp-option=option6:dns-server,[%s]\n",
			      netd_addr_format(a, text));
		return;
	}
}

static void write_servers(const struct netd_segment *s, uint8_t family,
			  struct netd_str *out)
{
	const char *option = "option", *open = ",", *close = "";
	char text[NETD_ADDR_TEXT];
	bool any = false;

	if (family == AF_INET6) {
		option = "option6";
		open = ",[";
		close = "]";
	}

	for (size_t i = 0; i < s->dhcp->server_count; i++) {
		const struct netd_addr *a = &s->dhcp->servers[i].addr;

		if (a->family != family)
			continue;
		if (!any)
			netd_str_addf(out, "dhcp-option=%s:dns-server", option);
		any = true;
		netd_str_addf(out, "%s%s%s", open, netd_addr_format(a, text), close);
	}
	if (any)
		netd_str_add_char(out, '\n');
	else if (s->dhcp->server_count && netd_segment_has_family(s, family))
		netd_str_addf(out, "dhcp-option=%s:dns-server\n", option);
	else if (family == AF_INET6 && s->dns->enabled)
		write_own_server(s, out);
}

/* The address that the default route of guests goes by; false if there is none. */
static bool own_gateway(const struct netd_segment *s, struct netd_addr *out)
{
	if (s->dhcp->gateway.family == AF_INET) {
		*out = s->dhcp->gateway;
		return true;
	}
	if (netd_segment_no_gateway(s))
		return false;
	for (size_t i = 0; i < s->address_count; i++) {
		if (s->addresses[i].addr.family != AF_INET)
			continue;
		*out = s->addresses[i].addr;
		return true;
	}
	return false;
}

/*
 * A client that gets classless routes ignores the router option (RFC 3442, DHCP Client
 * Behavior), so the default route is among them.  249 is the number that Windows used
 * before 121 was assigned.
 */
static void write_routes(const struct netd_segment *s, struct netd_str *out)
{
	static const char *const options[] = {"option:classless-static-route", "249"};
	char to[NETD_PREFIX_TEXT], via[NETD_ADDR_TEXT];
	struct netd_addr gateway;

	if (s->dhcp->route_count == 0)
		return;
	for (size_t o = 0; o < 2; o++) {
		netd_str_addf(out, "dhcp-option=%s", options[o]);
		for (size_t i = 0; i < s->dhcp->route_count; i++) {
			const struct netd_dhcp_route *route = &s->dhcp->routes[i];
			struct netd_prefix network = netd_prefix_network(&route->to);

			netd_str_addf(out, ",%s,%s", netd_prefix_format(&network, to),
				      netd_addr_format(&route->via, via));
		}
		if (own_gateway(s, &gateway))
			netd_str_addf(out, ",0.0.0.0/0,%s",
				      netd_addr_format(&gateway, via));
		netd_str_add_char(out, '\n');
	}
}

/* A lifetime of 0 says: no default route by this router (RFC 4861 4.2). */
static void write_advertisements(const struct netd_segment *s, struct netd_str *out)
{
	uint32_t mtu = told_mtu(s);

	if (!advertises(s))
		return;
	netd_str_add(out, "enable-ra\nquiet-ra\n");
	if (!mtu && !netd_segment_no_gateway(s))
		return;
	netd_str_addf(out, "ra-param=%s", s->link);
	if (mtu)
		netd_str_addf(out, ",mtu:%u", mtu);
	netd_str_addf(out, ",%u%s\n", RA_INTERVAL,
		      netd_segment_no_gateway(s) ? ",0" : "");
}

static void write_search(const struct netd_segment *s, struct netd_str *out)
{
	if (!s->dns->domain[0])
		return;
	if (netd_segment_has_family(s, AF_INET))
		netd_str_addf(out, "dhcp-option=option:domain-search,%s\n",
			      s->dns->domain);
	if (netd_segment_has_family(s, AF_INET6))
		netd_str_addf(out, "dhcp-option=option6:domain-search,%s\n",
			      s->dns->domain);
}

/*
 * As many leases as there are addresses in the ranges; dnsmasq's default is 1,000.  The
 * spare ones are for machines, which are added without a restart, and for leases of
 * ranges that were wider once: dnsmasq does not start if its file has too many (2.90
 * lease.c lease_init()).
 */
#define LEASES_SPARE 65536

static uint32_t lease_max(const struct netd_segment *s)
{
	uint64_t sum = LEASES_SPARE;

	for (size_t i = 0; i < s->dhcp->range_count; i++)
		sum += netd_range_size(&s->dhcp->ranges[i].range, INT32_MAX);
	if (sum < INT32_MAX)
		return (uint32_t)sum;
	return INT32_MAX;
}

/*
 * Only the MAC identifies a client: clones of one disk give the same client identifier,
 * and would share an address.  The names that guests may not take are among the
 * reservations (dhcp/names.c).
 */
static void write_identity(const struct netd_segment *s, struct netd_str *out)
{
	netd_str_addf(out, "dhcp-lease-max=%u\ndhcp-ignore-clid\n", lease_max(s));
	if (s->dns->enabled)
		netd_str_add(out, "dhcp-ignore-names=tag:" NETD_DHCP_REFUSED "\n");
}

/*
 * no-ping: otherwise a new client gets its first answer three seconds late, since dnsmasq
 * waits for an echo of the address, and serves nobody meanwhile.  The guard finds out if
 * an address is in use (dhcp/guard.h).  quiet-dhcp: the log would grow with every
 * request.
 */
void netd_dhcp_write_options(const struct netd_segment *s, struct netd_str *out)
{
	netd_str_add(out, "dhcp-authoritative\ndhcp-rapid-commit\nno-ping\n"
			  "quiet-dhcp\nquiet-dhcp6\n");
	write_identity(s, out);
	write_gateway(s, out);
	write_servers(s, AF_INET, out);
	write_servers(s, AF_INET6, out);
	write_search(s, out);
	if (told_mtu(s) && netd_segment_has_family(s, AF_INET))
		netd_str_addf(out, "dhcp-option=option:mtu,%u\n", told_mtu(s));
	write_routes(s, out);
	write_advertisements(s, out);
}

void netd_dhcp_write_boot(const struct netd_segment *s, struct netd_str *out)
{
	char text[NETD_ADDR_TEXT];

	if (s->dhcp->boot.file[0]) {
		netd_str_add(out, "dhcp-boot=");
		netd_dhcp_quote(out, s->dhcp->boot.file);
		if (s->dhcp->boot.server.family)
			netd_str_addf(out, ",,%s",
				      netd_addr_format(&s->dhcp->boot.server, text));
		netd_str_add_char(out, '\n');
	}
	if (s->dhcp->tftp_root[0]) {
		netd_str_add(out, "enable-tftp\nquiet-tftp\ntftp-root=");
		netd_dhcp_quote(out, s->dhcp->tftp_root);
		netd_str_add_char(out, '\n');
	}
}
