// SPDX-License-Identifier: GPL-2.0-or-later
/* Names: of modes and protocols, and which ones interfaces and machines may bear. */
#include <netinet/in.h>
#include <string.h>

#include "base/array.h"
#include "model/topology.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

const char *const netd_modes[] = {
	[NETD_MODE_ISOLATED] = "isolated", [NETD_MODE_NAT] = "nat",
	[NETD_MODE_ROUTED] = "routed",	   [NETD_MODE_OPEN] = "open",
	[NETD_MODE_BRIDGED] = "bridged",   NULL,
};

const char *const netd_port_kinds[] = {
	[NETD_PORT_INTERFACE] = "interface",
	[NETD_PORT_TAP] = "tap",
	[NETD_PORT_VETH] = "veth",
	NULL,
};

const char *const netd_protocols[] = {"tcp", "udp", "sctp", NULL};

const char *const netd_route_types[] = {
	[NETD_ROUTE_UNICAST] = "unicast",
	[NETD_ROUTE_BLACKHOLE] = "blackhole",
	[NETD_ROUTE_UNREACHABLE] = "unreachable",
	[NETD_ROUTE_PROHIBIT] = "prohibit",
	NULL,
};

static const struct {
	unsigned protocol;
	const char *name;
	uint8_t number;
} protocols[] = {
	{NETD_TCP, "tcp", IPPROTO_TCP},
	{NETD_UDP, "udp", IPPROTO_UDP},
	{NETD_SCTP, "sctp", IPPROTO_SCTP},
};

const char *netd_mode_name(enum netd_mode mode)
{
	return netd_modes[mode];
}

const char *netd_node_kind_name(enum netd_node_kind kind)
{
	if (kind == NETD_NODE_ROUTER)
		return "router";
	return "host";
}

const char *netd_route_type_name(enum netd_route_type type)
{
	return netd_route_types[type];
}

const char *netd_protocol_name(unsigned protocol)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(protocols); i++)
		if (protocols[i].protocol == protocol)
			return protocols[i].name;
	return "?";
}

uint8_t netd_protocol_number(unsigned protocol)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(protocols); i++)
		if (protocols[i].protocol == protocol)
			return protocols[i].number;
	return 0;
}

const char *netd_network_name_problem(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) >= NETD_IFNAME)
		return "is longer than 15 bytes";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "is not a name";
	if (name[0] == '-')
		return "begins with '-'";
	if (name[strspn(name, LETTERS DIGITS "._-")])
		return "may hold only letters, digits, '.', '_' and '-'";
	return NULL;
}

const char *netd_ifname_problem(const char *name)
{
	const char *problem = netd_network_name_problem(name);

	if (problem)
		return problem;
	/* net/core/sysctl_net.c: their directories below /proc/sys/net/… are taken. */
	if (strcmp(name, "all") == 0 || strcmp(name, "default") == 0)
		return "is reserved by the kernel";
	return NULL;
}

const char *netd_topology_name_problem(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) >= NETD_TOPOLOGY_NAME)
		return "is longer than 31 bytes";
	if (name[0] == '.' || name[0] == '-')
		return "begins with '.' or '-'";
	if (name[strspn(name, LETTERS DIGITS "._-")])
		return "may hold only letters, digits, '.', '_' and '-'";
	return NULL;
}

const char *netd_machine_name_problem(const char *name)
{
	size_t length = strlen(name);

	if (!length)
		return "is empty";
	if (length >= NETD_MACHINE_NAME)
		return "is longer than 63 bytes";
	if (name[0] == '-' || name[length - 1] == '-')
		return "begins or ends with '-'";
	if (name[strspn(name, LETTERS DIGITS "-")])
		return "may hold only letters, digits and '-'";
	return NULL;
}

const char *netd_node_name_problem(const char *name)
{
	if (strlen(name) >= NETD_NODE_NAME)
		return "is longer than 31 bytes";
	return netd_machine_name_problem(name);
}

const char *netd_domain_problem(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) >= NETD_DOMAIN)
		return "is longer than 253 bytes";
	if (name[strspn(name, LETTERS DIGITS "._-")])
		return "may hold only letters, digits, '.', '_' and '-'";
	for (;;) {
		size_t length = strcspn(name, ".");

		if (length == 0)
			return "has an empty label (a dot too many)";
		if (length >= NETD_MACHINE_NAME)
			return "has a label of more than 63 bytes";
		if (name[0] == '-' || name[length - 1] == '-')
			return "has a label that begins or ends with '-'";
		if (!name[length])
			return NULL;
		name += length + 1;
	}
}
