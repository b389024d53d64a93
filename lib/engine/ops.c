// SPDX-License-Identifier: GPL-2.0-or-later
/* A row for each op: how it is run, and which others wait for it. */
#include <errno.h>
#include <string.h>

#include "engine/run.h"

static bool always(const struct netd_op *op)
{
	(void)op;
	return true;
}

static bool if_up(const struct netd_op *op)
{
	return op->link.up;
}

/* What lets packets in or through: not without the rules and settings that were to be
 * there before. */
static bool opens(const struct netd_op *failed, const struct netd_op *op)
{
	const struct netd_op_run *row = &netd_op_runs[op->kind];

	(void)failed;
	return row->opens && row->opens(op);
}

/* Behind the setting of an interface, "ipv6/conf/LINK/accept_ra": what opens that. */
static bool opens_link(const struct netd_op *failed, const struct netd_op *op)
{
	char link[NETD_SYSCTL_PATH];

	netd_sysctl_link(failed->sysctl.path, link);
	return opens(failed, op) && *link && strcmp(link, netd_op_link(op)) == 0;
}

/* Behind a namespace that could not be made. */
static bool is_inside(const struct netd_op *failed, const struct netd_op *op)
{
	(void)failed;
	return op->kind != NETD_OP_DELETE_NAMESPACE;
}

static bool is_on_link(const struct netd_op *failed, const struct netd_op *op)
{
	const char *broken = netd_op_link(failed);

	return *broken && strcmp(netd_op_link(op), broken) == 0;
}

/* Behind a link that is not as it should be: also what would be its port. */
static bool needs_link(const struct netd_op *failed, const struct netd_op *op)
{
	if (is_on_link(failed, op))
		return true;
	return op->kind == NETD_OP_SET_LINK && op->fields & NETD_LINK_MASTER &&
	       *netd_op_link(failed) &&
	       strcmp(op->link.master, netd_op_link(failed)) == 0;
}

/* The addresses of a NIC that did not move are on the other of the two. */
static bool needs_uplink(const struct netd_op *failed, const struct netd_op *op)
{
	return is_on_link(failed, op) ||
	       strcmp(netd_op_link(op), failed->uplink.nic) == 0;
}

const struct netd_op_run netd_op_runs[NETD_OP_COUNT] = {
	[NETD_OP_STOP_SERVICE] = {netd_run_stops, .across = true, .needs_room = true},
	[NETD_OP_DELETE_STALE] = {netd_run_netlink, netd_message_delete_link,
				  .fine = -ENODEV},
	[NETD_OP_CREATE_NAMESPACE] = {netd_run_create_spaces, .across = true,
				      .holds_up = is_inside},
	[NETD_OP_CREATE_LINK] = {netd_run_netlink, netd_message_create_link},
	[NETD_OP_RAISE_MTU] = {netd_run_raise_mtu},
	[NETD_OP_SET_SYSCTL] = {netd_run_sysctls, .across = true, .holds_up = opens_link},
	[NETD_OP_RETURN_UPLINK] = {netd_run_returns, .across = true,
				   .holds_up = needs_uplink},
	[NETD_OP_STOP_LINK] = {netd_run_netlink, netd_message_set_link, .fine = -ENODEV},
	[NETD_OP_FIREWALL] = {netd_run_firewall, .holds_up = opens},
	[NETD_OP_MOVE_UPLINK] = {netd_run_moves, .across = true,
				 .holds_up = needs_uplink},
	[NETD_OP_CLEAR_ADDRESS] = {netd_run_netlink, netd_message_delete_address,
				   .fine = -EADDRNOTAVAIL},
	[NETD_OP_ADD_ADDRESS] = {netd_run_netlink, netd_message_add_address,
				 .opens = always},
	[NETD_OP_SET_LINK] = {netd_run_netlink, netd_message_set_link, .opens = if_up},
	[NETD_OP_PLUG_PORT] = {netd_run_plugs},
	[NETD_OP_CLAIM_SYSCTL] = {netd_run_sysctls, .across = true, .opens = always},
	[NETD_OP_DELETE_ADDRESS] = {netd_run_netlink, netd_message_delete_address,
				    .fine = -EADDRNOTAVAIL},
	[NETD_OP_ADD_ROUTE] = {netd_run_netlink, netd_message_add_route},
	[NETD_OP_DELETE_ROUTE] = {netd_run_netlink, netd_message_delete_route,
				  .fine = -ESRCH},
	[NETD_OP_RELEASE_PORT] = {netd_run_netlink, netd_message_set_link,
				  .fine = -ENODEV},
	[NETD_OP_DELETE_LINK] = {netd_run_deletes, netd_message_delete_link,
				 .fine = -ENODEV},
	[NETD_OP_DELETE_NAMESPACE] = {netd_run_delete_spaces, .across = true},
	[NETD_OP_RESTORE_SYSCTL] = {netd_run_sysctls, .across = true, .fine = -ENOENT},
	[NETD_OP_WRITE_RESOLV] = {netd_run_resolv, .across = true},
	[NETD_OP_START_SERVICE] = {netd_run_starts, .across = true, .opens = always,
				   .needs_room = true},
	[NETD_OP_RELOAD_SERVICE] = {netd_run_reloads, .across = true, .needs_room = true},
};

bool netd_op_holds_up(const struct netd_op *failed, const struct netd_op *op)
{
	const struct netd_op_run *row = &netd_op_runs[failed->kind];

	if (strcmp(op->space, failed->space) != 0)
		return false;
	if (row->holds_up)
		return row->holds_up(failed, op);
	return needs_link(failed, op);
}
