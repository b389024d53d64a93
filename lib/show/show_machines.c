// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of machines: what is reserved for them, and what they have leased. */
#include "show/show_machines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "observe/leases.h"
#include "base/array.h"
#include "base/cleanup.h"

const struct netd_column netd_machine_columns[NETD_MACHINE_COLUMNS] = {
	{"MACHINE", "machine", NETD_COLUMN_TEXT},
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"MAC", "mac", NETD_COLUMN_TEXT},
	{"ADDRESSES", "addresses", NETD_COLUMN_LIST},
	{"LEASED", "leased", NETD_COLUMN_LIST},
	{NULL, "chosen", NETD_COLUMN_FLAG},
};

/* All leases of a topology. */
struct known {
	const struct netd_store *store;
	struct netd_lease *leases;
	const struct netd_machine **machines; /* beside leases; NULL: nobody's */
	size_t count, machine_count;
};

static void known_done(struct known *k)
{
	free(k->leases);
	free(k->machines);
}

/* Who may not read them (all but root) sees none. */
static int collect(const struct netd_network *n, const char *service, void *data,
		   struct netd_error *err)
{
	netd_auto_free struct netd_lease *leases = NULL;
	struct known *k = data;
	size_t count = 0;
	(void)err;
	if (netd_lease_read(k->store, service, &leases, &count, NULL) < 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const struct netd_machine **machine =
			netd_array_add(&k->machines, &k->machine_count, sizeof(*machine));
		struct netd_lease *lease;

		if (!machine)
			return -ENOMEM;
		lease = netd_array_add(&k->leases, &k->count, sizeof(*lease));
		if (!lease)
			return -ENOMEM;
		*lease = leases[i];
		*machine = netd_lease_machine(n, lease);
	}
	return 0;
}

static void add_addresses(const struct netd_machine *m, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	char address[NETD_ADDR_TEXT];

	if (m->address4.family)
		netd_str_add(&text, netd_addr_format(&m->address4, address));
	if (m->address6.family) {
		netd_str_next(&text, " ");
		netd_str_add(&text, netd_addr_format(&m->address6, address));
	}
	netd_table_add_text(table, netd_str_text(&text));
}

static void add_leased(const struct netd_machine *m, const struct known *k,
		       struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	for (size_t i = 0; i < k->count; i++) {
		char address[NETD_ADDR_TEXT];

		if (k->machines[i] != m)
			continue;
		netd_str_next(&text, " ");
		netd_str_add(&text, netd_addr_format(&k->leases[i].address, address));
	}
	netd_table_add_text(table, netd_str_text(&text));
}

static void add_machines(const struct netd_network *n, const struct known *k,
			 struct netd_table *table)
{
	for (size_t i = 0; i < n->machine_count; i++) {
		const struct netd_machine *m = &n->machines[i];
		const struct netd_mac *mac = NULL;

		if (m->has_mac)
			mac = &m->mac;
		netd_table_add_text(table, m->name);
		netd_table_add_text(table, n->name);
		netd_table_add_mac(table, mac);
		add_addresses(m, table);
		add_leased(m, k, table);
		netd_table_add_flag(table, m->chosen4 || m->chosen6);
	}
}

void netd_show_machines(const struct netd_scene *scene, struct netd_table *table)
{
	for (size_t i = 0; i < scene->running_count; i++) {
		netd_auto(known_done) struct known k = {.store = &scene->netd->store};
		const struct netd_topology *t = scene->running[i];

		if (netd_lease_services(t, collect, &k, NULL) < 0)
			table->failed = true;
		for (size_t j = 0; j < t->network_count; j++)
			if (!scene->network ||
			    strcmp(scene->network, t->networks[j].name) == 0)
				add_machines(&t->networks[j], &k, table);
	}
}
