// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan's ops in words, for people and for messages. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "kind/attribute.h"
#include "kind/kind.h"
#include "plan/plan.h"

static const struct {
	char sign;
	const char *object; /* NULL: the link's kind */
} kinds[NETD_OP_COUNT] = {
	[NETD_OP_STOP_SERVICE] = {'-', "dhcp"},
	[NETD_OP_DELETE_STALE] = {'-', NULL},
	[NETD_OP_CREATE_NAMESPACE] = {'+', "namespace"},
	[NETD_OP_CREATE_LINK] = {'+', NULL},
	[NETD_OP_RAISE_MTU] = {'~', NULL},
	[NETD_OP_SET_SYSCTL] = {'~', "sysctl"},
	[NETD_OP_RETURN_UPLINK] = {'-', "uplink"},
	[NETD_OP_STOP_LINK] = {'~', NULL},
	[NETD_OP_FIREWALL] = {'~', "firewall"},
	[NETD_OP_MOVE_UPLINK] = {'+', "uplink"},
	[NETD_OP_CLEAR_ADDRESS] = {'-', "address"},
	[NETD_OP_ADD_ADDRESS] = {'+', "address"},
	[NETD_OP_SET_LINK] = {'~', NULL},
	[NETD_OP_PLUG_PORT] = {'~', "port"},
	[NETD_OP_CLAIM_SYSCTL] = {'~', "sysctl"},
	[NETD_OP_DELETE_ADDRESS] = {'-', "address"},
	[NETD_OP_ADD_ROUTE] = {'+', "route"},
	[NETD_OP_DELETE_ROUTE] = {'-', "route"},
	[NETD_OP_RELEASE_PORT] = {'-', "port"},
	[NETD_OP_DELETE_LINK] = {'-', NULL},
	[NETD_OP_DELETE_NAMESPACE] = {'-', "namespace"},
	[NETD_OP_RESTORE_SYSCTL] = {'~', "sysctl"},
	[NETD_OP_WRITE_RESOLV] = {'~', "resolv.conf"},
	[NETD_OP_START_SERVICE] = {'+', "dhcp"},
	[NETD_OP_RELOAD_SERVICE] = {'~', "dhcp"},
};

char netd_op_sign(const struct netd_op *op)
{
	if (op->kind == NETD_OP_WRITE_RESOLV && op->resolv.removal)
		return '-';
	if (op->kind == NETD_OP_START_SERVICE && op->service.verb)
		return '~';
	return kinds[op->kind].sign;
}

const char *netd_op_object(const struct netd_op *op)
{
	if (kinds[op->kind].object)
		return kinds[op->kind].object;
	return netd_kind_of(&op->link)->word;
}

static void describe_create(const struct netd_op *op, struct netd_str *out)
{
	if (op->link.peer[0])
		netd_str_addf(out, " to %s", op->link.peer);
	if (op->link.peer_namespace[0])
		netd_str_addf(out, " in namespace %s", op->link.peer_namespace);
	if (op->link.has_mac)
		netd_link_say(&op->link, NETD_LINK_MAC, out);
	if (op->link.mtu)
		netd_link_say(&op->link, NETD_LINK_MTU, out);
	if (op->link.peer_mtu && op->link.peer_mtu != op->link.mtu)
		netd_str_addf(out, ", %u there", op->link.peer_mtu);
}

static void describe_sysctl(const struct netd_op *op, struct netd_str *out)
{
	netd_str_addf(out, " net/%s = %d%s", op->sysctl.path, op->sysctl.value,
		      op->kind == NETD_OP_RESTORE_SYSCTL ? ", as before" : "");
}

static void describe_addr(const struct netd_op *op, struct netd_str *out)
{
	char prefix[NETD_PREFIX_TEXT];

	netd_str_addf(out, " %s on %s", netd_prefix_format(&op->addr.prefix, prefix),
		      op->addr.link);
}

static void describe_uplink(const struct netd_op *op, struct netd_str *out)
{
	bool joins = op->kind == NETD_OP_MOVE_UPLINK;

	netd_str_addf(out, " %s %s", op->uplink.nic, joins ? "joins" : "leaves");
	if (op->uplink.bridge[0])
		netd_str_addf(out, " %s", op->uplink.bridge);
	netd_str_add(out, ", and its addresses and routes with it");
}

static const char *const route_types[] = {
	[NETD_ROUTE_UNICAST] = "",
	[NETD_ROUTE_BLACKHOLE] = "blackhole ",
	[NETD_ROUTE_UNREACHABLE] = "unreachable ",
	[NETD_ROUTE_PROHIBIT] = "prohibit ",
};

static void describe_route(const struct netd_op *op, struct netd_str *out)
{
	const struct netd_route *r = &op->route;
	char prefix[NETD_PREFIX_TEXT], addr[NETD_ADDR_TEXT];

	netd_str_addf(out, " %s%s", route_types[r->type],
		      r->to.length ? netd_prefix_format(&r->to, prefix) : "default");
	if (r->via.family)
		netd_str_addf(out, " via %s", netd_addr_format(&r->via, addr));
	else if (!r->to.length && r->to.addr.family == AF_INET6)
		netd_str_add(out, " for IPv6");
	if (r->link[0])
		netd_str_addf(out, " dev %s", r->link);
	if (r->source.family)
		netd_str_addf(out, " source %s", netd_addr_format(&r->source, addr));
	if (r->metric)
		netd_str_addf(out, " metric %u", r->metric);
	if (r->onlink)
		netd_str_add(out, " onlink");
}

static void describe_admits(const struct netd_ruleset_delta *d, struct netd_str *out)
{
	if (d->admits_added_count)
		netd_str_addf(out, ", %zu accept rule%s into others' input chains",
			      d->admits_added_count,
			      d->admits_added_count == 1 ? "" : "s");
	if (d->admits_removed_count)
		netd_str_addf(out, ", %zu out of them", d->admits_removed_count);
}

static void describe_firewall(const struct netd_ruleset_delta *d, struct netd_str *out)
{
	bool own = d->delete_table || d->create_table || d->added_count ||
		   d->removed_count || d->chains_added_count || d->chains_removed_count;

	if (!own)
		netd_str_add(out, " other tables");
	else if (d->create_table && !d->delete_table)
		netd_str_add(out, " table inet netd made");
	else if (d->create_table)
		netd_str_add(out, " table inet netd made anew");
	else if (d->delete_table)
		netd_str_add(out, " table inet netd removed");
	else
		netd_str_add(out, " table inet netd");
	if (d->added_count)
		netd_str_addf(out, ", %zu entr%s in", d->added_count,
			      d->added_count == 1 ? "y" : "ies");
	if (d->removed_count && !(d->delete_table && !d->create_table))
		netd_str_addf(out, ", %zu out", d->removed_count);
	if (d->chains_added_count)
		netd_str_addf(out, ", %zu source NAT chain%s", d->chains_added_count,
			      d->chains_added_count == 1 ? "" : "s");
	describe_admits(d, out);
}

/* The object itself, without where it is. */
static void describe_object(const struct netd_op *op, const struct netd_plan *plan,
			    struct netd_str *out)
{
	const struct netd_plan_firewall *firewall;

	switch (op->kind) {
	case NETD_OP_CREATE_LINK:
		netd_str_addf(out, " %s", op->link.name);
		describe_create(op, out);
		break;
	case NETD_OP_DELETE_STALE:
	case NETD_OP_DELETE_LINK:
		netd_str_addf(out, " %s", op->link.name);
		break;
	case NETD_OP_STOP_LINK:
	case NETD_OP_RAISE_MTU:
	case NETD_OP_SET_LINK:
	case NETD_OP_PLUG_PORT:
	case NETD_OP_RELEASE_PORT:
		netd_str_addf(out, " %s", op->link.name);
		netd_link_say(&op->link, op->fields, out);
		break;
	case NETD_OP_SET_SYSCTL:
	case NETD_OP_CLAIM_SYSCTL:
	case NETD_OP_RESTORE_SYSCTL:
		describe_sysctl(op, out);
		break;
	case NETD_OP_CLEAR_ADDRESS:
	case NETD_OP_ADD_ADDRESS:
	case NETD_OP_DELETE_ADDRESS:
		describe_addr(op, out);
		break;
	case NETD_OP_MOVE_UPLINK:
	case NETD_OP_RETURN_UPLINK:
		describe_uplink(op, out);
		break;
	case NETD_OP_ADD_ROUTE:
	case NETD_OP_DELETE_ROUTE:
		describe_route(op, out);
		break;
	case NETD_OP_FIREWALL:
		firewall = netd_plan_firewall(plan, op->space);
		if (firewall)
			describe_firewall(&firewall->delta, out);
		break;
	case NETD_OP_STOP_SERVICE:
	case NETD_OP_START_SERVICE:
	case NETD_OP_RELOAD_SERVICE:
		netd_str_addf(out, " %s %s", op->service.name,
			      op->service.verb ? op->service.verb : "on ");
		if (!op->service.verb)
			netd_str_add(out, op->service.link);
		break;
	case NETD_OP_CREATE_NAMESPACE:
	case NETD_OP_DELETE_NAMESPACE:
	case NETD_OP_WRITE_RESOLV:
	case NETD_OP_COUNT:
		break;
	}
}

/* How the namespace stands beside the object. */
static const char *place_word(enum netd_op_kind kind)
{
	if (kind == NETD_OP_CREATE_NAMESPACE || kind == NETD_OP_DELETE_NAMESPACE)
		return "";
	if (kind == NETD_OP_WRITE_RESOLV)
		return "of ";
	return "in ";
}

void netd_op_describe(const struct netd_op *op, const struct netd_plan *plan,
		      struct netd_str *out)
{
	bool first = op->kind == NETD_OP_FIREWALL; /* what follows is long */

	netd_str_add(out, netd_op_object(op));
	if (!first)
		describe_object(op, plan, out);
	if (op->space[0])
		netd_str_addf(out, " %s%s%s", place_word(op->kind), op->space,
			      first ? ":" : "");
	if (first)
		describe_object(op, plan, out);
}
