// SPDX-License-Identifier: GPL-2.0-or-later
/* Which address a machine without one gets: what it had, and nobody else has now. */
#include "observe/choose_addresses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "store/choices.h"
#include "observe/leases.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "rtnl/neighbour.h"

/*
 * Theory of operation.  The check of a topology knows nothing of the host: it gives a
 * machine the address that a hash of the names points at, which a running guest may have.
 * So before a plan is made, the addresses of new machines are compared with the leases
 * and the kernel's neighbours, and the check is repeated without those that are in use.
 * An address that differs from what the file alone would give is kept from then on in the
 * state of the topology, so that the next plan is empty.
 */

static const int families[] = {AF_INET, AF_INET6};

/*
 * Who has what
 */

struct user {
	const struct netd_network *network;
	struct netd_addr address;
	bool has_mac;
	struct netd_mac mac;
	char host[NETD_DOMAIN];
	bool leased;
};

struct users {
	struct netd *netd;
	const struct netd_topology *t;
	struct user *items;
	size_t count;
};

static int add_user(struct users *u, const struct user *one)
{
	struct user *slot = netd_array_add(&u->items, &u->count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *one;
	return 0;
}

/* True if @u is the machine @m: by its MAC, or, if @m has none, by its name. */
static bool is_machine(const struct user *u, const struct netd_machine *m)
{
	if (m->has_mac)
		return u->has_mac && memcmp(&u->mac, &m->mac, sizeof(m->mac)) == 0;
	return strcasecmp(u->host, m->name) == 0;
}

static int add_leases(const struct netd_network *n, const char *service, void *data,
		      struct netd_error *err)
{
	netd_auto_free struct netd_lease *leases = NULL;
	struct users *u = data;
	size_t count = 0;

	/* only root may read leases; other users plan without them */
	if (netd_lease_read(&u->netd->store, service, &leases, &count, NULL) == -ENOMEM)
		return netd_error_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct user one = {.network = n,
				   .address = leases[i].address,
				   .has_mac = leases[i].has_mac,
				   .mac = leases[i].mac,
				   .leased = true};

		netd_copy(one.host, leases[i].host);
		if (add_user(u, &one) < 0)
			return netd_error_no_memory(err);
	}
	return 0;
}

/* A link that is not there yet has no neighbours; one that cannot be read is skipped. */
static int add_neighbours(struct users *u, const struct netd_network *n,
			  const char *space, const char *link)
{
	netd_auto_free struct netd_neighbour *list = NULL;
	size_t count = 0;

	if (u->netd->ops->observe_neighbours(u->netd, space, link, &list, &count) < 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (add_user(u, &(struct user){.network = n,
					       .address = list[i].address,
					       .has_mac = true,
					       .mac = list[i].mac}) < 0)
			return -ENOMEM;
	return 0;
}

static int add_router_neighbours(struct users *u, const struct netd_node *node)
{
	for (size_t i = 0; i < node->interface_count; i++) {
		const struct netd_node_interface *in = &node->interfaces[i];
		const struct netd_network *n = netd_topology_network(u->t, in->network);

		if (n && in->dhcp.enabled &&
		    add_neighbours(u, n, node->name, in->name) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int find_users(struct users *u, struct netd_error *err)
{
	int r = netd_lease_services(u->t, add_leases, u, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < u->t->network_count; i++) {
		const struct netd_network *n = &u->t->networks[i];

		if (n->dhcp.enabled && add_neighbours(u, n, "", n->bridge) < 0)
			return netd_error_no_memory(err);
	}
	for (size_t i = 0; i < u->t->node_count; i++)
		if (add_router_neighbours(u, &u->t->nodes[i]) < 0)
			return netd_error_no_memory(err);
	return 0;
}

/* For the check, which works on a copy of the topology: so networks are told by name. */
static bool is_held(const struct netd_network *n, const struct netd_machine *m,
		    const struct netd_addr *a, void *data)
{
	const struct users *u = data;

	for (size_t i = 0; i < u->count; i++)
		if (netd_addr_equal(&u->items[i].address, a) &&
		    strcmp(u->items[i].network->name, n->name) == 0 &&
		    !is_machine(&u->items[i], m))
			return true;
	return false;
}

/*
 * Deciding
 */

/* The address of that family that the machine has in @previous (may be NULL), or NULL. */
static const struct netd_addr *previous_address(const struct netd_topology *previous,
						const char *network, const char *machine,
						int family)
{
	const struct netd_network *n = NULL;
	const struct netd_machine *m = NULL;
	const struct netd_addr *a;

	if (previous)
		n = netd_topology_network(previous, network);
	if (n)
		m = netd_network_machine(n, machine);
	if (!m)
		return NULL;
	a = &m->address4;
	if (family == AF_INET6)
		a = &m->address6;
	if (a->family)
		return a;
	return NULL;
}

/* The address of that family that the machine has leased, or NULL. */
static const struct netd_addr *leased_address(const struct users *u,
					      const struct netd_network *n,
					      const struct netd_machine *m, int family)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->items[i].leased && u->items[i].address.family == family &&
		    strcmp(u->items[i].network->name, n->name) == 0 &&
		    is_machine(&u->items[i], m))
			return &u->items[i].address;
	return NULL;
}

/* Calls @visit for each address that was chosen; stops at the first that returns true. */
static bool each_chosen(struct netd_topology *t,
			bool (*visit)(struct netd_network *n, struct netd_machine *m,
				      int family, void *data),
			void *data)
{
	for (size_t i = 0; i < t->network_count; i++)
		for (size_t j = 0; j < t->networks[i].machine_count; j++)
			for (size_t f = 0; f < NETD_ARRAY_SIZE(families); f++) {
				struct netd_machine *m = &t->networks[i].machines[j];

				if (netd_choice_made(m, families[f]) &&
				    visit(&t->networks[i], m, families[f], data))
					return true;
			}
	return false;
}

struct decision {
	const struct netd_topology *previous;
	struct users users;
};

/* True if the machine had no address before; one that had keeps it. */
static bool is_new(struct netd_network *n, struct netd_machine *m, int family, void *data)
{
	const struct decision *d = data;

	return !previous_address(d->previous, n->name, m->name, family);
}

/* The address that it had, or has leased; NULL: the file's, unless another guest has it.
 */
static const struct netd_addr *wanted(const struct decision *d,
				      const struct netd_network *n,
				      const struct netd_machine *m, int family)
{
	const struct netd_addr *a =
		previous_address(d->previous, n->name, m->name, family);

	if (a)
		return a;
	return leased_address(&d->users, n, m, family);
}

static bool is_wrong(struct netd_network *n, struct netd_machine *m, int family,
		     void *data)
{
	struct decision *d = data;
	const struct netd_addr *is = netd_choice_made(m, family);
	const struct netd_addr *want = wanted(d, n, m, family);

	if (want)
		return !netd_addr_equal(want, is);
	return is_held(n, m, is, &d->users);
}

static bool decide(struct netd_network *n, struct netd_machine *m, int family, void *data)
{
	const struct netd_addr *want = wanted(data, n, m, family);

	/* where the file alone gives the same, the state need not say it */
	if (want && !netd_addr_equal(want, netd_choice_made(m, family)))
		*netd_choice_kept(m, family) = *want;
	return false;
}

/* Keeps an address that differs because the check gave the usual one to another machine.
 */
static bool keep_moved(struct netd_network *n, struct netd_machine *m, int family,
		       void *data)
{
	const struct netd_topology *plain = data;
	const struct netd_addr *was = previous_address(plain, n->name, m->name, family);
	const struct netd_addr *is = netd_choice_made(m, family);

	if (was && !netd_addr_equal(was, is))
		*netd_choice_kept(m, family) = *is;
	return false;
}

static void decision_done(struct decision *d)
{
	free(d->users.items);
}

int netd_choose_addresses(struct netd *netd, const struct netd_topology *t,
			  const struct netd_topology *previous,
			  struct netd_topology **out, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *copy = NULL;
	netd_auto(decision_done) struct decision d = {.previous = previous,
						      .users = {.netd = netd, .t = t}};
	struct netd_topology *plain =
		(struct netd_topology *)(uintptr_t)t; /* only read */
	int r;

	if (netd->store.fd >= 0 && each_chosen(plain, is_new, &d)) {
		r = find_users(&d.users, err);
		if (r < 0)
			return r;
	}
	if (!each_chosen(plain, is_wrong, &d))
		return 0;
	copy = netd_topology_copy(t);
	if (!copy)
		return netd_error_no_memory(err);
	each_chosen(copy, decide, &d);
	r = netd_topology_check_among(copy, is_held, &d.users, err);
	if (r < 0)
		return r;
	each_chosen(copy, keep_moved, plain);
	*out = netd_take(copy);
	return 0;
}
