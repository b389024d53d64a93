// SPDX-License-Identifier: GPL-2.0-or-later
/* Leases that are ended by hand. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/context.h"
#include "observe/leases.h"
#include "observe/services.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "dhcp/forget.h"
#include "dhcp/guard.h"
#include "netd.h"
#include "base/table.h"

static const struct netd_column columns[] = {
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"NAME", "name", NETD_COLUMN_TEXT},
	{"ADDRESS", "address", NETD_COLUMN_TEXT},
	{"MAC", "mac", NETD_COLUMN_TEXT},
};

/* Whose: an address, a MAC, or a name. */
struct release {
	struct netd *netd;
	const char *network, *who;
	struct netd_addr address; /* family 0: none was given */
	bool has_mac;
	struct netd_mac mac;
	const struct netd_network *n; /* that is looked at; NULL: it does not run */
	bool serves;		      /* somebody serves DHCP on it */
	struct netd_table table;      /* of what was released */
};

static bool is_machine(const struct netd_network *n, const char *name)
{
	for (size_t i = 0; i < n->machine_count; i++)
		if (n->machines[i].has_mac && strcasecmp(n->machines[i].name, name) == 0)
			return true;
	return false;
}

/* By a machine's name, that machine is meant, and not who calls itself so. */
static bool is_meant(const struct netd_lease *lease, void *data)
{
	const struct release *r = data;
	const struct netd_machine *m;

	if (r->address.family)
		return netd_addr_equal(&lease->address, &r->address);
	if (r->has_mac)
		return lease->has_mac &&
		       memcmp(&lease->mac, &r->mac, sizeof(r->mac)) == 0;
	m = netd_lease_machine(r->n, lease);
	if (m)
		return strcasecmp(m->name, r->who) == 0;
	return !is_machine(r->n, r->who) && strcasecmp(lease->host, r->who) == 0;
}

static void add_row(struct release *r, const struct netd_lease *lease)
{
	const struct netd_machine *m = netd_lease_machine(r->n, lease);
	const struct netd_mac *mac = NULL;
	const char *name = lease->host;

	if (m)
		name = m->name;
	if (lease->has_mac)
		mac = &lease->mac;
	netd_table_add_text(&r->table, r->n->name);
	netd_table_add_text(&r->table, name);
	netd_table_add_addr(&r->table, &lease->address);
	netd_table_add_mac(&r->table, mac);
}

static int release_of(const struct netd_network *n, const char *service, void *data,
		      struct netd_error *err)
{
	netd_auto_free struct netd_lease *leases = NULL;
	struct release *r = data;
	size_t count = 0, before = r->table.cell_count;
	char directory[PATH_MAX];
	int result;

	if (strcmp(n->name, r->network) != 0)
		return 0;
	r->serves = true;
	result = netd_lease_read(&r->netd->store, service, &leases, &count, err);
	if (result < 0)
		return result;
	for (size_t i = 0; i < count; i++)
		if (is_meant(&leases[i], r))
			add_row(r, &leases[i]);
	if (r->table.cell_count == before)
		return 0;
	result = netd_services_directory(r->netd, service, directory, sizeof(directory));
	if (result < 0)
		return netd_error_add(err, result, "dhcp %s: no directory in %s", service,
				      r->netd->state_dir);
	return netd_dnsmasq_forget(&(struct netd_dnsmasq){.name = service,
							  .directory = directory,
							  .guard = r->netd->watchdog,
							  .space = -1},
				   is_meant, r, err);
}

static int release_in(struct release *r, const struct netd_topology *t,
		      struct netd_error *err)
{
	const struct netd_network *n = netd_topology_network(t, r->network);

	if (!n)
		return 0;
	r->n = n;
	return netd_lease_services(t, release_of, r, err);
}

/* Why nothing was released. */
static int explain(const struct release *r, struct netd_error *err)
{
	if (!r->n) {
		netd_error_add(err, -ENOENT, "network %s is not running", r->network);
		netd_error_hint(err, "`netdctl network list` shows those that are");
	} else if (!r->serves) {
		netd_error_add(err, -ENOENT, "network %s has no DHCP", r->network);
	} else {
		netd_error_add(err, -ENOENT, "nobody has a lease of \"%s\" on network %s",
			       r->who, r->network);
		netd_error_hint(err, "`netdctl leases %s` shows those that there are",
				r->network);
	}
	return -ENOENT;
}

static int release(struct release *r, struct netd_error *err)
{
	netd_auto(netd_topologies_done) struct netd_topologies running = {0};
	int result = netd_store_load_all(&r->netd->store, &running, err);

	if (result < 0)
		return result;
	for (size_t i = 0; i < running.count; i++) {
		result = release_in(r, running.items[i], err);
		if (result < 0)
			return result;
	}
	if (!r->table.cell_count)
		return explain(r, err);
	return 0;
}

static void release_done(struct release *r)
{
	netd_table_done(&r->table);
}

int netd_lease_release(struct netd *netd, const char *network, const char *who,
		       struct netd_table **out, struct netd_error *err)
{
	netd_auto(release_done) struct release r = {
		.netd = netd,
		.network = network,
		.who = who,
		.table = {.columns = columns, .column_count = NETD_ARRAY_SIZE(columns)}};
	int result = netd_context_open(netd, true, err);

	if (result < 0)
		return result;
	if (netd_addr_parse(who, &r.address) < 0)
		r.has_mac = netd_mac_parse(who, &r.mac) == 0;
	result = release(&r, err);
	if (result < 0)
		return result;
	return netd_table_hand_over(&r.table, out, err);
}

int netd_guard(const char *directory, const char *link, int pid)
{
	return netd_guard_run(directory, link, pid);
}
