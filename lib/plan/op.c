// SPDX-License-Identifier: GPL-2.0-or-later
/* A row for each op: what is known of it without a kernel. */
#include "plan/op.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "kind/kind.h"
#include "plan/describe.h"

/*
 * What their errnos mean
 */

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define VANISHED {ENODEV, "the interface vanished meanwhile", "apply again"}
#define REFUSED {EINVAL, "the kernel refused a value", NULL}
#define NO_SETTING {ENOENT, "this kernel, or the interface, has no such setting", NULL}
#define READ_ONLY \
	{EROFS, "/proc/sys is read-only here", \
	 "run netd outside of the container, or mount it writable"}
#define NO_GATEWAY(CODE) \
	{CODE, "the gateway is in no subnet of the interfaces that are there", \
	 "name one that is, or add `onlink: true`"}
/* clang-format on */

static const struct netd_op_reason create_link[] = {
	{EEXIST, "an interface of that name appeared meanwhile",
	 "look at it with `ip -d link`, then apply again"},
	{EOPNOTSUPP, "this kernel cannot make that kind of link",
	 "load the module (bridge, veth, tun) or use a kernel that has it"},
	REFUSED,
	{0},
};

static const struct netd_op_reason raise_mtu[] = {VANISHED, {0}};

static const struct netd_op_reason set_link[] = {
	VANISHED,
	{EXFULL, "the bridge is full: it holds 1,023 ports", "use a second network"},
	{EBUSY, "it is a port or a lower device of something else", NULL},
	{ELOOP, "that would make a loop of bridges", NULL},
	{EINVAL, "the kernel refused a value, or it cannot be a port", NULL},
	{EOPNOTSUPP, "it cannot be a port of a bridge", NULL},
	{0},
};

static const struct netd_op_reason add_address[] = {
	{EEXIST, "the address appeared there meanwhile", "apply again"},
	VANISHED,
	{EACCES, "IPv6 is switched off on that interface",
	 "set its sysctl disable_ipv6 to 0"},
	{0},
};

static const struct netd_op_reason add_route[] = {
	NO_GATEWAY(ENETUNREACH), NO_GATEWAY(EHOSTUNREACH), REFUSED, VANISHED, {0},
};

static const struct netd_op_reason set_sysctl[] = {NO_SETTING, READ_ONLY, {0}};
static const struct netd_op_reason restore_sysctl[] = {READ_ONLY, {0}};

static const struct netd_op_reason all_ops[] = {
	{EPERM, "no permission", "run as root (CAP_NET_ADMIN)"},
	{EACCES, "no permission", "run as root (CAP_NET_ADMIN)"},
	{ENOMEM, "out of memory", NULL},
	{0},
};

/*
 * The rows
 */

#define AT(MEMBER) offsetof(struct netd_op, MEMBER)

const struct netd_op_row netd_op_rows[NETD_OP_COUNT] = {
	[NETD_OP_STOP_SERVICE] = {'-', "dhcp", netd_describe_service,
				  .name = AT(service.name)},
	[NETD_OP_DELETE_STALE] = {'-', NULL, netd_describe_link, .name = AT(link.name),
				  .link = AT(link.name)},
	[NETD_OP_CREATE_NAMESPACE] = {'+', "namespace", NULL, .place = AT(node.place),
				      .name = AT(space), .where = ""},
	[NETD_OP_CREATE_LINK] = {'+', NULL, netd_describe_create, .name = AT(link.name),
				 .link = AT(link.name), .place = AT(link.place),
				 .reasons = create_link},
	[NETD_OP_RAISE_MTU] = {'~', NULL, netd_describe_link, .name = AT(link.name),
			       .link = AT(link.name), .place = AT(link.place),
			       .reasons = raise_mtu},
	[NETD_OP_SET_SYSCTL] = {'~', "sysctl", netd_describe_sysctl,
				.name = AT(sysctl.path), .reasons = set_sysctl},
	[NETD_OP_RETURN_UPLINK] = {'-', "uplink", netd_describe_return,
				   .name = AT(uplink.nic), .link = AT(uplink.bridge)},
	[NETD_OP_STOP_LINK] = {'~', NULL, netd_describe_link, .name = AT(link.name),
			       .link = AT(link.name)},
	[NETD_OP_FIREWALL] = {'~', "firewall", netd_describe_firewall, .has_space = true},
	[NETD_OP_MOVE_UPLINK] = {'+', "uplink", netd_describe_move,
				 .name = AT(uplink.nic), .link = AT(uplink.bridge),
				 .place = AT(uplink.place)},
	[NETD_OP_CLEAR_ADDRESS] = {'-', "address", netd_describe_address,
				   .subnet = AT(addr.prefix), .link = AT(addr.link)},
	[NETD_OP_ADD_ADDRESS] = {'+', "address", netd_describe_address,
				 .subnet = AT(addr.prefix), .link = AT(addr.link),
				 .place = AT(addr.place), .reasons = add_address},
	[NETD_OP_SET_LINK] = {'~', NULL, netd_describe_link, .name = AT(link.name),
			      .link = AT(link.name), .place = AT(link.place),
			      .reasons = set_link},
	[NETD_OP_PLUG_PORT] = {'~', "port", netd_describe_link, .name = AT(link.name),
			       .link = AT(link.name)},
	[NETD_OP_CLAIM_SYSCTL] = {'~', "sysctl", netd_describe_sysctl,
				  .name = AT(sysctl.path), .reasons = set_sysctl},
	[NETD_OP_DELETE_ADDRESS] = {'-', "address", netd_describe_address,
				    .subnet = AT(addr.prefix), .link = AT(addr.link)},
	[NETD_OP_ADD_ROUTE] = {'+', "route", netd_describe_route, .subnet = AT(route.to),
			       .link = AT(route.link), .place = AT(route.place),
			       .reasons = add_route},
	[NETD_OP_DELETE_ROUTE] = {'-', "route", netd_describe_route,
				  .subnet = AT(route.to), .link = AT(route.link)},
	[NETD_OP_RELEASE_PORT] = {'-', "port", netd_describe_link, .name = AT(link.name),
				  .link = AT(link.name)},
	[NETD_OP_DELETE_LINK] = {'-', NULL, netd_describe_link, .name = AT(link.name),
				 .link = AT(link.name)},
	[NETD_OP_DELETE_NAMESPACE] = {'-', "namespace", NULL, .name = AT(space),
				      .where = ""},
	[NETD_OP_RESTORE_SYSCTL] = {'~', "sysctl", netd_describe_restore,
				    .name = AT(sysctl.path), .reasons = restore_sysctl},
	[NETD_OP_WRITE_RESOLV] = {'~', "resolv.conf", NULL, .place = AT(resolv.place),
				  .name = AT(space), .where = " of"},
	[NETD_OP_START_SERVICE] = {'+', "dhcp", netd_describe_service,
				   .name = AT(service.name), .link = AT(service.link),
				   .place = AT(service.place)},
	[NETD_OP_RELOAD_SERVICE] = {'~', "dhcp", netd_describe_service,
				    .name = AT(service.name), .link = AT(service.link),
				    .place = AT(service.place)},
};

char netd_op_sign(const struct netd_op *op)
{
	if (op->sign)
		return op->sign;
	return netd_op_rows[op->kind].sign;
}

const char *netd_op_object(const struct netd_op *op)
{
	if (netd_op_rows[op->kind].object)
		return netd_op_rows[op->kind].object;
	return netd_kind_of(&op->link)->word;
}

void netd_op_name(const struct netd_op *op, struct netd_str *out)
{
	const struct netd_op_row *row = &netd_op_rows[op->kind];
	char text[NETD_PREFIX_TEXT];
	struct netd_prefix subnet;

	if (row->name)
		netd_str_add(out, (const char *)op + row->name);
	if (!row->subnet)
		return;
	memcpy(&subnet, (const char *)op + row->subnet, sizeof(subnet));
	netd_str_add(out, netd_prefix_format(&subnet, text));
}

const char *netd_op_link(const struct netd_op *op)
{
	size_t at = netd_op_rows[op->kind].link;

	if (at == 0)
		return "";
	return (const char *)op + at;
}

struct netd_place netd_op_place(const struct netd_op *op)
{
	size_t at = netd_op_rows[op->kind].place;
	struct netd_place place = {0};

	if (at != 0)
		memcpy(&place, (const char *)op + at, sizeof(place));
	return place;
}

static const struct netd_op_reason *find(const struct netd_op_reason *list, int code)
{
	for (; list && list->code; list++)
		if (list->code == -code)
			return list;
	return NULL;
}

const char *netd_op_reason(enum netd_op_kind kind, int code, const char **hint)
{
	const struct netd_op_reason *reason = find(netd_op_rows[kind].reasons, code);

	if (!reason)
		reason = find(all_ops, code);
	*hint = NULL;
	if (!reason)
		return strerror(-code);
	*hint = reason->hint;
	return reason->reason;
}

void netd_op_describe(const struct netd_op *op, const struct netd_plan *plan,
		      struct netd_str *out)
{
	const struct netd_op_row *row = &netd_op_rows[op->kind];

	netd_str_add(out, netd_op_object(op));
	if (row->describe)
		row->describe(op, plan, out);
	if (!op->space[0] || row->has_space)
		return;
	if (row->where)
		netd_str_addf(out, "%s %s", row->where, op->space);
	else
		netd_str_addf(out, " in %s", op->space);
}
