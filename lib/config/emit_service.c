// SPDX-License-Identifier: GPL-2.0-or-later
/* "dhcp" and "dns" of a topology file, out of a topology. */
#include <stdio.h>
#include <string.h>

#include "config/emit.h"
#include "base/range.h"

/* A key whose value is "false": the default is true. */
static void address(const struct netd_emitter *e, const char *key,
		    const struct netd_addr *a)
{
	char text[NETD_ADDR_TEXT];

	if (a->family)
		netd_emit_string(e, key, netd_addr_format(a, text));
}

static void emit_ranges(const struct netd_emitter *e, const struct netd_dhcp *d)
{
	char text[NETD_RANGE_TEXT];
	size_t written = 0;

	for (size_t i = 0; i < d->range_count; i++)
		written += !d->ranges[i].chosen;
	if (!written)
		return;
	e->key(e->to, "range");
	if (written > 1)
		e->begin_list(e->to, true);
	for (size_t i = 0; i < d->range_count; i++)
		if (!d->ranges[i].chosen)
			e->string(e->to, netd_range_format(&d->ranges[i].range, text));
	if (written > 1)
		e->end_list(e->to);
}

/* In the largest unit that does it justice. */
static void emit_lease(const struct netd_emitter *e, uint32_t lease)
{
	static const struct {
		char letter;
		uint32_t factor;
	} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
	char text[16];
	size_t i = 0;

	if (lease == UINT32_MAX)
		netd_emit_string(e, "lease", "infinite");
	if (lease == UINT32_MAX || lease == 0)
		return;
	while (lease % units[i].factor)
		i++;
	snprintf(text, sizeof(text), "%u%c", lease / units[i].factor, units[i].letter);
	netd_emit_string(e, "lease", text);
}

static void emit_told_routes(const struct netd_emitter *e, const struct netd_dhcp *d)
{
	char to[NETD_PREFIX_TEXT];

	if (!d->route_count)
		return;
	e->key(e->to, "routes");
	e->begin_list(e->to, true);
	for (size_t i = 0; i < d->route_count; i++) {
		const struct netd_dhcp_route *route = &d->routes[i];

		e->begin_mapping(e->to, true);
		netd_emit_string(e, "to", netd_prefix_format(&route->to, to));
		address(e, "via", &route->via);
		e->end_mapping(e->to);
	}
	e->end_list(e->to);
}

static void emit_boot(const struct netd_emitter *e, const struct netd_dhcp *d)
{
	if (!*d->boot.file)
		return;
	e->key(e->to, "boot");
	e->begin_mapping(e->to, true);
	netd_emit_string(e, "file", d->boot.file);
	address(e, "server", &d->boot.server);
	e->end_mapping(e->to);
}

static void emit_dhcp_keys(const struct netd_emitter *e, const struct netd_dhcp *d)
{
	emit_ranges(e, d);
	emit_lease(e, d->lease);
	if (d->no_gateway)
		netd_emit_string(e, "gateway", "none");
	address(e, "gateway", &d->gateway);
	netd_emit_listed(e, "dns", d->servers, d->server_count);
	netd_emit_number(e, "mtu", d->mtu, d->mtu);
	emit_told_routes(e, d);
	emit_boot(e, d);
	netd_emit_string(e, "tftp", d->tftp_root);
	netd_emit_untruth(e, "ra", d->no_ra);
	netd_emit_untruth(e, "slaac", d->no_slaac);
	netd_emit_untruth(e, "required", d->optional);
}

static bool has_dhcp_keys(const struct netd_dhcp *d)
{
	for (size_t i = 0; i < d->range_count; i++)
		if (!d->ranges[i].chosen)
			return true;
	return d->lease || d->no_gateway || d->gateway.family || d->server_count ||
	       d->mtu || d->route_count || *d->boot.file || *d->tftp_root || d->no_ra ||
	       d->no_slaac || d->optional;
}

void netd_emit_dhcp(const struct netd_emitter *e, const struct netd_dhcp *d)
{
	if (!d->enabled)
		return;
	e->key(e->to, "dhcp");
	if (!has_dhcp_keys(d)) {
		e->truth(e->to, true);
		return;
	}
	e->begin_mapping(e->to, true);
	emit_dhcp_keys(e, d);
	e->end_mapping(e->to);
}

static void emit_forwarder(const struct netd_emitter *e,
			   const struct netd_dns_forwarder *f)
{
	char addr[NETD_ADDR_TEXT], text[NETD_ADDR_TEXT + sizeof("[]:65535")];
	bool brackets;

	netd_addr_format(&f->addr, addr);
	brackets = f->port && strchr(addr, ':');
	snprintf(text, sizeof(text), f->port ? "%s%s%s:%u" : "%s%s%s",
		 brackets ? "[" : "", addr, brackets ? "]" : "", f->port);
	if (!*f->domain) {
		e->string(e->to, text);
		return;
	}
	e->begin_mapping(e->to, true);
	netd_emit_string(e, "domain", f->domain);
	netd_emit_string(e, "to", text);
	e->end_mapping(e->to);
}

static void emit_forwarders(const struct netd_emitter *e, const struct netd_dns *d)
{
	if (d->no_forward)
		netd_emit_string(e, "forwarders", "none");
	if (d->no_forward || !d->forwarder_count)
		return;
	e->key(e->to, "forwarders");
	e->begin_list(e->to, true);
	for (size_t i = 0; i < d->forwarder_count; i++)
		emit_forwarder(e, &d->forwarders[i]);
	e->end_list(e->to);
}

/* The records from @i on that bear one name; the index behind them. */
static size_t emit_record(const struct netd_emitter *e, const struct netd_dns *d,
			  size_t i)
{
	size_t end = i + 1;
	char text[NETD_ADDR_TEXT];

	while (end < d->record_count &&
	       strcmp(d->records[i].name, d->records[end].name) == 0)
		end++;
	e->key(e->to, d->records[i].name);
	if (end == i + 1) {
		e->string(e->to, netd_addr_format(&d->records[i].addr, text));
		return end;
	}
	e->begin_list(e->to, true);
	for (; i < end; i++)
		e->string(e->to, netd_addr_format(&d->records[i].addr, text));
	e->end_list(e->to);
	return end;
}

static void emit_records(const struct netd_emitter *e, const struct netd_dns *d)
{
	if (!d->record_count)
		return;
	e->key(e->to, "records");
	e->begin_mapping(e->to, true);
	for (size_t i = 0; i < d->record_count;)
		i = emit_record(e, d, i);
	e->end_mapping(e->to);
}

void netd_emit_dns(const struct netd_emitter *e, const struct netd_dns *d)
{
	bool keys = *d->domain || d->no_forward || d->forwarder_count || d->record_count;

	if (!d->said)
		return;
	e->key(e->to, "dns");
	if (!keys || !d->enabled) {
		e->truth(e->to, d->enabled);
		return;
	}
	e->begin_mapping(e->to, true);
	netd_emit_string(e, "domain", d->domain);
	emit_forwarders(e, d);
	emit_records(e, d);
	e->end_mapping(e->to);
}
