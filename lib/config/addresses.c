// SPDX-License-Identifier: GPL-2.0-or-later
/* Values that are a MAC address, or one address of each family. */
#include <errno.h>
#include <sys/socket.h>

#include "config/reader.h"

int netd_read_mac(struct netd_reader *r, const struct netd_yaml *node,
		  struct netd_mac *out)
{
	const char *text = netd_read_scalar(r, node, "a MAC address");

	if (!text)
		return -EINVAL;
	if (netd_mac_parse(text, out) == 0)
		return 0;
	return netd_reader_problem(
		r, node, "\"%s\" is not a MAC address like 52:54:00:12:34:56", text);
}

int netd_read_pair(struct netd_reader *r, const struct netd_yaml *node,
		   const struct netd_pair *pair)
{
	const char *text = netd_read_scalar(r, node, pair->expected);
	struct netd_addr_range range;
	int which;

	if (!text)
		return -EINVAL;
	if (netd_addr_range_parse(text, &range) ||
	    (pair->single && netd_addr_compare(&range.first, &range.last) != 0))
		return netd_reader_problem(r, node, "\"%s\" is not %s", text,
					   pair->expected);
	which = range.first.family == AF_INET6;
	if (pair->out[which]->first.family)
		return netd_reader_problem(r, node, "a second %s address; one is enough",
					   which ? "IPv6" : "IPv4");
	*pair->out[which] = range;
	*pair->place[which] = node->place;
	return 0;
}
