// SPDX-License-Identifier: GPL-2.0-or-later
/* Machines: MACs and addresses that a guest can have, each given once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/check.h"

/*
 * An address that a machine claims.  Subnets do not overlap, so it is unique in the whole
 * topology; only where the host has no address, a network is a world of its own.
 */
struct claim {
	const struct netd_network *world; /* NULL: the host's */
	struct netd_addr addr;
	const struct netd_machine *machine;
	struct netd_place place;
};

struct claims {
	struct claim *items;
	size_t count;
};

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = netd_addr_compare(&x->addr, &y->addr);

	if (order == 0 && x->world != y->world)
		return x->world < y->world ? -1 : 1;
	return order ? order : netd_place_compare(&x->place, &y->place);
}

static int compare_macs(const void *a, const void *b)
{
	const struct netd_machine *x = *(const struct netd_machine *const *)a;
	const struct netd_machine *y = *(const struct netd_machine *const *)b;
	int order = memcmp(&x->mac, &y->mac, sizeof(x->mac));

	return order ? order : netd_place_compare(&x->place, &y->place);
}

static void check_mac(struct netd_topology *t, const struct netd_network *n,
		      const struct netd_machine *m, struct netd_error *err)
{
	const char *problem = netd_check_mac(&m->mac);
	char text[NETD_MAC_TEXT];

	if (!problem && n->has_mac && memcmp(&n->mac, &m->mac, sizeof(m->mac)) == 0)
		problem = "is the bridge's own";
	if (problem)
		netd_topology_error(t, err, m->mac_place, "MAC address %s %s",
				    netd_mac_format(&m->mac, text), problem);
}

/* Within one network only: guests on two of them may share a MAC. */
static int check_macs(struct netd_topology *t, const struct netd_network *n,
		      struct netd_error *err)
{
	const struct netd_machine **list = calloc(n->machine_count + 1, sizeof(*list));
	size_t count = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < n->machine_count; i++) {
		if (!n->machines[i].has_mac)
			continue;
		check_mac(t, n, &n->machines[i], err);
		list[count++] = &n->machines[i];
	}
	qsort(list, count, sizeof(*list), compare_macs);
	for (size_t i = 1; i < count; i++) {
		char text[NETD_MAC_TEXT], line[NETD_LINE_TEXT];

		if (memcmp(&list[i - 1]->mac, &list[i]->mac, sizeof(list[i]->mac)) != 0)
			continue;
		netd_topology_error(t, err, list[i]->mac_place,
				    "MAC address %s is already that of machine \"%s\"%s",
				    netd_mac_format(&list[i]->mac, text),
				    list[i - 1]->name,
				    netd_place_line(&list[i - 1]->mac_place, line));
	}
	free(list);
	return 0;
}

static void check_address(struct netd_topology *t, const struct netd_network *n,
			  const struct netd_addr *a, struct netd_place place,
			  struct netd_error *err)
{
	const struct netd_prefix *subnet = netd_check_subnet(n, a);
	const char *problem = netd_check_host_address(a);
	char text[NETD_ADDR_TEXT], own[NETD_PREFIX_TEXT];

	if (!problem && subnet)
		problem = netd_check_subnet_address(subnet, a);
	if (!problem && subnet && netd_addr_equal(&subnet->addr, a))
		problem = "is the bridge's own";
	if (problem) {
		netd_topology_error(t, err, place, "address %s %s",
				    netd_addr_format(a, text), problem);
		return;
	}
	if (subnet || n->partial || n->address_count == 0)
		return;
	netd_topology_error(t, err, place, "address %s is outside of network \"%s\"",
			    netd_addr_format(a, text), n->name);
	netd_error_hint(err, "the network's subnet is that of %s%s",
			netd_prefix_format(&n->addresses[0], own),
			n->address_count > 1 ? " (and others)" : "");
}

static int claim(struct netd_topology *t, const struct netd_network *n,
		 const struct netd_machine *m, const struct netd_addr *a,
		 struct netd_place place, struct claims *claims, struct netd_error *err)
{
	struct claim *c;

	if (!a->family)
		return 0;
	check_address(t, n, a, place, err);
	c = netd_array_add(&claims->items, &claims->count, sizeof(*c));
	if (!c)
		return -ENOMEM;
	*c = (struct claim){n->address_count ? NULL : n, *a, m, place};
	return 0;
}

static int claim_all(struct netd_topology *t, const struct netd_network *n,
		     struct claims *claims, struct netd_error *err)
{
	int r = check_macs(t, n, err);

	for (size_t i = 0; i < n->machine_count && r == 0; i++) {
		const struct netd_machine *m = &n->machines[i];

		r = claim(t, n, m, &m->address4, m->address4_place, claims, err);
		if (r == 0)
			r = claim(t, n, m, &m->address6, m->address6_place, claims, err);
	}
	return r;
}

int netd_check_machines(struct netd_topology *t, struct netd_error *err)
{
	struct claims claims = {0};
	int r = 0;

	for (size_t i = 0; i < t->network_count && r == 0; i++)
		r = claim_all(t, &t->networks[i], &claims, err);
	if (r == 0 && claims.count)
		qsort(claims.items, claims.count, sizeof(*claims.items), compare_claims);
	for (size_t i = 1; i < claims.count && r == 0; i++) {
		const struct claim *first = &claims.items[i - 1], *c = &claims.items[i];
		char text[NETD_ADDR_TEXT], line[NETD_LINE_TEXT];

		if (first->world != c->world || !netd_addr_equal(&first->addr, &c->addr))
			continue;
		netd_topology_error(t, err, c->place,
				    "address %s is already that of machine \"%s\"%s",
				    netd_addr_format(&c->addr, text),
				    first->machine->name,
				    netd_place_line(&first->place, line));
	}
	free(claims.items);
	return r;
}
