// SPDX-License-Identifier: GPL-2.0-or-later
/* Services that run on although their directories are gone. */
#include "observe/orphans.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "observe/services.h"
#include "base/array.h"
#include "base/str.h"
#include "dhcp/process.h"
#include "host/netns.h"
#include "plan/seen.h"
#include "kind/kind.h"

/*
 * Theory of operation.  The files of a service say whose it is and where it runs.  If
 * they are gone, its name tells: that of a network, whose bridge bears our mark, or
 * ROUTER.INTERFACE, of a namespace that bears it.  This looks at all processes, so it is
 * done only if there are marked objects without a record.
 */
struct search {
	const char *topology;
	struct netd_state *host;
};

static bool is_known(const struct netd_state *host, const char *name)
{
	for (size_t i = 0; i < host->service_count; i++)
		if (strcmp(host->services[i].name, name) == 0)
			return true;
	return false;
}

static bool on_network(const struct search *s, const char *name, struct netd_service *out)
{
	snprintf(out->owner, sizeof(out->owner), "%s/%s", s->topology, name);
	for (size_t i = 0; i < s->host->link_count; i++) {
		const struct netd_link *link = &s->host->links[i];
		const char *owner = netd_link_owner(link);

		if (!netd_kind_of(link)->is_network || !netd_link_is_ours(link) ||
		    !owner || strcmp(owner, out->owner) != 0)
			continue;
		netd_copy(out->link, link->name);
		return true;
	}
	return false;
}

static const struct netd_state *in_router(const struct search *s, const char *name,
					  struct netd_service *out)
{
	for (size_t i = 0; i < s->host->space_count; i++) {
		const struct netd_state *space = &s->host->spaces[i];
		size_t length = strlen(space->space);

		if (!space->alive || !netd_owner_is(space->owner, s->topology) ||
		    strncmp(name, space->space, length) != 0 || name[length] != '.' ||
		    !netd_copy(out->link, name + length + 1))
			continue;
		netd_copy(out->owner, space->owner);
		return space;
	}
	return NULL;
}

static int visit(pid_t pid, const char *name, void *data)
{
	struct search *s = data;
	struct netd_service found = {.running = true}, *slot;
	const struct netd_state *space;
	ino_t home = netd_netns_inode(NULL), there = 0;

	if (is_known(s->host, name) || !netd_copy(found.name, name))
		return 0;
	space = in_router(s, name, &found);
	if (!space && !on_network(s, name, &found))
		return 0;
	if (space)
		home = space->inode;
	if (netd_dnsmasq_space(pid, &there) == 0 && there != home)
		return 0; /* a process that we may not look into counts as being there */
	slot = netd_array_add(&s->host->services, &s->host->service_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	found.config = strdup("");
	found.reserved = strdup("");
	found.names = strdup("");
	*slot = found;
	if (!found.config || !found.reserved || !found.names)
		return -ENOMEM;
	return 0;
}

int netd_orphans_observe(const struct netd *netd, const char *topology,
			 struct netd_state *host)
{
	struct search s = {topology, host};
	char parent[PATH_MAX];

	if (!netd_seen_is(host, topology) ||
	    netd_services_directory(netd, "", parent, sizeof(parent)) < 0)
		return 0;
	parent[strlen(parent) - 1] = '\0'; /* the slash */
	return netd_dnsmasq_each(parent, visit, &s);
}
