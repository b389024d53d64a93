// SPDX-License-Identifier: GPL-2.0-or-later
/* Machines: MACs and addresses that a guest can have, and addresses for those without. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "model/added.h"
#include "check/check.h"
#include "base/range.h"

/*
 * Theory of operation.  A machine without an address gets one out of the range that its
 * network is served from: the one that a hash of its names points at, or the next that is
 * free.  Addresses that were written go first, then machines in the file's order.  So a
 * machine keeps its address whatever is added behind it, and mostly if something is added
 * elsewhere.  What it had where it runs it keeps for certain (store/choices.h), and gets
 * nothing that another guest has.
 */
#define POOL_MAX 65536

/* The ranges of one family in a row, and what of them is given away. */
struct pool {
	const struct netd_dhcp *dhcp;
	int family;
	uint32_t size;
	uint8_t *used; /* a bit for each */
	const struct netd_wiring *wiring;
};

static void check_address(struct netd_topology *t, const struct netd_junction *s,
			  const struct netd_addr *a, struct netd_place place,
			  struct netd_error *err)
{
	const struct netd_prefix *subnet = netd_junction_subnet(s, a), *any;
	const char *problem = netd_check_host_address(a), *others = "";
	char text[NETD_ADDR_TEXT], own[NETD_PREFIX_TEXT];

	if (!problem && subnet)
		problem = netd_check_subnet_address(subnet, a);
	if (problem) {
		netd_topology_error(t, err, place, "address %s %s",
				    netd_addr_format(a, text), problem);
		return;
	}
	any = netd_junction_any_subnet(s, a->family);
	if (!any && s->network->address_count)
		any = &s->network->addresses[0];
	if (subnet || s->network->partial || !any || netd_addr_is_link_local(a))
		return;
	netd_topology_error(t, err, place, "address %s is outside of network \"%s\"",
			    netd_addr_format(a, text), s->network->name);
	if (s->subnets[a->family == AF_INET6].count > 1)
		others = " (and others)";
	netd_error_hint(err, "the network's subnet is that of %s%s",
			netd_prefix_format(any, own), others);
}

static void check_machine(struct netd_topology *t, const struct netd_junction *s,
			  const struct netd_machine *m, struct netd_error *err)
{
	if (m->has_mac)
		netd_check_mac(t, &m->mac, m->mac_place, err);
	if (m->address4.family && !m->chosen4)
		check_address(t, s, &m->address4, m->address4_place, err);
	if (m->address6.family && !m->chosen6)
		check_address(t, s, &m->address6, m->address6_place, err);
}

static bool is_used(const struct pool *p, uint32_t i)
{
	return p->used[i / 8] >> i % 8 & 1;
}

/* The place of @a in the pool; false if it is not in it. */
static bool find(const struct pool *p, const struct netd_addr *a, uint32_t *out)
{
	uint32_t base = 0;

	for (size_t i = 0; i < p->dhcp->range_count && base < p->size; i++) {
		const struct netd_addr_range *r = &p->dhcp->ranges[i].range;
		uint32_t at;

		if (r->first.family != p->family)
			continue;
		at = netd_range_index(r, a);
		if (at < p->size - base) {
			*out = base + at;
			return true;
		}
		base += netd_range_size(r, p->size - base);
	}
	return false;
}

static void use(struct pool *p, const struct netd_addr *a)
{
	uint32_t at;

	if (find(p, a, &at))
		p->used[at / 8] |= (uint8_t)(1U << at % 8);
}

static struct netd_addr address_at(const struct pool *p, uint32_t number)
{
	for (size_t i = 0; i < p->dhcp->range_count; i++) {
		const struct netd_addr_range *r = &p->dhcp->ranges[i].range;
		uint32_t size;

		if (r->first.family != p->family)
			continue;
		size = netd_range_size(r, UINT32_MAX);
		if (number < size)
			return netd_addr_offset(&r->first, number);
		number -= size;
	}
	return (struct netd_addr){0};
}

static void count_pool(struct pool *p)
{
	for (size_t i = 0; i < p->dhcp->range_count; i++)
		if (p->dhcp->ranges[i].range.first.family == p->family)
			p->size += netd_range_size(&p->dhcp->ranges[i].range,
						   POOL_MAX - p->size);
}

static struct netd_addr *address_of(struct netd_machine *m, int family)
{
	if (family == AF_INET)
		return &m->address4;
	return &m->address6;
}

static bool *chosen_of(struct netd_machine *m, int family)
{
	if (family == AF_INET)
		return &m->chosen4;
	return &m->chosen6;
}

static const struct netd_addr *kept_of(const struct netd_machine *m, int family)
{
	if (family == AF_INET)
		return &m->kept4;
	return &m->kept6;
}

static void use_added(const struct netd_addr *a, void *data)
{
	use(data, a);
}

/* Addresses that others were written to have: machines, and nodes within a range. */
static void use_written(struct pool *p, const struct netd_junction *s)
{
	netd_network_each_added(p->wiring->t, s->network, use_added, p);
	for (size_t i = 0; i < s->network->machine_count; i++)
		use(p, address_of(&s->network->machines[i], p->family));
	for (size_t i = 0; i < s->network->address_count; i++)
		use(p, &s->network->addresses[i].addr);
	for (size_t i = 0; i < s->plugs.count; i++) {
		const struct netd_node_interface *f = s->plugs.items[i]->interface;

		for (size_t k = 0; k < f->address_count; k++)
			use(p, &f->addresses[k].addr);
	}
}

static bool is_held(const struct pool *p, const struct netd_network *n,
		    const struct netd_machine *m, const struct netd_addr *a)
{
	return p->wiring->held && p->wiring->held(n, m, a, p->wiring->held_data);
}

static void give(struct pool *p, struct netd_machine *m, const struct netd_addr *a)
{
	*address_of(m, p->family) = *a;
	*chosen_of(m, p->family) = true;
	use(p, a);
}

static void keep(struct pool *p, struct netd_machine *m)
{
	const struct netd_addr *a = kept_of(m, p->family);
	uint32_t at;

	if (!address_of(m, p->family)->family && find(p, a, &at) && !is_used(p, at))
		give(p, m, a);
}

static void choose(struct netd_topology *t, struct pool *p, const struct netd_network *n,
		   struct netd_machine *m, struct netd_error *err)
{
	uint64_t hash = netd_hash_text(NETD_HASH_START, t->name);
	uint32_t at;

	hash = netd_hash_text(netd_hash_text(hash, n->name), m->name);
	at = (uint32_t)((hash ^ hash >> 32) % p->size);
	for (uint32_t i = 0; i < p->size; i++, at = (at + 1) % p->size) {
		struct netd_addr a = address_at(p, at);

		if (is_used(p, at) || is_held(p, n, m, &a))
			continue;
		give(p, m, &a);
		return;
	}
	netd_topology_error(t, err, m->place,
			    "no address is left for machine \"%s\" in the DHCP range of "
			    "network \"%s\"",
			    m->name, n->name);
	netd_error_hint(err, "widen the range, or give it an address outside of it");
}

static bool lacks(const struct netd_network *n, int family)
{
	for (size_t i = 0; i < n->machine_count; i++)
		if (!address_of(&n->machines[i], family)->family)
			return true;
	return false;
}

static int choose_all(const struct netd_wiring *w, const struct netd_junction *s,
		      const struct netd_dhcp *dhcp, int family, struct netd_error *err)
{
	struct pool p = {.dhcp = dhcp, .family = family, .wiring = w};
	struct netd_network *n = s->network;

	count_pool(&p);
	if (p.size == 0 || !lacks(n, family))
		return 0;
	p.used = calloc(p.size / 8 + 1, 1);
	if (!p.used)
		return -ENOMEM;
	use_written(&p, s);
	for (size_t i = 0; i < n->machine_count; i++)
		keep(&p, &n->machines[i]);
	for (size_t i = 0; i < n->machine_count && !netd_problems_enough(err); i++)
		if (!address_of(&n->machines[i], family)->family)
			choose(w->t, &p, n, &n->machines[i], err);
	free(p.used);
	return 0;
}

static void forget_chosen(struct netd_machine *m)
{
	if (m->chosen4)
		m->address4 = (struct netd_addr){0};
	if (m->chosen6)
		m->address6 = (struct netd_addr){0};
	m->chosen4 = m->chosen6 = false;
}

/* What gives addresses on the network; NULL: nothing does. */
static const struct netd_dhcp *find_dhcp(const struct netd_junction *s)
{
	if (s->network->dhcp.enabled)
		return &s->network->dhcp;
	for (size_t i = 0; i < s->plugs.count; i++)
		if (s->plugs.items[i]->interface->dhcp.enabled)
			return &s->plugs.items[i]->interface->dhcp;
	return NULL;
}

static int check_junction(const struct netd_wiring *w, const struct netd_junction *s,
			  struct netd_error *err)
{
	const struct netd_dhcp *dhcp = find_dhcp(s);
	int r;

	for (size_t i = 0; i < s->network->machine_count; i++) {
		forget_chosen(&s->network->machines[i]);
		check_machine(w->t, s, &s->network->machines[i], err);
	}
	if (!dhcp)
		return 0;
	r = choose_all(w, s, dhcp, AF_INET, err);
	if (r < 0)
		return r;
	return choose_all(w, s, dhcp, AF_INET6, err);
}

int netd_check_machines(struct netd_topology *t, const struct netd_wiring *w,
			struct netd_error *err)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (check_junction(w, &w->junctions[i], err) < 0)
			return -ENOMEM;
	return 0;
}
