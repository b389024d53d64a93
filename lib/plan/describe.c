// SPDX-License-Identifier: GPL-2.0-or-later
/* What an op is about, in words. */
#include "plan/describe.h"

#include <sys/socket.h>

#include "kind/attribute.h"
#include "plan/plan.h"

void netd_describe_create(const struct netd_op *op, const struct netd_plan *plan,
			  struct netd_str *out)
{
	(void)plan;
	netd_str_addf(out, " %s", op->link.name);
	if (op->link.peer[0])
		netd_str_addf(out, " to %s", op->link.peer);
	if (op->link.peer_namespace[0])
		netd_str_addf(out, " in namespace %s", op->link.peer_namespace);
	if (op->link.has_mac)
		netd_link_say(&op->link.attrs, NETD_LINK_MAC, out);
	if (op->link.mtu)
		netd_link_say(&op->link.attrs, NETD_LINK_MTU, out);
	if (op->link.peer_mtu && op->link.peer_mtu != op->link.mtu)
		netd_str_addf(out, ", %u there", op->link.peer_mtu);
}

void netd_describe_link(const struct netd_op *op, const struct netd_plan *plan,
			struct netd_str *out)
{
	(void)plan;
	netd_str_addf(out, " %s", op->link.name);
	netd_link_say(&op->link.attrs, op->fields, out);
}

void netd_describe_sysctl(const struct netd_op *op, const struct netd_plan *plan,
			  struct netd_str *out)
{
	(void)plan;
	netd_str_addf(out, " net/%s = %d", op->sysctl.path, op->sysctl.value);
}

void netd_describe_restore(const struct netd_op *op, const struct netd_plan *plan,
			   struct netd_str *out)
{
	netd_describe_sysctl(op, plan, out);
	netd_str_add(out, ", as before");
}

void netd_describe_address(const struct netd_op *op, const struct netd_plan *plan,
			   struct netd_str *out)
{
	char prefix[NETD_PREFIX_TEXT];

	(void)plan;
	netd_str_addf(out, " %s on %s", netd_prefix_format(&op->addr.prefix, prefix),
		      op->addr.link);
}

static void describe_uplink(const struct netd_op *op, const char *verb,
			    struct netd_str *out)
{
	netd_str_addf(out, " %s %s", op->uplink.nic, verb);
	if (op->uplink.bridge[0])
		netd_str_addf(out, " %s", op->uplink.bridge);
	netd_str_add(out, ", and its addresses and routes with it");
}

void netd_describe_move(const struct netd_op *op, const struct netd_plan *plan,
			struct netd_str *out)
{
	(void)plan;
	describe_uplink(op, "joins", out);
}

void netd_describe_return(const struct netd_op *op, const struct netd_plan *plan,
			  struct netd_str *out)
{
	(void)plan;
	describe_uplink(op, "leaves", out);
}

static const char *const route_types[] = {
	[NETD_ROUTE_UNICAST] = "",
	[NETD_ROUTE_BLACKHOLE] = "blackhole ",
	[NETD_ROUTE_UNREACHABLE] = "unreachable ",
	[NETD_ROUTE_PROHIBIT] = "prohibit ",
};

void netd_describe_route(const struct netd_op *op, const struct netd_plan *plan,
			 struct netd_str *out)
{
	const struct netd_route *r = &op->route;
	char text[NETD_PREFIX_TEXT];

	(void)plan;
	netd_str_addf(out, " %s", route_types[r->type]);
	if (r->to.length)
		netd_str_add(out, netd_prefix_format(&r->to, text));
	else
		netd_str_add(out, "default");
	if (r->via.family)
		netd_str_addf(out, " via %s", netd_addr_format(&r->via, text));
	else if (!r->to.length && r->to.addr.family == AF_INET6)
		netd_str_add(out, " for IPv6");
	if (r->link[0])
		netd_str_addf(out, " dev %s", r->link);
	if (r->source.family)
		netd_str_addf(out, " source %s", netd_addr_format(&r->source, text));
	if (r->metric)
		netd_str_addf(out, " metric %u", r->metric);
	if (r->onlink)
		netd_str_add(out, " onlink");
}

/* ", 1 entry in" or ", 2 entries in"; nothing of none. */
static void describe_count(size_t count, const char *one, const char *many,
			   struct netd_str *out)
{
	if (count == 1)
		netd_str_addf(out, ", 1 %s", one);
	else if (count)
		netd_str_addf(out, ", %zu %s", count, many);
}

static const char *table_change(const struct netd_ruleset_delta *d)
{
	if (d->create_table && d->delete_table)
		return " table inet netd made anew";
	if (d->create_table)
		return " table inet netd made";
	if (d->delete_table)
		return " table inet netd removed";
	if (d->added_count || d->removed_count || d->chains_added_count ||
	    d->chains_removed_count)
		return " table inet netd";
	return " other tables";
}

/* What follows is long, so the namespace stands in front of it. */
void netd_describe_firewall(const struct netd_op *op, const struct netd_plan *plan,
			    struct netd_str *out)
{
	const struct netd_plan_firewall *firewall = netd_plan_firewall(plan, op->space);
	const struct netd_ruleset_delta *d;

	if (op->space[0])
		netd_str_addf(out, " in %s:", op->space);
	if (!firewall)
		return;
	d = &firewall->delta;
	netd_str_add(out, table_change(d));
	describe_count(d->added_count, "entry in", "entries in", out);
	if (d->create_table || !d->delete_table)
		describe_count(d->removed_count, "out", "out", out);
	describe_count(d->chains_added_count, "source NAT chain", "source NAT chains",
		       out);
	describe_count(d->admits_added_count, "accept rule into others' input chains",
		       "accept rules into others' input chains", out);
	describe_count(d->admits_removed_count, "out of them", "out of them", out);
}

void netd_describe_service(const struct netd_op *op, const struct netd_plan *plan,
			   struct netd_str *out)
{
	(void)plan;
	if (op->service.verb)
		netd_str_addf(out, " %s %s", op->service.name, op->service.verb);
	else
		netd_str_addf(out, " %s on %s", op->service.name, op->service.link);
}
