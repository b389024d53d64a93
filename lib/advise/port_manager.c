// SPDX-License-Identifier: GPL-2.0-or-later
/* Who would take a port out of its bridge again. */
#include "advise/port_manager.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "host/manager.h"
#include "host/networkd.h"

static const char *bridge_of(const struct netd_network *n)
{
	if (n->bridge[0])
		return n->bridge;
	return n->name;
}

static bool is_in_bridge(const char *port, const char *bridge)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/class/net/%s/upper_%s", port, bridge);
	return access(path, F_OK) == 0;
}

static int check_interface(const struct netd_network *n, const struct netd_port *p,
			   struct netd_error *err)
{
	/* 0, which is nobody's, if it is not there */
	const struct netd_manager *manager =
		netd_manager_of((int)if_nametoindex(p->name));

	if (!manager || is_in_bridge(p->name, bridge_of(n)))
		return 0;
	netd_error_add(
		err, -EBUSY,
		"port %s: %s manages it, and would take it out of the bridge again",
		p->name, manager->name);
	netd_manager_hint_port(err, manager, p->name);
	return -EBUSY;
}

static int check_made(const struct netd_network *n, const struct netd_port *p,
		      struct netd_error *err)
{
	static const char *const drivers[] = {
		[NETD_PORT_TAP] = "tun",
		[NETD_PORT_VETH] = "veth",
	};
	const struct netd_networkd_link link = {
		.name = p->name,
		.bridge = bridge_of(n),
		.driver = drivers[p->kind],
		.ours = true,
	};
	char file[PATH_MAX];

	if (!netd_networkd_takes(&link, file, sizeof(file)))
		return 0;
	netd_networkd_problem(err, -EBUSY, p->name, file);
	return -EBUSY;
}

int netd_port_unmanaged(const struct netd_network *n, const struct netd_port *p,
			struct netd_error *err)
{
	if (p->kind == NETD_PORT_INTERFACE)
		return check_interface(n, p, err);
	return check_made(n, p, err);
}
