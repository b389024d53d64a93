// SPDX-License-Identifier: GPL-2.0-or-later
/* What the namespaces of routers and hosts have now. */
#include "observe/observe.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/home.h"
#include "host/resolv.h"
#include "host/space.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "ruleset/compile.h"
#include "ruleset/read.h"
#include "rtnl/address.h"
#include "kind/link.h"

#define RESOLV_DIRECTORY "/etc/netns"

/*
 * Theory of operation.  The namespaces that matter are known by name: those of the wanted
 * topology and of the one that runs, and others' namespaces that hold far ends of ports.
 * If there is no record of what runs, netd searches for what bears the topology's mark: a
 * namespace by its loopback, a leftover file by its content, a resolv.conf (which
 * outlives a reboot) by its first line.
 *
 * All namespaces are opened first, then the thread returns to its own, then they are read
 * through their sockets, which stay in their namespaces.
 */

static struct netd_scope_space *add_name(struct netd_scope *scope, const char *name,
					 bool firewall, bool serves)
{
	struct netd_scope_space *slot;

	for (size_t i = 0; i < scope->count; i++)
		if (strcmp(scope->spaces[i].name, name) == 0) {
			scope->spaces[i].firewall |= firewall;
			scope->spaces[i].serves |= serves;
			return &scope->spaces[i];
		}
	slot = netd_array_add(&scope->spaces, &scope->count, sizeof(*slot));
	if (!slot)
		return NULL;
	slot->firewall = firewall;
	slot->serves = serves;
	netd_copy(slot->name, name);
	return slot;
}

static int add_node(struct netd_scope *scope, const struct netd_topology *t,
		    const struct netd_node *n)
{
	netd_auto(netd_ruleset_done) struct netd_ruleset rules = {0};
	struct netd_scope_space *slot;

	/* other errors are reported when the rules are to be made */
	if (netd_ruleset_compile_node(t, n, &rules, NULL) == -ENOMEM)
		return -ENOMEM;
	slot = add_name(scope, n->name, rules.present || rules.admit_count,
			rules.admit_count != 0);
	if (!slot)
		return -ENOMEM;
	snprintf(slot->owner, sizeof(slot->owner), "%s/%s", t->name, n->name);
	return 0;
}

/* The namespaces that hold far ends of the network's ports; such a name may be too long.
 */
static int add_far_ends(struct netd_scope *scope, const struct netd_network *n)
{
	for (size_t i = 0; i < n->port_count; i++) {
		const char *far = n->ports[i].peer_namespace;

		if (*far && strlen(far) < NETD_NODE_NAME &&
		    !add_name(scope, far, false, false))
			return -ENOMEM;
	}
	return 0;
}

int netd_scope_add(struct netd_scope *scope, const struct netd_topology *t)
{
	for (size_t i = 0; t && i < t->network_count; i++)
		if (add_far_ends(scope, &t->networks[i]) < 0)
			return -ENOMEM;
	for (size_t i = 0; t && i < t->node_count; i++)
		if (add_node(scope, t, &t->nodes[i]) < 0)
			return -ENOMEM;
	return 0;
}

int netd_scope_add_names(struct netd_scope *scope, const struct netd_topology *t)
{
	for (size_t i = 0; i < t->node_count; i++)
		if (!add_name(scope, t->nodes[i].name, false, false))
			return -ENOMEM;
	return 0;
}

void netd_scope_done(struct netd_scope *scope)
{
	free(scope->spaces);
	*scope = (struct netd_scope){0};
}

static int compare_scope(const void *a, const void *b)
{
	return strcmp(((const struct netd_scope_space *)a)->name,
		      ((const struct netd_scope_space *)b)->name);
}

/*
 * Scanning
 */

static bool is_others(const struct netd_scope *scope, const char *name)
{
	for (size_t i = 0; scope->others && i < scope->others->count; i++)
		if (strcmp(scope->others->spaces[i].name, name) == 0)
			return true;
	return false;
}

static int scan_names(struct netd_scope *scope, struct netd_error *err)
{
	char **names;
	size_t count;
	int r = netd_netns_list(&names, &count, err);

	for (size_t i = 0; i < count; i++) {
		if (strlen(names[i]) < NETD_NODE_NAME && !is_others(scope, names[i]) &&
		    !add_name(scope, names[i], true, false))
			r = netd_error_no_memory(err);
		free(names[i]);
	}
	free(names);
	return r;
}

static int scan_resolv(struct netd_scope *scope, struct netd_error *err)
{
	netd_auto_closedir DIR *dir = opendir(RESOLV_DIRECTORY);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strlen(entry->d_name) < NETD_NODE_NAME &&
		    !add_name(scope, entry->d_name, true, false))
			return netd_error_no_memory(err);
	return 0;
}

/*
 * Reading
 */

static void owner_of_mark(const char *mark, char owner[NETD_OWNER])
{
	size_t prefix = sizeof(NETD_ALIAS_PREFIX) - 1;

	if (strncmp(mark, NETD_ALIAS_PREFIX, prefix) == 0)
		netd_str_copy(owner, NETD_OWNER, mark + prefix);
}

/*
 * Finds the owner by the loopback, once the links are read.  All network namespaces share
 * the names in /run/netns, so this one may belong to the netd of another one that lives.
 */
static void read_owner(const struct netd *netd, struct netd_state *s, const char *known)
{
	const struct netd_link *lo = netd_state_link(s, "lo");
	const char *owner = NULL;
	char home[80];

	if (lo && lo->loopback)
		owner = netd_loopback_owner(lo, known);
	if (!owner)
		return;
	if (lo->home && lo->home != netd->home_inode &&
	    netd_home_lives(lo->home, home, sizeof(home)))
		snprintf(s->elsewhere, sizeof(s->elsewhere), "%s of %s", owner, home);
	else
		netd_copy(s->owner, owner);
}

static int read_living(struct netd *netd, const struct netd_scope_space *want,
		       struct netd_state *s, struct netd_error *err)
{
	struct netd_space *space = netd_space_find(netd, s->space);
	struct netd_nft *nft;
	int r = netd_link_dump(&space->nl, false, s, err);

	if (r < 0)
		return r;
	read_owner(netd, s, want->owner);
	s->inode = space->inode;
	s->ruleset_skipped = !want->firewall;
	if (!s->owner[0])
		return 0; /* another's: it is enough to know that the name is taken */
	r = netd_address_dump(&space->nl, s, err);
	if (r < 0)
		return r;
	r = netd_route_dump(&space->nl, s, err);
	if (r < 0 || !want->firewall)
		return r;
	r = netd_space_nft(netd, s->space, &nft, err);
	if (r < 0)
		return r;
	return netd_firewall_read(nft, &s->ruleset, err);
}

static int read_dead(struct netd_state *s, struct netd_error *err)
{
	struct netd_netns_name found;
	int r = netd_netns_look(s->space, &found, err);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	s->leftover = found.leftover;
	s->alive = found.link; /* the name is taken, and not by us */
	netd_alias_cut_home(found.mark);
	owner_of_mark(found.mark, s->owner);
	return 0;
}

static int read_state(struct netd *netd, const struct netd_scope_space *want,
		      struct netd_state *s, struct netd_error *err)
{
	char resolv_owner[NETD_OWNER];
	int r;

	if (s->alive) {
		r = read_living(netd, want, s, err);
		if (r < 0)
			netd_error_context(err, "namespace %s", s->space);
	} else {
		r = read_dead(s, err);
	}
	if (r < 0)
		return r;
	s->ruleset.serves = want->serves;
	r = netd_resolv_read(s, resolv_owner, err);
	if (r < 0)
		return r;
	if (!s->alive && !s->owner[0])
		memcpy(s->owner, resolv_owner, sizeof(s->owner));
	return 0;
}

/* Adds one namespace to @host if it, or something that it left, is there. */
static int read_space(struct netd *netd, const struct netd_scope_space *want,
		      struct netd_state *host, struct netd_error *err)
{
	netd_auto(netd_state_done) struct netd_state s = {
		.alive = netd_space_find(netd, want->name)};
	struct netd_state *slot;
	int r;

	netd_copy(s.space, want->name);
	r = read_state(netd, want, &s, err);
	if (r < 0)
		return r;
	if (!s.alive && !s.leftover && !s.resolv && !s.resolv_foreign)
		return 0;
	slot = netd_array_add(&host->spaces, &host->space_count, sizeof(*slot));
	if (!slot)
		return netd_error_no_memory(err);
	*slot = s;
	s = (struct netd_state){0};
	return 0;
}

static int open_all(struct netd *netd, const struct netd_scope *scope,
		    struct netd_error *err)
{
	int r = 0;

	netd_spaces_expect(scope->count);
	for (size_t i = 0; r >= 0 && i < scope->count; i++) {
		struct netd_space *space;

		r = netd_space_open(netd, scope->spaces[i].name, &space, err);
		if (r == -ENOENT) {
			netd_space_forget(netd, scope->spaces[i].name);
			r = 0;
		}
	}
	return netd_spaces_return(netd, r, err);
}

static int search_marked(struct netd_scope *scope, struct netd_error *err)
{
	int r = scan_names(scope, err);

	if (r < 0)
		return r;
	return scan_resolv(scope, err);
}

int netd_observe_spaces(struct netd *netd, struct netd_scope *scope,
			struct netd_state *host, struct netd_error *err)
{
	int r = 0;

	if (scope->topology)
		r = search_marked(scope, err);
	if (r < 0)
		return r;
	if (scope->count)
		qsort(scope->spaces, scope->count, sizeof(*scope->spaces), compare_scope);
	r = open_all(netd, scope, err);
	if (r)
		return r;
	for (size_t i = 0; i < scope->count; i++) {
		r = read_space(netd, &scope->spaces[i], host, err);
		if (r)
			return r;
	}
	return 0;
}
