// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel has, or should have: lookups, and who owns what. */
#include "model/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"

void netd_service_done(struct netd_service *s)
{
	free(s->config);
	free(s->reserved);
	free(s->names);
}

static void objects_done(struct netd_objects *o)
{
	for (size_t i = 0; i < o->service_count; i++)
		netd_service_done(&o->services[i]);
	free(o->services);
	free(o->resolv);
	free(o->addrs);
	free(o->routes);
	free(o->sysctls);
	netd_ruleset_done(&o->ruleset);
}

void netd_state_done(struct netd_state *s)
{
	objects_done(&s->objects);
	/* one level deep: a space has no spaces */
	for (size_t i = 0; i < s->space_count; i++)
		netd_state_done(&s->spaces[i]);
	free(s->spaces);
	free(s->links);
	free(s->by_name);
	free(s->by_index);
	*s = (struct netd_state){0};
}

void netd_desired_done(struct netd_desired *s)
{
	objects_done(&s->objects);
	for (size_t i = 0; i < s->space_count; i++)
		netd_desired_done(&s->spaces[i]);
	free(s->spaces);
	free(s->links);
	free(s->by_name);
	*s = (struct netd_desired){0};
}

static int compare_name(const void *a, const void *b)
{
	return strcmp((*(struct netd_link_attrs *const *)a)->name,
		      (*(struct netd_link_attrs *const *)b)->name);
}

static int compare_index(const void *a, const void *b)
{
	int x = (*(struct netd_link *const *)a)->index;
	int y = (*(struct netd_link *const *)b)->index;

	if (x < y)
		return -1;
	return x > y; /* stable */
}

static int compare_path(const void *a, const void *b)
{
	return strcmp(((const struct netd_sysctl *)a)->path,
		      ((const struct netd_sysctl *)b)->path);
}

int netd_state_sort_links(struct netd_state *s)
{
	struct netd_link **by_name = calloc(s->link_count + 1, sizeof(*by_name));
	struct netd_link **by_index = calloc(s->link_count + 1, sizeof(*by_index));

	if (!by_name || !by_index) {
		free(by_name);
		free(by_index);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->link_count; i++)
		by_name[i] = by_index[i] = &s->links[i];
	qsort(by_name, s->link_count, sizeof(*by_name), compare_name);
	qsort(by_index, s->link_count, sizeof(*by_index), compare_index);
	free(s->by_name);
	free(s->by_index);
	s->by_name = by_name;
	s->by_index = by_index;
	s->sorted_count = s->link_count;
	return 0;
}

int netd_desired_sort_links(struct netd_desired *s)
{
	struct netd_desired_link **by_name = calloc(s->link_count + 1, sizeof(*by_name));

	if (!by_name)
		return -ENOMEM;
	for (size_t i = 0; i < s->link_count; i++)
		by_name[i] = &s->links[i];
	qsort(by_name, s->link_count, sizeof(*by_name), compare_name);
	free(s->by_name);
	s->by_name = by_name;
	s->sorted_count = s->link_count;
	return 0;
}

struct netd_sysctl *netd_objects_add_sysctl(struct netd_objects *s, const char *path,
					    int value)
{
	struct netd_sysctl *slot =
		netd_array_add(&s->sysctls, &s->sysctl_count, sizeof(*slot));

	if (!slot)
		return NULL;
	netd_copy(slot->path, path);
	slot->value = value;
	return slot;
}

void netd_state_sort_sysctls(struct netd_state *s)
{
	if (s->sysctl_count)
		qsort(s->sysctls, s->sysctl_count, sizeof(*s->sysctls), compare_path);
	s->sysctls_sorted = true;
}

/* In what the two sorts made; those of both kinds begin with their name. */
static void *find_name(void *sorted, size_t count, const char *name)
{
	struct netd_link_attrs key, *wanted = &key;
	void **hit;

	if (!netd_copy(key.name, name))
		return NULL;
	hit = bsearch(&wanted, sorted, count, sizeof(wanted), compare_name);
	if (hit)
		return *hit;
	return NULL;
}

/* True if the sorted arrays still show every link. */
static bool is_sorted(const struct netd_state *s)
{
	return s->by_name && s->sorted_count == s->link_count;
}

struct netd_link *netd_state_link(const struct netd_state *s, const char *name)
{
	if (is_sorted(s))
		return find_name(s->by_name, s->link_count, name);
	for (size_t i = 0; i < s->link_count; i++)
		if (strcmp(s->links[i].name, name) == 0)
			return &s->links[i];
	return NULL;
}

struct netd_desired_link *netd_desired_link(const struct netd_desired *s,
					    const char *name)
{
	if (s->by_name && s->sorted_count == s->link_count)
		return find_name(s->by_name, s->link_count, name);
	for (size_t i = 0; i < s->link_count; i++)
		if (strcmp(s->links[i].name, name) == 0)
			return &s->links[i];
	return NULL;
}

struct netd_link *netd_state_master(const struct netd_state *s,
				    const struct netd_link *link)
{
	if (!link || !link->master[0])
		return NULL;
	return netd_state_link(s, link->master);
}

struct netd_link *netd_state_link_by_index(const struct netd_state *s, int index)
{
	struct netd_link key = {.index = index}, *wanted = &key, **hit;

	if (is_sorted(s)) {
		hit = bsearch(&wanted, s->by_index, s->link_count, sizeof(wanted),
			      compare_index);
		if (hit)
			return *hit;
		return NULL;
	}
	for (size_t i = 0; i < s->link_count; i++)
		if (s->links[i].index == index)
			return &s->links[i];
	return NULL;
}

struct netd_link *netd_state_peer(const struct netd_state *there,
				  const struct netd_link *link)
{
	struct netd_link *peer;

	if (!link->peer_index)
		return NULL;
	peer = netd_state_link_by_index(there, link->peer_index);
	if (!peer || peer->peer_index != link->index)
		return NULL;
	return peer;
}

static const struct netd_sysctl *find_sysctl(const struct netd_objects *o,
					     const char *path)
{
	struct netd_sysctl key;

	if (o->sysctls_sorted) {
		if (netd_copy(key.path, path) && o->sysctl_count)
			return bsearch(&key, o->sysctls, o->sysctl_count,
				       sizeof(*o->sysctls), compare_path);
		return NULL;
	}
	for (size_t i = 0; i < o->sysctl_count; i++)
		if (strcmp(o->sysctls[i].path, path) == 0)
			return &o->sysctls[i];
	return NULL;
}

struct netd_link *netd_state_uplink(const struct netd_state *s, const char *name)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (s->links[i].captured_as[0] &&
		    strcmp(s->links[i].captured_as, name) == 0)
			return &s->links[i];
	return netd_state_link(s, name);
}

const struct netd_link *netd_state_bridge_without_uplink(const struct netd_state *s,
							 const char *uplink)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (s->links[i].lost_uplink[0] &&
		    strcmp(s->links[i].lost_uplink, uplink) == 0)
			return &s->links[i];
	return NULL;
}

static bool sysctl_value(const struct netd_objects *o, const char *path, int *value)
{
	const struct netd_sysctl *found = find_sysctl(o, path);

	if (found)
		*value = found->value;
	return found;
}

bool netd_state_sysctl(const struct netd_state *s, const char *path, int *value)
{
	return sysctl_value(&s->objects, path, value);
}

bool netd_desired_sysctl(const struct netd_desired *s, const char *path, int *value)
{
	return sysctl_value(&s->objects, path, value);
}

void netd_sysctl_path_of(const char *path, const char *link, char out[NETD_SYSCTL_PATH])
{
	const char *conf = strstr(path, "/conf/"), *name = strrchr(path, '/');

	*out = '\0';
	if (conf && name > conf + 6)
		snprintf(out, NETD_SYSCTL_PATH, "%.*s/conf/%s%s", (int)(conf - path),
			 path, link, name);
}

void netd_sysctl_link(const char *path, char out[NETD_SYSCTL_PATH])
{
	const char *conf = strstr(path, "/conf/"), *name = strrchr(path, '/');

	*out = '\0';
	if (conf && name > conf + 6)
		snprintf(out, NETD_SYSCTL_PATH, "%.*s", (int)(name - conf) - 6, conf + 6);
}

void netd_link_want_setting(struct netd_link_attrs *link, enum netd_setting setting,
			    int value)
{
	link->settings_known |= 1U << setting;
	link->settings[setting] = value;
}

static bool has_group(const struct netd_link *link)
{
	return link->group == NETD_LINK_GROUP || link->group == NETD_LINK_GROUP_DOOMED;
}

bool netd_link_is_ours(const struct netd_link *link)
{
	return has_group(link) || link->recorded[0];
}

static const char *alias_owner(const struct netd_link_attrs *link)
{
	size_t prefix = sizeof(NETD_ALIAS_PREFIX) - 1;

	if (strncmp(link->alias, NETD_ALIAS_PREFIX, prefix) == 0)
		return link->alias + prefix;
	return NULL;
}

const char *netd_link_owner(const struct netd_link *link)
{
	if (link->recorded[0])
		return link->recorded;
	return alias_owner(&link->attrs);
}

bool netd_link_is_of(const struct netd_link *link, const char *topology)
{
	const char *owner;

	if (!link || !netd_link_is_ours(link))
		return false;
	owner = netd_link_owner(link);
	return owner && netd_owner_is(owner, topology);
}

uint64_t netd_alias_cut_home(char *alias)
{
	char *home = strncmp(alias, NETD_ALIAS_PREFIX, sizeof(NETD_ALIAS_PREFIX) - 1) == 0
			     ? strstr(alias, NETD_ALIAS_HOME)
			     : NULL;

	if (!home)
		return 0;
	*home = '\0';
	return strtoull(home + sizeof(NETD_ALIAS_HOME) - 1, NULL, 10);
}

void netd_link_recognise(struct netd_link *have, const struct netd_desired_link *want)
{
	const char *owner = alias_owner(&want->attrs), *alias = alias_owner(&have->attrs);

	if (want->foreign || !owner || have->kind != want->kind ||
	    strcmp(have->name, want->name) != 0)
		return;
	if (alias ? strcmp(alias, owner) == 0 : has_group(have))
		netd_copy(have->recorded, owner);
}

const char *netd_loopback_owner(const struct netd_link *lo, const char *known)
{
	const char *alias = alias_owner(&lo->attrs);
	bool group = has_group(lo);

	if (alias) {
		if (group || strcmp(alias, known) == 0)
			return alias;
		return NULL;
	}
	if (group && *known)
		return known;
	return NULL;
}

bool netd_owner_is(const char *owner, const char *topology)
{
	size_t length = strlen(topology);

	return strncmp(owner, topology, length) == 0 && owner[length] == '/';
}

/* In an array of spaces, sorted by name, of which each is as large as @size. */
static void *find_space(void *spaces, size_t count, size_t size, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		/* those of both kinds begin with their objects */
		struct netd_objects *space = (void *)((char *)spaces + middle * size);
		int order = strcmp(name, space->space);

		if (order == 0)
			return space;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

struct netd_state *netd_state_space(const struct netd_state *host, const char *name)
{
	return find_space(host->spaces, host->space_count, sizeof(*host->spaces), name);
}

struct netd_desired *netd_desired_space(const struct netd_desired *host, const char *name)
{
	return find_space(host->spaces, host->space_count, sizeof(*host->spaces), name);
}

bool netd_route_same_slot(const struct netd_route *a, const struct netd_route *b)
{
	return a->metric == b->metric && a->table == b->table && a->tos == b->tos &&
	       netd_prefix_compare(&a->to, &b->to) == 0;
}

bool netd_route_is_alike(const struct netd_route *want, const struct netd_route *have)
{
	return want->type == have->type && want->onlink == have->onlink &&
	       netd_addr_equal(&want->via, &have->via) &&
	       netd_addr_equal(&want->source, &have->source) &&
	       (!want->link[0] || strcmp(want->link, have->link) == 0);
}
