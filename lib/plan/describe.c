// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan's ops in words, for people and for messages. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "plan/plan.h"

static const struct {
	char sign;
	const char *object; /* NULL: the link's kind */
} kinds[NETD_OP_COUNT] = {
	[NETD_OP_CREATE_LINK] = {'+', NULL},
	[NETD_OP_SET_SYSCTL] = {'~', "sysctl"},
	[NETD_OP_STOP_LINK] = {'~', NULL},
	[NETD_OP_FIREWALL] = {'~', "firewall"},
	[NETD_OP_ADD_ADDRESS] = {'+', "address"},
	[NETD_OP_SET_LINK] = {'~', NULL},
	[NETD_OP_CLAIM_SYSCTL] = {'~', "sysctl"},
	[NETD_OP_DELETE_ADDRESS] = {'-', "address"},
	[NETD_OP_RELEASE_PORT] = {'-', "port"},
	[NETD_OP_DELETE_LINK] = {'-', NULL},
	[NETD_OP_RESTORE_SYSCTL] = {'~', "sysctl"},
};

static const char *const link_kinds[] = {
	[NETD_LINK_OTHER] = "interface",
	[NETD_LINK_BRIDGE] = "bridge",
	[NETD_LINK_TAP] = "tap",
	[NETD_LINK_VETH] = "veth",
};

char netd_op_sign(const struct netd_op *op)
{
	return kinds[op->kind].sign;
}

const char *netd_op_object(const struct netd_op *op)
{
	return kinds[op->kind].object ? kinds[op->kind].object
				      : link_kinds[op->link.kind];
}

static void describe_create(const struct netd_op *op, struct netd_str *out)
{
	char mac[NETD_MAC_TEXT];

	if (op->link.peer[0])
		netd_str_addf(out, " to %s", op->link.peer);
	if (op->link.peer_namespace[0])
		netd_str_addf(out, " in namespace %s", op->link.peer_namespace);
	if (op->link.has_mac)
		netd_str_addf(out, " mac %s", netd_mac_format(&op->link.mac, mac));
	if (op->link.mtu)
		netd_str_addf(out, " mtu %u", op->link.mtu);
}

static void describe_set(const struct netd_op *op, struct netd_str *out)
{
	const struct netd_link *link = &op->link;
	char mac[NETD_MAC_TEXT];

	if (op->fields & NETD_LINK_MAC)
		netd_str_addf(out, " mac %s", netd_mac_format(&link->mac, mac));
	if (op->fields & NETD_LINK_MTU)
		netd_str_addf(out, " mtu %u", link->mtu);
	if (op->fields & NETD_LINK_MASTER && link->master[0])
		netd_str_addf(out, " joins %s", link->master);
	if (op->fields & NETD_LINK_MASTER && !link->master[0])
		netd_str_add(out, " leaves its bridge");
	if (op->fields & NETD_LINK_ALIAS_TEXT)
		netd_str_addf(out, " alias %s", link->alias);
	if (op->fields & NETD_LINK_BRIDGE_DATA)
		netd_str_addf(out, " stp %s", link->bridge.stp ? "on" : "off");
	if (op->fields & NETD_LINK_NO_IPV6)
		netd_str_add(out, " without IPv6");
	if (op->fields & NETD_LINK_UP)
		netd_str_add(out, link->up ? " up" : " down");
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

static void describe_firewall(const struct netd_ruleset_delta *d, struct netd_str *out)
{
	if (d->create_table && !d->delete_table)
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
}

void netd_op_describe(const struct netd_op *op, const struct netd_plan *plan,
		      struct netd_str *out)
{
	netd_str_add(out, netd_op_object(op));
	switch (op->kind) {
	case NETD_OP_CREATE_LINK:
		netd_str_addf(out, " %s", op->link.name);
		describe_create(op, out);
		break;
	case NETD_OP_DELETE_LINK:
		netd_str_addf(out, " %s", op->link.name);
		break;
	case NETD_OP_STOP_LINK:
	case NETD_OP_SET_LINK:
	case NETD_OP_RELEASE_PORT:
		netd_str_addf(out, " %s", op->link.name);
		describe_set(op, out);
		break;
	case NETD_OP_SET_SYSCTL:
	case NETD_OP_CLAIM_SYSCTL:
	case NETD_OP_RESTORE_SYSCTL:
		describe_sysctl(op, out);
		break;
	case NETD_OP_ADD_ADDRESS:
	case NETD_OP_DELETE_ADDRESS:
		describe_addr(op, out);
		break;
	case NETD_OP_FIREWALL:
		describe_firewall(&plan->firewall, out);
		break;
	case NETD_OP_COUNT:
		break;
	}
}
