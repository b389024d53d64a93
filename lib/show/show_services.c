// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of DHCP and DNS servers: what they serve, and whether they run. */
#include "show/show_services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observe/leases.h"
#include "observe/services.h"
#include "base/cleanup.h"
#include "dhcp/process.h"

const struct netd_column netd_service_columns[NETD_SERVICE_COLUMNS] = {
	{"SERVICE", "service", NETD_COLUMN_TEXT},
	{"TOPOLOGY", "topology", NETD_COLUMN_TEXT},
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"ON", "interface", NETD_COLUMN_TEXT},
	{"STATE", "state", NETD_COLUMN_TEXT},
	{"SERVES", "serves", NETD_COLUMN_LIST},
	{"DOMAIN", "domain", NETD_COLUMN_TEXT},
	{"LEASES", "leases", NETD_COLUMN_OPTIONAL},
	{NULL, "said", NETD_COLUMN_TEXT}, /* the last words of a dead one */
};

/* One that a topology asks for. */
struct wanted {
	char name[NETD_SERVICE_NAME];
	const char *topology, *network, *link;
	const struct netd_dhcp *dhcp;
	const struct netd_dns *dns;
};

struct fill {
	const struct netd_scene *scene;
	struct netd_state observed; /* services alone */
	bool unknown;		    /* they could not be read */
	struct netd_table *table;
};

static const struct netd_service *find(const struct netd_state *s, const char *name)
{
	for (size_t i = 0; i < s->service_count; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

static void add_leases(const struct netd_scene *scene, const char *service,
		       struct netd_table *table)
{
	netd_auto_free struct netd_lease *leases = NULL;
	size_t count = 0;

	if (netd_lease_read(&scene->netd->store, service, &leases, &count, NULL) < 0)
		netd_table_add_text(table, ""); /* how many is not for the caller */
	else
		netd_table_add_number(table, count);
}

/* Its files are for root and dnsmasq; its command line, in most cases, for everybody. */
static const char *state_of_unread(const struct fill *f, const char *service)
{
	char directory[PATH_MAX];
	pid_t pid = 0;

	if (netd_services_directory(f->scene->netd, service, directory,
				    sizeof(directory)) == 0)
		pid = netd_dnsmasq_pid(directory);
	if (pid < 0)
		return "unknown";
	if (pid)
		return "up";
	return "dead";
}

static const char *state_of(const struct fill *f, const struct netd_service *s,
			    const char *name)
{
	if (f->unknown || (s && s->hidden))
		return "unknown";
	if (!s)
		return state_of_unread(f, name);
	if (s->running)
		return "up";
	return "dead";
}

static const char *served_by(const struct wanted *w)
{
	if (!w->dns->enabled)
		return "dhcp";
	if (!w->dhcp->enabled)
		return "dns";
	return "dhcp dns";
}

static void add_row(struct fill *f, const struct wanted *w)
{
	const struct netd_service *s = find(&f->observed, w->name);
	const char *domain = "", *last_words = "";

	if ((!w->dhcp->enabled && !w->dns->enabled) ||
	    (f->scene->network && strcmp(f->scene->network, w->network) != 0))
		return;
	if (w->dns->enabled)
		domain = w->dns->domain;
	if (s && !s->running)
		last_words = s->last_words;
	netd_table_add_text(f->table, w->name);
	netd_table_add_text(f->table, w->topology);
	netd_table_add_text(f->table, w->network);
	netd_table_add_text(f->table, w->link);
	netd_table_add_text(f->table, state_of(f, s, w->name));
	netd_table_add_text(f->table, served_by(w));
	netd_table_add_text(f->table, domain);
	add_leases(f->scene, w->name, f->table);
	netd_table_add_text(f->table, last_words);
}

static void add_network(struct fill *f, const struct netd_topology *t,
			const struct netd_network *n)
{
	struct wanted w = {.topology = t->name,
			   .network = n->name,
			   .link = n->bridge,
			   .dhcp = &n->dhcp,
			   .dns = &n->dns};

	snprintf(w.name, sizeof(w.name), "%s", n->name);
	add_row(f, &w);
}

static void add_node(struct fill *f, const struct netd_topology *t,
		     const struct netd_node *n)
{
	for (size_t i = 0; i < n->interface_count; i++) {
		const struct netd_node_interface *in = &n->interfaces[i];
		struct wanted w = {.topology = t->name,
				   .network = in->network,
				   .link = in->name,
				   .dhcp = &in->dhcp,
				   .dns = &in->dns};

		snprintf(w.name, sizeof(w.name), "%s.%s", n->name, in->name);
		add_row(f, &w);
	}
}

void netd_show_services(const struct netd_scene *scene, struct netd_table *table)
{
	struct fill f = {.scene = scene, .table = table};

	if (scene->netd->store.fd < 0)
		return; /* nothing ever ran */
	f.unknown = netd_services_observe(scene->netd, &f.observed, NULL) < 0;
	for (size_t i = 0; i < scene->running_count; i++) {
		const struct netd_topology *t = scene->running[i];

		for (size_t j = 0; j < t->network_count; j++)
			add_network(&f, t, &t->networks[j]);
		for (size_t j = 0; j < t->node_count; j++)
			add_node(&f, t, &t->nodes[j]);
	}
	netd_state_done(&f.observed);
}
