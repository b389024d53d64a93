// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of addresses: counted, walked, and chosen out of a subnet. */
#include "base/range.h"

#include <string.h>
#include <sys/socket.h>

#include "base/number.h"

/*
 * Theory of operation.  Where a subnet leaves at most 32 bits for hosts, its addresses
 * are numbered by their last four bytes, and those are all that differs in it.
 */
static uint32_t low(const struct netd_addr *a)
{
	const uint8_t *b = a->bytes + netd_addr_size(a) - 4;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

const char *netd_range_format(const struct netd_addr_range *r, char out[NETD_RANGE_TEXT])
{
	size_t length;

	netd_addr_format(&r->first, out);
	if (!r->first.family || netd_addr_equal(&r->first, &r->last))
		return out;
	length = strlen(out);
	out[length] = '-';
	netd_addr_format(&r->last, out + length + 1);
	return out;
}

uint32_t netd_range_index(const struct netd_addr_range *r, const struct netd_addr *a)
{
	size_t high = netd_addr_size(&r->first) - 4;

	if (a->family != r->first.family || netd_addr_compare(a, &r->first) < 0 ||
	    netd_addr_compare(a, &r->last) > 0 ||
	    memcmp(a->bytes, r->first.bytes, high) != 0)
		return UINT32_MAX;
	return low(a) - low(&r->first);
}

uint32_t netd_range_size(const struct netd_addr_range *r, uint32_t max)
{
	uint32_t last = netd_range_index(r, &r->last);

	if (last < max)
		return last + 1;
	return max;
}

struct netd_addr netd_range_before(const struct netd_addr *a)
{
	struct netd_addr before = *a;

	for (size_t i = netd_addr_size(a); i-- > 0;)
		if (before.bytes[i]-- != 0)
			break;
	return before;
}

/* PREFIX::1000-PREFIX::1fff, the last 16 bits of a subnet that has them free. */
static void choose_wide(const struct netd_prefix *own, struct netd_addr_range *out)
{
	struct netd_addr network = netd_prefix_network(own).addr;

	out->first = netd_addr_offset(&network, 0x1000);
	out->last = netd_addr_offset(&network, 0x1fff);
}

bool netd_range_choose(const struct netd_prefix *own, struct netd_addr_range *out)
{
	struct netd_addr network = netd_prefix_network(own).addr;
	unsigned bits = netd_addr_bits(&own->addr), hosts = bits - own->length;
	uint32_t at = low(&own->addr) - low(&network), first = 1, last;
	size_t behind, before, count;

	if (own->addr.family == AF_INET6 && hosts >= 16) {
		choose_wide(own, out);
		return true;
	}
	if (hosts == 0)
		return false;
	last = (uint32_t)((1ULL << hosts) - 1);
	if (hosts == 1)
		first = 0; /* RFC 3021, RFC 6164: both are hosts */
	else if (own->addr.family == AF_INET)
		last--; /* the broadcast address */
	behind = last - netd_min(at, last);
	before = at - netd_min(at, first);
	if (!behind && !before)
		return false;
	if (behind >= before)
		first = at + 1;
	count = netd_min(netd_max(behind, before), NETD_RANGE_CHOSEN_MAX);
	out->first = netd_addr_offset(&network, first);
	out->last = netd_addr_offset(&network, first + (uint32_t)count - 1);
	return true;
}
