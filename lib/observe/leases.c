// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has which address of which network. */
#include "observe/leases.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/context.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/process.h"

#define LEASES_MAX (64UL << 20)

/*
 * The services that run
 */

static int visit_node(const struct netd_topology *t, const struct netd_node *node,
		      netd_lease_visit visit, void *data, struct netd_error *err)
{
	for (size_t i = 0; i < node->interface_count; i++) {
		const struct netd_node_interface *in = &node->interfaces[i];
		const struct netd_network *n = netd_topology_network(t, in->network);
		char service[NETD_SERVICE_NAME];
		int r;

		if (!n || !in->dhcp.enabled)
			continue;
		snprintf(service, sizeof(service), "%s.%s", node->name, in->name);
		r = visit(n, service, data, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_lease_services(const struct netd_topology *t, netd_lease_visit visit, void *data,
			struct netd_error *err)
{
	int r;

	for (size_t i = 0; i < t->network_count; i++) {
		if (!t->networks[i].dhcp.enabled)
			continue;
		r = visit(&t->networks[i], t->networks[i].name, data, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < t->node_count; i++) {
		r = visit_node(t, &t->nodes[i], visit, data, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* *@text stays NULL if there is no such file. */
static int read_leases(const struct netd_store *store, const char *path,
		       const char *service, char **text, struct netd_error *err)
{
	int r;

	if (faccessat(store->fd, path, R_OK, 0) == 0) {
		r = netd_file_read(store->fd, path, LEASES_MAX, text, NULL, err);
	} else {
		r = -errno;
		if (r == -EACCES) {
			netd_error_add(err, r, "cannot read the leases of %s: %s",
				       service, strerror(-r));
			netd_error_hint(err, "run as root");
		}
	}
	if (r == -ENOENT)
		return 0;
	return r;
}

int netd_lease_read(const struct netd_store *store, const char *service,
		    struct netd_lease **leases, size_t *count, struct netd_error *err)
{
	char path[PATH_MAX];
	netd_auto_free char *text = NULL;
	struct netd_lease *all = NULL;
	size_t all_count = 0, kept = 0;
	int64_t now = time(NULL);
	int r;

	snprintf(path, sizeof(path), "dhcp/%s/" NETD_DNSMASQ_LEASES, service);
	r = read_leases(store, path, service, &text, err);
	if (r < 0 || !text)
		return r;
	r = netd_leases_parse(text, &all, &all_count);
	if (r < 0) {
		free(all);
		return netd_error_no_memory(err);
	}
	/* dnsmasq drops leases that have ended only when it next writes the file */
	for (size_t i = 0; i < all_count; i++)
		if (!all[i].expires || all[i].expires > now)
			all[kept++] = all[i];
	*leases = all;
	*count = kept;
	return 0;
}

static bool is_lease_of(const struct netd_lease *lease, const struct netd_machine *m)
{
	if (lease->has_mac && m->has_mac)
		return memcmp(&m->mac, &lease->mac, sizeof(m->mac)) == 0;
	return netd_addr_equal(&m->address4, &lease->address) ||
	       netd_addr_equal(&m->address6, &lease->address);
}

const struct netd_machine *netd_lease_machine(const struct netd_network *n,
					      const struct netd_lease *lease)
{
	for (size_t i = 0; i < n->machine_count; i++)
		if (is_lease_of(lease, &n->machines[i]))
			return &n->machines[i];
	return NULL;
}
