// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses that a topology asks for, each once. */
#include "desired/desired_address.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"

#define POOL_MAX 1024 /* addresses that `nat: {on:}` may add */

static bool has_address(const struct netd_objects *s, const char *link,
			const struct netd_prefix *prefix)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, link) == 0 &&
		    netd_prefix_compare(&s->addrs[i].prefix, prefix) == 0)
			return true;
	return false;
}

int netd_desired_address(struct netd_desired *out, const char *owner, const char *link,
			 const struct netd_prefix *prefix, struct netd_place place)
{
	struct netd_ifaddr *a;

	if (has_address(&out->objects, link, prefix))
		return 0;
	a = netd_array_add(&out->addrs, &out->addr_count, sizeof(*a));
	if (!a)
		return -ENOMEM;
	netd_copy(a->link, link);
	a->prefix = *prefix;
	a->protocol = NETD_PROTOCOL;
	a->place = place;
	netd_copy(a->owner, owner);
	return 0;
}

int netd_desired_outside_address(struct netd_desired *out, const char *owner,
				 const char *link, const struct netd_addr *addr,
				 struct netd_place place)
{
	struct netd_prefix prefix = {*addr, (uint8_t)netd_addr_bits(addr)};
	size_t before = out->addr_count;
	int r = netd_desired_address(out, owner, link, &prefix, place);

	if (out->addr_count > before)
		out->addrs[before].no_source = addr->family == AF_INET6;
	return r;
}

static int add_pool(struct netd_desired *out, const struct netd_topology *t,
		    const char *owner, const char *what, const struct netd_nat *nat,
		    const struct netd_addr_range *pool, struct netd_error *err)
{
	struct netd_addr a = pool->first;

	if (!a.family || !nat->on[0])
		return 0;
	for (int i = 0; i < POOL_MAX; i++, a = netd_addr_offset(&a, 1)) {
		int r = netd_desired_outside_address(out, owner, nat->on, &a,
						     nat->on_place);

		if (r < 0 || netd_addr_equal(&a, &pool->last))
			return r;
	}
	return netd_topology_error(
		t, err, nat->place,
		"%s: a source pool of more than %d addresses cannot be added to %s", what,
		POOL_MAX, nat->on);
}

int netd_desired_pools(struct netd_desired *out, const struct netd_topology *t,
		       const char *owner, const char *what, const struct netd_nat *nat,
		       struct netd_error *err)
{
	int r = add_pool(out, t, owner, what, nat, &nat->source4, err);

	if (r)
		return r;
	return add_pool(out, t, owner, what, nat, &nat->source6, err);
}
