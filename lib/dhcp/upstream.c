// SPDX-License-Identifier: GPL-2.0-or-later
/* The servers in a resolv.conf that a router's DNS can ask.  Pure. */
#include "dhcp/upstream.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static bool is_of(const struct netd_addr *a, const struct netd_objects *space)
{
	for (size_t i = 0; i < space->addr_count; i++)
		if (netd_addr_equal(a, &space->addrs[i].prefix.addr))
			return true;
	return false;
}

void netd_upstream_servers(const char *resolv, const struct netd_objects *space,
			   struct netd_str *out)
{
	const char *text = resolv;
	char line[256], address[NETD_ADDR_TEXT];

	while (text && *text) {
		size_t length = strcspn(text, "\n");
		struct netd_addr a;

		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		text += length + (text[length] == '\n');
		if (sscanf(line, "nameserver %45s", address) == 1 &&
		    netd_addr_parse(address, &a) == 0 && !netd_addr_is_loopback(&a) &&
		    !is_of(&a, space))
			netd_str_addf(out, "nameserver %s\n", address);
	}
}

bool netd_upstream_has_servers(const char *resolv, const struct netd_objects *space)
{
	netd_auto(netd_str_done) struct netd_str out = {0};

	netd_upstream_servers(resolv, space, &out);
	return out.length;
}
